package agency.ledger.view.requests;

import agency.kernel.fact.Recorded;
import agency.ledger.domain.usage.Attempt;
import agency.ledger.domain.usage.UsageBatch;
import agency.ledger.domain.usage.UsageRecorded;
import agency.ledger.domain.usage.UsageRow;
import agency.platform.log.EventLog;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;
import java.util.function.Predicate;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.Query;
import org.jspecify.annotations.Nullable;

/**
 * Asks for single attempts, newest first. Goes day by day and fact by fact from the newest, and
 * ends as soon as no older fact can hold a row of the page, so that a question costs what it shows,
 * unless a filter fits little: then the time is bounded.
 */
public final class RequestQuery {
    /** Most rows of one page. */
    public static final int MAX_PAGE = 200;

    /** Longest time one question may take, in seconds. */
    static final int TIMEOUT_SECONDS = 10;

    /** Facts read at once: a few first, since one full fact is more than a page; then many. */
    private static final int FIRST_FACTS = 8;

    private static final int MORE_FACTS = 64;

    private final Jdbi jdbi;
    private final EventLog log;
    private final IntSupplier generation;

    /**
     * The question's reader.
     *
     * @param jdbi where the index stands
     * @param log where the attempts stand
     * @param generation which rows of the index are read
     */
    public RequestQuery(Jdbi jdbi, EventLog log, IntSupplier generation) {
        this.jdbi = jdbi;
        this.log = log;
        this.generation = generation;
    }

    /**
     * Where a page ended.
     *
     * @param day the day, of its last row
     * @param request its request
     * @param attempt its attempt
     */
    public record After(LocalDate day, UUID request, int attempt) {}

    /**
     * A question.
     *
     * @param tenant whose requests; 0 for all
     * @param from the first moment
     * @param until the first moment after
     * @param key only of this key
     * @param project only of this project
     * @param provider only at this provider
     * @param model only of this model
     * @param ending only with the ending of this code
     * @param after only those before (older than) this row
     * @param limit how many, at most {@link #MAX_PAGE}
     */
    public record Asked(
            int tenant,
            Instant from,
            Instant until,
            @Nullable UUID key,
            @Nullable UUID project,
            @Nullable String provider,
            @Nullable String model,
            @Nullable Integer ending,
            @Nullable After after,
            int limit) {}

    /** One attempt as it is shown; money in nano-units, null when unpriced. */
    public record Row(
            LocalDate day,
            UUID request,
            int attempt,
            UUID project,
            UUID key,
            String provider,
            String model,
            @Nullable String price,
            int operation,
            int ending,
            int usageClass,
            int status,
            Instant started,
            long input,
            long output,
            long cached,
            long reasoning,
            @Nullable Long costNanos,
            long upstreamMicros,
            long firstByteMicros,
            long totalMicros,
            long overheadMicros,
            @Nullable String providerRequest) {}

    /**
     * A page.
     *
     * @param rows the attempts, newest first
     * @param more whether there may be more behind the last row
     * @param complete whether the time was enough; otherwise only a part was looked at
     */
    public record Page(List<Row> rows, boolean more, boolean complete) {}

    /** Where the attempts of a fact on one day are, by the index. */
    private record Batch(int lane, long position, UUID least, UUID greatest) {}

    /** A page of attempts, newest first. */
    public Page page(Asked asked) {
        LocalDate last = day(asked.from());
        LocalDate newest = day(asked.until().minusMillis(1));
        long endNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(TIMEOUT_SECONDS);
        List<Row> rows = new ArrayList<>();
        return jdbi.withHandle(handle -> {
            for (LocalDate day : days(handle)) {
                boolean passed = asked.after() != null && day.isAfter(asked.after().day());
                if (day.isAfter(newest) || day.isBefore(last) || passed) {
                    continue;
                }
                boolean whole = rows(handle, asked, day, rows, endNanos);
                if (!whole) {
                    return new Page(rows, true, false);
                }
                if (rows.size() >= asked.limit()) {
                    return new Page(rows, true, true);
                }
            }
            return new Page(rows, false, true);
        });
    }

    /** All attempts of one request, in order. */
    public List<Row> attempts(int tenant, UUID request) {
        List<Batch> batches =
                jdbi.withHandle(handle ->
                        handle.createQuery(
                                        "SELECT lane, pos, least, greatest FROM"
                                                + " ledger.request_batch WHERE generation ="
                                                + " :generation AND greatest >= :request AND least"
                                                + " <= :request"
                                                + (tenant == 0 ? "" : " AND :tenant = ANY(tenants)")
                                                + " LIMIT "
                                                + MAX_PAGE)
                                .setQueryTimeout(TIMEOUT_SECONDS)
                                .bind("generation", generation.getAsInt())
                                .bind("request", request)
                                .bind("tenant", tenant)
                                .map((row, context) -> batch(row))
                                .list());
        NavigableSet<UsageRow> found = new TreeSet<>(RequestOrder.NEWEST_FIRST);
        read(
                batches,
                row ->
                        row.request().equals(request)
                                && (tenant == 0 || row.caller().tenant() == tenant),
                MAX_PAGE,
                found);
        return found.descendingSet().stream().map(RequestQuery::shown).toList();
    }

    /** The days there are partitions for, newest first. */
    private static List<LocalDate> days(Handle handle) {
        return handle.createQuery(
                        "SELECT to_date(right(c.relname, 8), 'YYYYMMDD') AS day FROM pg_inherits i"
                                + " JOIN pg_class c ON c.oid = i.inhrelid WHERE i.inhparent ="
                                + " 'ledger.request_batch'::regclass ORDER BY 1 DESC")
                .mapTo(LocalDate.class)
                .list();
    }

    /**
     * Adds the rows of a day until the page is full; gives false when the time was not enough.
     *
     * <p>Facts overlap, since attempts that began together end apart. They are read by their
     * greatest id, downwards: a row is certain as soon as it is greater than every id of the facts
     * not read yet.
     */
    private boolean rows(Handle handle, Asked asked, LocalDate day, List<Row> page, long endNanos) {
        Predicate<UsageRow> wanted = wanted(asked, day);
        int limit = asked.limit() - page.size();
        NavigableSet<UsageRow> found = new TreeSet<>(RequestOrder.NEWEST_FIRST);
        @Nullable Batch before = null;
        int facts = FIRST_FACTS;
        while (true) {
            List<Batch> batches = batches(handle, asked, day, before, facts);
            read(batches, wanted, limit, found);
            boolean all = batches.size() < facts;
            if (all || certain(found, limit, batches.getLast())) {
                found.forEach(row -> page.add(shown(row)));
                return true;
            }
            if (System.nanoTime() - endNanos >= 0) {
                UUID sure = batches.getLast().greatest();
                found.stream()
                        .filter(row -> RequestOrder.compare(row.request(), sure) > 0)
                        .forEach(row -> page.add(shown(row)));
                return false;
            }
            before = batches.getLast();
            facts = MORE_FACTS;
        }
    }

    private static boolean certain(NavigableSet<UsageRow> found, int limit, Batch lastRead) {
        return found.size() == limit
                && RequestOrder.compare(found.last().request(), lastRead.greatest()) > 0;
    }

    /** Adds the wanted rows of these facts to the newest found so far, at most {@code limit}. */
    private void read(
            List<Batch> batches,
            Predicate<UsageRow> wanted,
            int limit,
            NavigableSet<UsageRow> found) {
        Map<Integer, List<Long>> byLane = new TreeMap<>();
        for (Batch batch : batches) {
            byLane.computeIfAbsent(batch.lane(), lane -> new ArrayList<>()).add(batch.position());
        }
        byLane.forEach((lane, positions) -> {
            for (Recorded recorded : log.at(lane, positions)) {
                if (recorded.fact() instanceof UsageRecorded usage) {
                    UsageBatch.unpack(
                            usage,
                            row -> {
                                if (wanted.test(row)) {
                                    found.add(row);
                                    if (found.size() > limit) found.pollLast();
                                }
                            });
                }
            }
        });
    }

    private List<Batch> batches(
            Handle handle, Asked asked, LocalDate day, @Nullable Batch before, int limit) {
        StringBuilder where = new StringBuilder("generation = :generation AND day = :day");
        Map<String, Object> values = new HashMap<>();
        values.put("generation", generation.getAsInt());
        values.put("day", day);
        if (before != null) {
            where.append(" AND (greatest, lane, pos) < (:greatest, :lane, :pos)");
            values.put("greatest", before.greatest());
            values.put("lane", (short) before.lane());
            values.put("pos", before.position());
        }
        @Nullable After after = asked.after();
        if (after != null && after.day().equals(day)) {
            where.append(" AND least <= :after");
            values.put("after", after.request());
        }
        if (asked.tenant() != 0) {
            among(where, values, "tenant", asked.tenant());
        }
        among(where, values, "key", asked.key());
        among(where, values, "project", asked.project());
        among(where, values, "provider", asked.provider());
        among(where, values, "model", asked.model());
        Query query =
                handle.createQuery(
                                "SELECT lane, pos, least, greatest FROM ledger.request_batch WHERE "
                                        + where
                                        + " ORDER BY greatest DESC, lane DESC, pos DESC LIMIT "
                                        + limit)
                        .setQueryTimeout(TIMEOUT_SECONDS);
        values.forEach(query::bind);
        return query.map((row, context) -> batch(row)).list();
    }

    private static void among(
            StringBuilder where, Map<String, Object> values, String name, @Nullable Object is) {
        if (is != null) {
            where.append(" AND :").append(name).append(" = ANY(").append(name).append("s)");
            values.put(name, is);
        }
    }

    private static Predicate<UsageRow> wanted(Asked asked, LocalDate day) {
        long epochDay = day.toEpochDay();
        long from = asked.from().toEpochMilli();
        long until = asked.until().toEpochMilli();
        @Nullable After after = asked.after();
        return row ->
                Requests.day(row.startedMillis()) == epochDay
                        && row.startedMillis() >= from
                        && row.startedMillis() < until
                        && (asked.tenant() == 0 || row.caller().tenant() == asked.tenant())
                        && (asked.key() == null || row.caller().key().equals(asked.key()))
                        && (asked.project() == null
                                || row.caller().project().equals(asked.project()))
                        && (asked.provider() == null
                                || row.line().provider().equals(asked.provider()))
                        && (asked.model() == null || row.line().model().equals(asked.model()))
                        && (asked.ending() == null || row.ending() == asked.ending())
                        && (after == null
                                || !after.day().equals(day)
                                || RequestOrder.compare(
                                                row.request(),
                                                row.attempt(),
                                                after.request(),
                                                after.attempt())
                                        < 0);
    }

    private static Batch batch(ResultSet row) throws SQLException {
        return new Batch(
                row.getInt("lane"),
                row.getLong("pos"),
                row.getObject("least", UUID.class),
                row.getObject("greatest", UUID.class));
    }

    private static Row shown(UsageRow row) {
        return new Row(
                LocalDate.ofEpochDay(Requests.day(row.startedMillis())),
                row.request(),
                row.attempt(),
                row.caller().project(),
                row.caller().key(),
                row.line().provider(),
                row.line().model(),
                row.line().price(),
                row.line().operation().code(),
                row.ending(),
                row.usageClass(),
                row.status(),
                Instant.ofEpochMilli(row.startedMillis()),
                row.input(),
                row.output(),
                row.cached(),
                row.reasoning(),
                row.costNanos() == Attempt.UNPRICED ? null : row.costNanos(),
                row.upstreamMicros(),
                row.firstByteMicros(),
                row.totalMicros(),
                row.overheadMicros(),
                row.providerRequest().isEmpty() ? null : row.providerRequest());
    }

    private static LocalDate day(Instant moment) {
        return moment.atOffset(ZoneOffset.UTC).toLocalDate();
    }
}
