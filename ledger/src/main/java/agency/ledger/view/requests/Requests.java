package agency.ledger.view.requests;

import agency.kernel.fact.Position;
import agency.kernel.fact.Recorded;
import agency.ledger.domain.usage.UsageBatch;
import agency.ledger.domain.usage.UsageFacts;
import agency.ledger.domain.usage.UsageRecorded;
import agency.ledger.domain.usage.UsageRow;
import agency.platform.projection.Projection;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.InstantSource;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.UnableToExecuteStatementException;

/**
 * Where each attempt stands in the log: a row for every fact of usage and day, in partitions by
 * day, with what a question can rule it out by. The attempts themselves are read from the log when
 * someone asks. Days that are no longer kept are neither written nor left.
 */
public final class Requests implements Projection {
    /** The projection's name. */
    public static final String NAME = "ledger.requests";

    /** Each fact has rows of its own. */
    private static final int SHARDS = 8;

    private static final long DAY_MILLIS = 86_400_000L;

    private static final String INSERT =
            "INSERT INTO ledger.request_batch (day, generation, lane, pos, least, greatest,"
                    + " tenants, projects, keys, providers, models) VALUES (?, ?, ?, ?, ?, ?, ?, ?,"
                    + " ?, ?, ?)";

    private final InstantSource clock;
    private final int keptDays;

    /**
     * The projection.
     *
     * @param clock the time
     * @param keptDays how many days are kept
     */
    public Requests(InstantSource clock, int keptDays) {
        this.clock = clock;
        this.keptDays = keptDays;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public int revision() {
        return 2;
    }

    @Override
    public int shards() {
        return SHARDS;
    }

    /** Archives hold nothing as young as the days that are kept. */
    @Override
    public boolean readsWholePast() {
        return false;
    }

    @Override
    public Set<String> categories() {
        return Set.of(UsageFacts.JOURNALS);
    }

    /** The oldest day that is kept, in UTC. */
    public LocalDate oldestDay() {
        return LocalDate.ofEpochDay(today() - keptDays + 1);
    }

    /** Makes the partitions of today and tomorrow, and drops those that are no longer kept. */
    public int tidy(Handle sql) {
        sql.execute("SELECT ledger.make_request_day(?)", LocalDate.ofEpochDay(today()));
        sql.execute("SELECT ledger.make_request_day(?)", LocalDate.ofEpochDay(today() + 1));
        return sql.createQuery("SELECT ledger.drop_request_days(:before)")
                .bind("before", oldestDay())
                .mapTo(Integer.class)
                .one();
    }

    private long today() {
        return day(clock.millis());
    }

    static long day(long epochMillis) {
        return Math.floorDiv(epochMillis, DAY_MILLIS);
    }

    /** The least and the greatest request id of a fact on one day. */
    private static final class Span {
        UUID least;
        UUID greatest;

        Span(UUID only) {
            least = only;
            greatest = only;
        }

        void take(UUID id) {
            if (RequestOrder.compare(id, least) < 0) least = id;
            if (RequestOrder.compare(id, greatest) > 0) greatest = id;
        }
    }

    private record Batch(Position at, UsageRecorded usage, long day, Span span) {}

    @Override
    public void apply(List<Recorded> facts, Handle sql, int generation) {
        long oldest = today() - keptDays + 1;
        List<Batch> batches = new ArrayList<>();
        for (Recorded recorded : facts) {
            if (recorded.fact() instanceof UsageRecorded usage) {
                Map<Long, Span> days = new LinkedHashMap<>();
                UsageBatch.unpack(usage, row -> span(days, row));
                days.forEach((day, span) -> {
                    if (day >= oldest) {
                        batches.add(new Batch(recorded.position(), usage, day, span));
                    }
                });
            }
        }
        if (batches.isEmpty()) {
            return;
        }
        batches.stream()
                .map(Batch::day)
                .distinct()
                .forEach(day ->
                        sql.execute(
                                "SELECT ledger.make_request_day(?)", LocalDate.ofEpochDay(day)));
        try {
            write(batches, sql.getConnection(), generation);
        } catch (SQLException e) {
            throw new UnableToExecuteStatementException(e, null);
        }
    }

    private static void span(Map<Long, Span> days, UsageRow row) {
        days.computeIfAbsent(day(row.startedMillis()), day -> new Span(row.request()))
                .take(row.request());
    }

    private static void write(List<Batch> batches, Connection connection, int generation)
            throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement(INSERT)) {
            for (Batch batch : batches) {
                List<UsageRecorded.Account> callers = batch.usage().callers();
                List<UsageRecorded.Line> lines = batch.usage().lines();
                insert.setObject(1, LocalDate.ofEpochDay(batch.day()));
                insert.setInt(2, generation);
                insert.setShort(3, (short) batch.at().lane());
                insert.setLong(4, batch.at().value());
                insert.setObject(5, batch.span().least);
                insert.setObject(6, batch.span().greatest);
                insert.setArray(
                        7,
                        connection.createArrayOf(
                                "int4", distinct(callers.stream().map(c -> c.tenant()))));
                insert.setArray(
                        8,
                        connection.createArrayOf(
                                "uuid", distinct(callers.stream().map(c -> c.project()))));
                insert.setArray(
                        9,
                        connection.createArrayOf(
                                "uuid", distinct(callers.stream().map(c -> c.key()))));
                insert.setArray(
                        10,
                        connection.createArrayOf(
                                "text", distinct(lines.stream().map(l -> l.provider()))));
                insert.setArray(
                        11,
                        connection.createArrayOf(
                                "text", distinct(lines.stream().map(l -> l.model()))));
                insert.addBatch();
            }
            insert.executeBatch();
        }
    }

    private static Object[] distinct(Stream<?> values) {
        return values.distinct().toArray();
    }

    @Override
    public void forget(Handle sql, int generation) {
        sql.execute("DELETE FROM ledger.request_batch WHERE generation = ?", generation);
    }
}
