package agency.platform.projection;

import agency.kernel.fact.Recorded;
import agency.kernel.fact.StreamName;
import agency.kernel.fault.Fault;
import agency.platform.log.EventLog;
import agency.platform.log.Moments;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the tables of all projections as they would have been at a point of the log, in a schema of
 * their own, to be looked at with SQL. What is read and fed meanwhile is not touched: the rows are
 * made under a generation that no projection ever has, and moved.
 */
public final class Replay {
    /** The generation of a replay's rows; those of projections begin at 1. */
    static final int GENERATION = -1;

    private static final Logger LOG = LoggerFactory.getLogger(Replay.class);

    private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9_]{0,62}");

    /** The number of the lock that one replay at a time holds. */
    private static final long ONE_AT_A_TIME = 7_126_511_065L;

    private final Jdbi owner;
    private final EventLog log;
    private final List<Projection> projections;

    /**
     * A replay of these projections.
     *
     * @param owner connections that may make schemas
     */
    public Replay(Jdbi owner, EventLog log, List<Projection> projections) {
        this.owner = owner;
        this.log = log;
        this.projections = List.copyOf(projections);
    }

    /**
     * What was made.
     *
     * @param rows how many rows each table has
     * @param leftOut how many facts of each projection could not be applied, where there were such
     */
    public record Made(Map<String, Long> rows, Map<String, Long> leftOut) {}

    /** Makes the tables. Blocks. Refuses a schema that exists, or that cannot be one. */
    public Made into(String schema, Moments.Point point) {
        if (!NAME.matcher(schema).matches() || schema.startsWith("pg_")) {
            throw Fault.lasting(
                    "replay.bad-schema",
                    "A schema is called like was_2026_11: small letters, digits, underscores.",
                    Map.of(),
                    null);
        }
        return owner.withHandle(held -> {
            lock(held);
            if (exists(held, schema)) {
                throw Fault.lasting(
                        "replay.schema-exists",
                        "There is a schema " + schema + " already. Name a new one.",
                        Map.of("schema", schema),
                        null);
            }
            for (Projection projection : projections) {
                Archived.refuse(held, projection.name(), Archived.needed(projection));
            }
            forget();
            Map<String, Long> leftOut = new TreeMap<>();
            try {
                for (Projection projection : projections) {
                    long left = feed(projection, point);
                    if (left > 0) {
                        leftOut.put(projection.name(), left);
                    }
                }
                return new Made(moved(schema), leftOut);
            } finally {
                forget();
            }
        });
    }

    private static void lock(Handle sql) {
        boolean locked =
                sql.createQuery("SELECT pg_try_advisory_lock(:lock)")
                        .bind("lock", ONE_AT_A_TIME)
                        .mapTo(Boolean.class)
                        .one();
        if (!locked) {
            throw Fault.passing(
                    "replay.another", "Another replay is under way. Wait for it.", Map.of(), null);
        }
    }

    private static boolean exists(Handle sql, String schema) {
        return sql.createQuery("SELECT to_regnamespace(:schema) IS NOT NULL")
                .bind("schema", schema)
                .mapTo(Boolean.class)
                .one();
    }

    /** Also what one that was killed has left. */
    private void forget() {
        owner.useTransaction(sql -> projections.forEach(one -> one.forget(sql, GENERATION)));
    }

    private long feed(Projection projection, Moments.Point point) {
        long left = 0;
        Set<StreamName> stopped = new HashSet<>();
        for (int lane = 0; lane < point.positions().size(); lane++) {
            long upTo = point.positions().get(lane);
            long after = 0;
            while (after < upTo) {
                List<Recorded> facts =
                        log.lane(lane, after, upTo, Limits.BATCH, projection.categories());
                left += apply(projection, facts, stopped);
                after = facts.size() < Limits.BATCH ? upTo : facts.getLast().position().value();
            }
        }
        return left;
    }

    /** Applies facts; those that cannot be are left out with the later ones of their streams. */
    private long apply(Projection projection, List<Recorded> facts, Set<StreamName> stopped) {
        if (facts.isEmpty()) {
            return 0;
        }
        if (facts.stream().noneMatch(fact -> stopped.contains(fact.stream()))) {
            try {
                owner.useTransaction(sql -> projection.apply(facts, sql, GENERATION));
                return 0;
            } catch (RuntimeException e) {
                LOG.warn("{} cannot apply some facts: one by one", projection.name(), e);
            }
        }
        long left = 0;
        for (Recorded fact : facts) {
            if (stopped.contains(fact.stream())) {
                left++;
                continue;
            }
            try {
                owner.useTransaction(sql -> projection.apply(List.of(fact), sql, GENERATION));
            } catch (RuntimeException e) {
                LOG.warn("{} cannot apply {}", projection.name(), fact.position(), e);
                stopped.add(fact.stream());
                left++;
            }
        }
        return left;
    }

    /** Every table whose rows have generations, copied in one transaction. */
    private Map<String, Long> moved(String schema) {
        return owner.inTransaction(sql -> {
            Map<String, Long> rows = new LinkedHashMap<>();
            sql.execute("CREATE SCHEMA " + schema);
            List<String[]> tables =
                    sql.createQuery(
                                    "SELECT n.nspname, c.relname FROM pg_class c JOIN pg_namespace"
                                        + " n ON n.oid = c.relnamespace JOIN pg_attribute a ON"
                                        + " a.attrelid = c.oid AND a.attname = 'generation' AND"
                                        + " a.attnum > 0 WHERE c.relkind IN ('r', 'p') AND NOT"
                                        + " c.relispartition AND n.nspname <> 'log' AND n.nspname"
                                        + " <> :schema ORDER BY 1, 2")
                            .bind("schema", schema)
                            .map((row, context) ->
                                    new String[] {row.getString(1), row.getString(2)})
                            .list();
            for (String[] table : tables) {
                long count =
                        sql.execute(
                                "CREATE TABLE %s.%s AS SELECT * FROM %s.%s WHERE generation = %d"
                                        .formatted(
                                                schema, table[1], table[0], table[1], GENERATION));
                // It says nothing, and tells these tables from those of projections.
                sql.execute("ALTER TABLE %s.%s DROP COLUMN generation".formatted(schema, table[1]));
                rows.put(schema + "." + table[1], count);
            }
            return rows;
        });
    }
}
