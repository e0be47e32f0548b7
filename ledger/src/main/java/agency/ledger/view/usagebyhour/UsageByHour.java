package agency.ledger.view.usagebyhour;

import agency.kernel.fact.Recorded;
import agency.kernel.metering.Ending;
import agency.kernel.metering.Operation;
import agency.ledger.domain.usage.Attempt;
import agency.ledger.domain.usage.UsageBatch;
import agency.ledger.domain.usage.UsageFacts;
import agency.ledger.domain.usage.UsageRecorded;
import agency.ledger.domain.usage.UsageRow;
import agency.platform.projection.Projection;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jdbi.v3.core.Handle;

/**
 * Usage summed up by hour. However many attempts a batch has, it costs one statement with a row for
 * each combination that occurs in it.
 */
public final class UsageByHour implements Projection {
    /** The projection's name. */
    public static final String NAME = "ledger.usage-by-hour";

    /** Sums, so journals may come in any order. */
    private static final int SHARDS = 8;

    private static final long HOUR_MILLIS = 3_600_000L;

    /** How many sums a row has. */
    static final int SUMS = 13;

    private static final String UPSERT =
            """
            INSERT INTO ledger.usage_by_hour AS u (generation, hour, key, project, tenant, provider, model, operation,
              usage_class, attempts, failed, unpriced, input, output, cached, reasoning, cost_nanos, first_bytes,
              first_byte_us, upstream_us, total_us, overhead_us, recorded)
            SELECT ?, h, k, p, t, pr, m, o, c, n1, n2, n3, n4, n5, n6, n7, n8, n9, n10, n11, n12, n13, r
              FROM unnest(?::timestamptz[], ?::uuid[], ?::uuid[], ?::int[], ?::text[], ?::text[],
                          ?::smallint[], ?::smallint[], ?::bigint[], ?::bigint[], ?::bigint[],
                          ?::bigint[], ?::bigint[], ?::bigint[], ?::bigint[], ?::bigint[],
                          ?::bigint[], ?::bigint[], ?::bigint[], ?::bigint[], ?::bigint[],
                          ?::timestamptz[])
                AS b(h, k, p, t, pr, m, o, c, n1, n2, n3, n4, n5, n6, n7, n8, n9, n10, n11, n12, n13, r)
             ORDER BY h, k, pr, m, o, c, p, t, r -- or two processes could wait for each other's rows
            ON CONFLICT (generation, hour, key, provider, model, operation, usage_class, project,
                         tenant, recorded)
            DO UPDATE SET attempts = u.attempts + excluded.attempts,
              failed = u.failed + excluded.failed, unpriced = u.unpriced + excluded.unpriced,
              input = u.input + excluded.input, output = u.output + excluded.output,
              cached = u.cached + excluded.cached, reasoning = u.reasoning + excluded.reasoning,
              cost_nanos = u.cost_nanos + excluded.cost_nanos,
              first_bytes = u.first_bytes + excluded.first_bytes,
              first_byte_us = u.first_byte_us + excluded.first_byte_us,
              upstream_us = u.upstream_us + excluded.upstream_us,
              total_us = u.total_us + excluded.total_us,
              overhead_us = u.overhead_us + excluded.overhead_us
            """;

    /** The projection. */
    public UsageByHour() {}

    private record Bucket(
            long hour,
            UsageRecorded.Account caller,
            String provider,
            String model,
            Operation operation,
            int usageClass,
            long recordedHour) {}

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

    @Override
    public Set<String> categories() {
        return Set.of(UsageFacts.JOURNALS);
    }

    @Override
    public void apply(List<Recorded> facts, Handle sql, int generation) {
        Map<Bucket, long[]> sums = new HashMap<>();
        UsageBatch.unpack(
                facts,
                (recorded, row) -> add(sums, row, hour(recorded.recordedAt().toEpochMilli())));
        if (sums.isEmpty()) {
            return;
        }
        try {
            write(sums, sql.getConnection(), generation);
        } catch (SQLException e) {
            throw new org.jdbi.v3.core.statement.UnableToExecuteStatementException(e, null);
        }
    }

    /** The hour (UTC) that a moment lies in, both in milliseconds. */
    static long hour(long millis) {
        return Math.floorDiv(millis, HOUR_MILLIS) * HOUR_MILLIS;
    }

    private static void add(Map<Bucket, long[]> sums, UsageRow row, long recordedHour) {
        Bucket bucket =
                new Bucket(
                        hour(row.startedMillis()),
                        row.caller(),
                        row.line().provider(),
                        row.line().model(),
                        row.line().operation(),
                        row.usageClass(),
                        recordedHour);
        add(sums.computeIfAbsent(bucket, any -> new long[SUMS]), row);
    }

    /** Adds an attempt to sums in the order of the table's columns. */
    static void add(long[] sum, UsageRow row) {
        sum[0]++;
        sum[1] += failed(row.ending()) ? 1 : 0;
        boolean unpriced = row.costNanos() == Attempt.UNPRICED;
        sum[2] += unpriced ? 1 : 0;
        sum[3] += row.input();
        sum[4] += row.output();
        sum[5] += row.cached();
        sum[6] += row.reasoning();
        sum[7] += unpriced ? 0 : row.costNanos();
        sum[8] += row.firstByteMicros() > 0 ? 1 : 0;
        sum[9] += row.firstByteMicros();
        sum[10] += row.upstreamMicros();
        sum[11] += row.totalMicros();
        sum[12] += row.overheadMicros();
    }

    private static boolean failed(int ending) {
        return ending != Ending.COMPLETED.code() && ending != Ending.CLIENT_LEFT.code();
    }

    private static void write(Map<Bucket, long[]> sums, Connection connection, int generation)
            throws SQLException {
        int size = sums.size();
        Timestamp[] hours = new Timestamp[size];
        Timestamp[] recorded = new Timestamp[size];
        UUID[] keys = new UUID[size];
        UUID[] projects = new UUID[size];
        Integer[] tenants = new Integer[size];
        String[] providers = new String[size];
        String[] models = new String[size];
        Short[] operations = new Short[size];
        Short[] classes = new Short[size];
        Long[][] numbers = new Long[SUMS][size];
        int i = 0;
        for (Map.Entry<Bucket, long[]> entry : sums.entrySet()) {
            Bucket bucket = entry.getKey();
            hours[i] = new Timestamp(bucket.hour());
            recorded[i] = new Timestamp(bucket.recordedHour());
            keys[i] = bucket.caller().key();
            projects[i] = bucket.caller().project();
            tenants[i] = bucket.caller().tenant();
            providers[i] = bucket.provider();
            models[i] = bucket.model();
            operations[i] = (short) bucket.operation().code();
            classes[i] = (short) bucket.usageClass();
            for (int n = 0; n < SUMS; n++) {
                numbers[n][i] = entry.getValue()[n];
            }
            i++;
        }
        try (PreparedStatement statement = connection.prepareStatement(UPSERT)) {
            int at = 1;
            statement.setInt(at++, generation);
            statement.setArray(at++, connection.createArrayOf("timestamptz", hours));
            statement.setArray(at++, connection.createArrayOf("uuid", keys));
            statement.setArray(at++, connection.createArrayOf("uuid", projects));
            statement.setArray(at++, connection.createArrayOf("int4", tenants));
            statement.setArray(at++, connection.createArrayOf("text", providers));
            statement.setArray(at++, connection.createArrayOf("text", models));
            statement.setArray(at++, connection.createArrayOf("int2", operations));
            statement.setArray(at++, connection.createArrayOf("int2", classes));
            for (Long[] column : numbers) {
                statement.setArray(at++, connection.createArrayOf("int8", column));
            }
            statement.setArray(at, connection.createArrayOf("timestamptz", recorded));
            statement.executeUpdate();
        }
    }

    @Override
    public void forget(Handle sql, int generation) {
        sql.execute("DELETE FROM ledger.usage_by_hour WHERE generation = ?", generation);
    }
}
