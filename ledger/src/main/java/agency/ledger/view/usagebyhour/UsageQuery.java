package agency.ledger.view.usagebyhour;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.function.IntSupplier;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.Query;
import org.jspecify.annotations.Nullable;

/** Asks the hours for sums. */
public final class UsageQuery {
    /** Most rows of one answer (a group and a class are a row). */
    public static final int MAX_ROWS = 10_000;

    /** Longest time one question may take in the database, in seconds. */
    private static final int TIMEOUT_SECONDS = 10;

    /** What sums can be told apart by. */
    public enum Dimension {
        /** The API key. */
        KEY("key"),
        /** The project. */
        PROJECT("project"),
        /** The provider's name. */
        PROVIDER("provider"),
        /** The model as the provider knows it. */
        MODEL("model"),
        /** The kind of work. */
        OPERATION("operation"),
        /** The hour, in UTC. */
        HOUR("hour"),
        /** The day, in UTC. */
        DAY("date_trunc('day', hour AT TIME ZONE 'UTC') AT TIME ZONE 'UTC'");

        private final String sql;

        Dimension(String sql) {
            this.sql = sql;
        }
    }

    /**
     * A question.
     *
     * @param tenant whose usage; 0 for all
     * @param from the first hour
     * @param until the first hour after
     * @param by what to tell apart, in this order
     * @param only which keys, projects, providers and models; as their texts
     */
    public record Asked(
            int tenant,
            Instant from,
            Instant until,
            List<Dimension> by,
            Map<Dimension, String> only) {}

    /** Rows of a revision that did not know when they were recorded; a new one is being built. */
    public static final class NotBuiltYet extends Exception {
        NotBuiltYet() {
            super("the rows do not say when they were recorded", null, false, false);
        }
    }

    /**
     * Sums of one class in one group.
     *
     * @param group the values of the dimensions asked for, as texts, in their order
     * @param usageClass the code of the class
     */
    public record Sums(
            List<String> group,
            int usageClass,
            long attempts,
            long failed,
            long unpriced,
            long input,
            long output,
            long cached,
            long reasoning,
            long costNanos,
            long firstBytes,
            long firstByteMicros,
            long upstreamMicros,
            long totalMicros,
            long overheadMicros) {}

    private final Jdbi jdbi;
    private final IntSupplier generation;

    /**
     * The question's reader.
     *
     * @param generation which rows are read
     */
    public UsageQuery(Jdbi jdbi, IntSupplier generation) {
        this.jdbi = jdbi;
        this.generation = generation;
    }

    /** The sums, ordered by group; one more than {@link #MAX_ROWS} when there are more. */
    public List<Sums> sums(Asked asked) {
        return sums(asked, null);
    }

    /**
     * The same of what was recorded in the hours before this one only.
     *
     * @param before the hour
     */
    List<Sums> recordedBefore(Asked asked, Instant before) throws NotBuiltYet {
        boolean unknown =
                jdbi.withHandle(handle ->
                        handle.createQuery(
                                        "SELECT EXISTS (SELECT FROM ledger.usage_by_hour WHERE"
                                                + " generation = :generation AND recorded ="
                                                + " '-infinity')")
                                .bind("generation", generation.getAsInt())
                                .mapTo(Boolean.class)
                                .one());
        if (unknown) {
            throw new NotBuiltYet();
        }
        return sums(asked, before);
    }

    private List<Sums> sums(Asked asked, @Nullable Instant before) {
        String dimensions =
                asked.by().stream()
                        .map(d -> d.sql + " AS " + name(d))
                        .collect(Collectors.joining(", "));
        String groups = asked.by().stream().map(UsageQuery::name).collect(Collectors.joining(", "));
        StringBuilder where =
                new StringBuilder("generation = :generation AND hour >= :from AND hour < :until");
        Map<String, Object> values = new HashMap<>();
        values.put("generation", generation.getAsInt());
        values.put("from", OffsetDateTime.ofInstant(asked.from(), ZoneOffset.UTC));
        values.put("until", OffsetDateTime.ofInstant(asked.until(), ZoneOffset.UTC));
        if (before != null) {
            where.append(" AND recorded < :recorded");
            values.put("recorded", OffsetDateTime.ofInstant(before, ZoneOffset.UTC));
        }
        if (asked.tenant() != 0) {
            where.append(" AND tenant = :tenant");
            values.put("tenant", asked.tenant());
        }
        asked.only()
                .forEach((dimension, value) -> {
                    where.append(" AND ").append(dimension.sql);
                    where.append(" = :").append(name(dimension));
                    values.put(name(dimension), typed(dimension, value));
                });
        String comma = asked.by().isEmpty() ? "" : ", ";
        String sql =
                "SELECT "
                        + dimensions
                        + comma
                        + "usage_class, sum(attempts) AS n0, sum(failed) AS n1, sum(unpriced) AS"
                        + " n2, sum(input) AS n3, sum(output) AS n4, sum(cached) AS n5,"
                        + " sum(reasoning) AS n6, sum(cost_nanos) AS n7, sum(first_bytes) AS n8,"
                        + " sum(first_byte_us) AS n9, sum(upstream_us) AS n10, sum(total_us) AS"
                        + " n11, sum(overhead_us) AS n12 FROM ledger.usage_by_hour WHERE "
                        + where
                        + " GROUP BY "
                        + groups
                        + comma
                        + "usage_class ORDER BY "
                        + groups
                        + comma
                        + "usage_class LIMIT "
                        + (MAX_ROWS + 1);
        return jdbi.withHandle(handle -> {
            Query query = handle.createQuery(sql).setQueryTimeout(TIMEOUT_SECONDS);
            values.forEach(query::bind);
            return query.map((row, context) -> read(row, asked.by())).list();
        });
    }

    /** What every key has spent so far, in nano-units. */
    public Map<UUID, Long> spentByKey() {
        Map<UUID, Long> spent = new HashMap<>();
        jdbi.useHandle(handle ->
                handle.createQuery(
                                "SELECT key, sum(cost_nanos) AS nanos FROM"
                                        + " ledger.usage_by_hour WHERE generation ="
                                        + " :generation GROUP BY key")
                        .bind("generation", generation.getAsInt())
                        .map((row, context) ->
                                Map.entry(row.getObject("key", UUID.class), row.getLong("nanos")))
                        .forEach(entry -> spent.put(entry.getKey(), entry.getValue())));
        return spent;
    }

    private static Sums read(ResultSet row, List<Dimension> by) throws SQLException {
        List<String> group = new ArrayList<>();
        for (Dimension dimension : by) {
            group.add(
                    switch (dimension) {
                        case HOUR, DAY ->
                                row.getObject(name(dimension), OffsetDateTime.class)
                                        .toInstant()
                                        .toString();
                        case KEY, PROJECT, PROVIDER, MODEL, OPERATION ->
                                row.getString(name(dimension));
                    });
        }
        return new Sums(
                group,
                row.getInt("usage_class"),
                row.getLong("n0"),
                row.getLong("n1"),
                row.getLong("n2"),
                row.getLong("n3"),
                row.getLong("n4"),
                row.getLong("n5"),
                row.getLong("n6"),
                row.getLong("n7"),
                row.getLong("n8"),
                row.getLong("n9"),
                row.getLong("n10"),
                row.getLong("n11"),
                row.getLong("n12"));
    }

    private static Object typed(Dimension dimension, String value) {
        return switch (dimension) {
            case KEY, PROJECT -> UUID.fromString(value);
            case OPERATION -> Short.valueOf(value);
            case HOUR, DAY -> OffsetDateTime.parse(value);
            case PROVIDER, MODEL -> value;
        };
    }

    /** The column's name in the answer; not that of the table's, which may be another thing. */
    private static String name(Dimension dimension) {
        return "by_" + dimension.name().toLowerCase(Locale.ROOT);
    }
}
