package agency.ledger.view.requests;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.Query;
import org.jspecify.annotations.Nullable;

/**
 * Asks for single attempts, newest first. Goes day by day through the partitions and ends as soon
 * as the page is full, so that a question costs what it shows, unless a filter fits little: then
 * the time is bounded.
 */
public final class RequestQuery {
    /** Most rows of one page. */
    public static final int MAX_PAGE = 200;

    /** Longest time one question may take, in seconds. */
    static final int TIMEOUT_SECONDS = 10;

    private final Jdbi jdbi;
    private final IntSupplier generation;

    /**
     * The question's reader.
     *
     * @param generation which rows are read
     */
    public RequestQuery(Jdbi jdbi, IntSupplier generation) {
        this.jdbi = jdbi;
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
                if (System.nanoTime() - endNanos >= 0) {
                    return new Page(rows, true, false);
                }
                rows.addAll(rows(handle, asked, day, asked.limit() - rows.size()));
                if (rows.size() >= asked.limit()) {
                    return new Page(rows, true, true);
                }
            }
            return new Page(rows, false, true);
        });
    }

    /** All attempts of one request, in order. */
    public List<Row> attempts(int tenant, UUID request) {
        return jdbi.withHandle(handle ->
                handle.createQuery(
                                "SELECT * FROM ledger.request WHERE generation ="
                                        + " :generation AND request = :request"
                                        + (tenant == 0 ? "" : " AND tenant = :tenant")
                                        + " ORDER BY attempt LIMIT "
                                        + MAX_PAGE)
                        .setQueryTimeout(TIMEOUT_SECONDS)
                        .bind("generation", generation.getAsInt())
                        .bind("request", request)
                        .bind("tenant", tenant)
                        .map((row, context) -> read(row))
                        .list());
    }

    /** The days there are partitions for, newest first. */
    private static List<LocalDate> days(Handle handle) {
        return handle.createQuery(
                        "SELECT to_date(right(c.relname, 8), 'YYYYMMDD') AS day FROM pg_inherits i"
                                + " JOIN pg_class c ON c.oid = i.inhrelid WHERE i.inhparent ="
                                + " 'ledger.request'::regclass ORDER BY 1 DESC")
                .mapTo(LocalDate.class)
                .list();
    }

    private List<Row> rows(Handle handle, Asked asked, LocalDate day, int limit) {
        StringBuilder where = new StringBuilder("generation = :generation AND day = :day");
        Map<String, Object> values = new HashMap<>();
        values.put("generation", generation.getAsInt());
        values.put("day", day);
        if (!asked.from().equals(start(day))) {
            where.append(" AND started >= :from");
            values.put("from", asked.from().atOffset(ZoneOffset.UTC));
        }
        where.append(" AND started < :until");
        values.put("until", asked.until().atOffset(ZoneOffset.UTC));
        if (asked.tenant() != 0) {
            equal(where, values, "tenant", asked.tenant());
        }
        equal(where, values, "key", asked.key());
        equal(where, values, "project", asked.project());
        equal(where, values, "provider", asked.provider());
        equal(where, values, "model", asked.model());
        equal(where, values, "ending", asked.ending());
        @Nullable After after = asked.after();
        if (after != null && after.day().equals(day)) {
            where.append(" AND (request, attempt) < (:after_request, :after_attempt)");
            values.put("after_request", after.request());
            values.put("after_attempt", after.attempt());
        }
        Query query =
                handle.createQuery(
                                "SELECT * FROM ledger.request WHERE "
                                        + where
                                        + " ORDER BY request DESC, attempt DESC LIMIT "
                                        + limit)
                        .setQueryTimeout(TIMEOUT_SECONDS);
        values.forEach(query::bind);
        return query.map((row, context) -> read(row)).list();
    }

    private static void equal(
            StringBuilder where, Map<String, Object> values, String column, @Nullable Object is) {
        if (is != null) {
            where.append(" AND ").append(column).append(" = :").append(column);
            values.put(column, is);
        }
    }

    private static Row read(ResultSet row) throws SQLException {
        long cost = row.getLong("cost_nanos");
        @Nullable Long costNanos = row.wasNull() ? null : cost;
        return new Row(
                row.getObject("day", LocalDate.class),
                row.getObject("request", UUID.class),
                row.getInt("attempt"),
                row.getObject("project", UUID.class),
                row.getObject("key", UUID.class),
                row.getString("provider"),
                row.getString("model"),
                row.getString("price"),
                row.getInt("operation"),
                row.getInt("ending"),
                row.getInt("usage_class"),
                row.getInt("status"),
                row.getObject("started", OffsetDateTime.class).toInstant(),
                row.getLong("input"),
                row.getLong("output"),
                row.getLong("cached"),
                row.getLong("reasoning"),
                costNanos,
                row.getLong("upstream_us"),
                row.getLong("first_byte_us"),
                row.getLong("total_us"),
                row.getLong("overhead_us"),
                row.getString("provider_request"));
    }

    private static LocalDate day(Instant moment) {
        return moment.atOffset(ZoneOffset.UTC).toLocalDate();
    }

    private static Instant start(LocalDate day) {
        return day.atStartOfDay(ZoneOffset.UTC).toInstant();
    }
}
