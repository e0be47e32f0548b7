package agency.platform.projection;

import agency.platform.projection.Projections.State;
import java.sql.Array;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;

/**
 * The generations of one projection in {@code log.subscription}: which one queries read, which one
 * is built beside it, and the way back.
 *
 * <pre>
 *   building ──switch──► live ──a newer one is live──► replaced ──after a day──► forgotten
 *                         ▲ │                              │
 *                         │ └──────── roll back ─► withdrawn (not switched to by itself)
 *                         └───────────────────────── roll back
 * </pre>
 */
final class Generations {

    private final String name;
    private final int revision;
    private final int shards;
    private final Set<String> needed;

    /**
     * @param shards into how many each lane of a new generation is cut
     * @param needed the categories of which a new generation needs every fact
     */
    Generations(String name, int revision, int shards, Set<String> needed) {
        this.name = name;
        this.revision = revision;
        this.shards = shards;
        this.needed = Set.copyOf(needed);
    }

    /**
     * A generation as it stands.
     *
     * @param positions how far it has come, by lane: the least of the lane's shards
     * @param shards how many each lane is cut into
     */
    @SuppressWarnings("ArrayRecordComponent") // carried, never compared
    record Row(
            int generation,
            int revision,
            State state,
            UUID incarnation,
            long[] positions,
            int shards,
            @Nullable Instant replacedAt) {
        boolean live() {
            return state == State.LIVE;
        }

        boolean fed() {
            return state == State.LIVE || state == State.BUILDING;
        }
    }

    /** Holds all others off who would change this projection's generations or share them out. */
    static void lock(Handle sql, String name) {
        sql.createQuery("SELECT 1 FROM pg_advisory_xact_lock(hashtextextended(:name, 7126511032))")
                .bind("name", name)
                .mapTo(Integer.class)
                .one();
    }

    /** Every generation, newest first. */
    List<Row> rows(Handle sql) {
        return sql.createQuery(
                        "SELECT generation, revision, state, incarnation, array_agg(pos ORDER BY"
                            + " lane), max(shards), max(replaced_at) FROM (SELECT generation,"
                            + " revision, state, incarnation, lane, min(pos) AS pos, count(*) AS"
                            + " shards, max(replaced_at) AS replaced_at FROM log.subscription WHERE"
                            + " name = :name GROUP BY 1, 2, 3, 4, 5) lanes GROUP BY 1, 2, 3, 4"
                            + " ORDER BY 1 DESC")
                .bind("name", name)
                .map((row, context) ->
                        new Row(
                                row.getInt(1),
                                row.getInt(2),
                                State.of(row.getInt(3)),
                                row.getObject(4, UUID.class),
                                positions(row.getArray(5)),
                                row.getInt(6),
                                moment(row.getObject(7, OffsetDateTime.class))))
                .list();
    }

    private static long[] positions(Array column) throws SQLException {
        return Arrays.stream((Long[]) column.getArray()).mapToLong(Long::longValue).toArray();
    }

    private static @Nullable Instant moment(@Nullable OffsetDateTime at) {
        return at == null ? null : at.toInstant();
    }

    /** The generation queries read, if there is one. */
    static Optional<Row> live(List<Row> rows) {
        return rows.stream().filter(Row::live).findFirst();
    }

    /**
     * The generations as they stand, newest first, after the one was made that this revision needs:
     * the first of all, or one beside a live one of an older revision or another life of the log.
     * None is made beside a newer revision's, or after this revision's was gone back from.
     */
    List<Row> prepared(Jdbi jdbi, UUID incarnation, int lanes) {
        List<Row> now = jdbi.withHandle(this::rows);
        if (!needsOne(now, incarnation)) {
            return now;
        }
        return jdbi.inTransaction(sql -> {
            lock(sql, name);
            List<Row> rows = rows(sql);
            if (needsOne(rows, incarnation)) {
                boolean first = live(rows).isEmpty();
                for (Row row : rows) {
                    if (row.state == State.BUILDING && row.revision <= revision) {
                        state(sql, row.generation, State.ABANDONED);
                    }
                }
                make(sql, rows, incarnation, lanes, first ? State.LIVE : State.BUILDING);
            }
            return rows(sql);
        });
    }

    private boolean needsOne(List<Row> rows, UUID incarnation) {
        if (live(rows).filter(live -> live.revision > revision).isPresent()) {
            return false;
        }
        return rows.stream()
                .noneMatch(row ->
                        row.revision == revision
                                && row.incarnation.equals(incarnation)
                                && row.state != State.REPLACED
                                && row.state != State.ABANDONED);
    }

    private void make(Handle sql, List<Row> rows, UUID incarnation, int lanes, State state) {
        Archived.refuse(sql, name, needed);
        int generation = rows.isEmpty() ? 1 : rows.getFirst().generation + 1;
        sql.createUpdate(
                        "INSERT INTO log.subscription (name, generation, lane, shard, revision,"
                            + " state, incarnation) SELECT :name, :generation, lane, shard,"
                            + " :revision, :state, :incarnation FROM generate_series(0, :lanes - 1)"
                            + " lane, generate_series(0, :shards - 1) shard")
                .bind("name", name)
                .bind("generation", generation)
                .bind("revision", revision)
                .bind("state", (short) state.code())
                .bind("incarnation", incarnation)
                .bind("lanes", lanes)
                .bind("shards", shards)
                .execute();
    }

    /**
     * Makes a built generation the one that queries read, in one transaction, once every shard of
     * it has come to where the log stood lately, and as far in every lane as the one it replaces:
     * who has seen a fact in the old rows finds it in the new ones. The old one stands still
     * meanwhile.
     *
     * @param goal where the log stood lately, by lane
     * @return whether it was switched to; ask again otherwise
     */
    boolean switchTo(Jdbi jdbi, int generation, long[] goal) {
        return jdbi.inTransaction(sql -> {
            lock(sql, name);
            sql.createQuery("SELECT 1 FROM log.subscription WHERE name = :name FOR UPDATE")
                    .bind("name", name)
                    .mapTo(Integer.class)
                    .list();
            List<Row> rows = rows(sql);
            Optional<Row> built =
                    rows.stream()
                            .filter(row ->
                                    row.generation == generation && row.state == State.BUILDING)
                            .findFirst();
            Optional<Row> live = live(rows);
            if (built.isEmpty() || behind(built.get(), goal)) {
                return false;
            }
            if (live.isPresent()
                    && live.get().incarnation.equals(built.get().incarnation)
                    && behind(built.get(), live.get().positions)) {
                return false;
            }
            for (Row row : rows) {
                if (row.live() || (row.state == State.WITHDRAWN && row.generation < generation)) {
                    state(sql, row.generation, State.REPLACED);
                }
            }
            state(sql, generation, State.LIVE);
            return true;
        });
    }

    private static boolean behind(Row built, long[] goal) {
        for (int lane = 0; lane < built.positions.length; lane++) {
            if (built.positions[lane] < goal[lane]) {
                return true;
            }
        }
        return false;
    }

    /**
     * Goes back, in one transaction, to the newest generation that was replaced by the live one, or
     * to the one named. The live one is withdrawn: kept, and not switched to again by itself.
     */
    RolledBack rollBack(Jdbi jdbi, UUID incarnation, @Nullable Integer to) {
        return jdbi.inTransaction(sql -> {
            lock(sql, name);
            List<Row> rows = rows(sql);
            if (rows.stream().anyMatch(row -> row.state == State.BUILDING)) {
                return new RolledBack.Building();
            }
            Optional<Row> live = live(rows);
            Optional<Row> target =
                    rows.stream()
                            .filter(row ->
                                    row.state == State.REPLACED || row.state == State.WITHDRAWN)
                            .filter(row -> row.incarnation.equals(incarnation))
                            .filter(row ->
                                    to == null
                                            ? live.isPresent()
                                                    && row.generation < live.get().generation
                                            : row.generation == to)
                            .findFirst();
            if (target.isEmpty() || live.isEmpty()) {
                return new RolledBack.Nothing();
            }
            state(
                    sql,
                    live.get().generation,
                    live.get().generation > target.get().generation
                            ? State.WITHDRAWN
                            : State.REPLACED);
            state(sql, target.get().generation, State.LIVE);
            return new RolledBack.To(target.get().generation, target.get().revision);
        });
    }

    /**
     * Begins a new generation of this revision beside the live one, unless one is being built, the
     * live one is of another revision, or facts for it are away.
     */
    Rebuilt rebuild(Jdbi jdbi, UUID incarnation, int lanes) {
        return jdbi.inTransaction(sql -> {
            lock(sql, name);
            List<Row> rows = rows(sql);
            boolean building = rows.stream().anyMatch(row -> row.state == State.BUILDING);
            boolean ours = live(rows).filter(row -> row.revision == revision).isPresent();
            if (building || !ours) {
                return new Rebuilt.NotNow();
            }
            if (Archived.any(sql, needed)) {
                return new Rebuilt.FactsArchived();
            }
            make(sql, rows, incarnation, lanes, State.BUILDING);
            return new Rebuilt.Begun(rows.getFirst().generation + 1);
        });
    }

    private void state(Handle sql, int generation, State state) {
        sql.createUpdate(
                        "UPDATE log.subscription SET state = :state, last_error = NULL, owner ="
                            + " NULL, lease_until = NULL, epoch = epoch + 1, replaced_at = CASE"
                            + " WHEN :state IN (2, 4) THEN clock_timestamp() END WHERE name = :name"
                            + " AND generation = :generation")
                .bind("state", (short) state.code())
                .bind("name", name)
                .bind("generation", generation)
                .execute();
    }

    /**
     * Forgets generations that were replaced longer ago than the way back is kept; those of another
     * life of the log, to which there is no way back, as soon as queries under way have ended.
     */
    void forgetReplaced(Jdbi jdbi, Projection projection, UUID incarnation, long keptMs) {
        jdbi.useTransaction(sql -> {
            List<Integer> old =
                    sql.createQuery(
                                    "DELETE FROM log.subscription WHERE name = :name AND state IN"
                                        + " (2, 4) AND replaced_at < clock_timestamp() - CASE WHEN"
                                        + " state = 2 AND incarnation = :incarnation THEN :kept"
                                        + " ELSE least(:kept, :grace) END * interval '1 ms'"
                                        + " RETURNING generation")
                            .bind("name", name)
                            .bind("incarnation", incarnation)
                            .bind("kept", keptMs)
                            .bind("grace", Limits.GRACE_MS)
                            .mapTo(Integer.class)
                            .list();
            for (int generation : old.stream().distinct().toList()) {
                projection.forget(sql, generation);
                for (String table : List.of("log.dead_event", "log.feeder")) {
                    sql.createUpdate(
                                    "DELETE FROM "
                                            + table
                                            + " WHERE name = :name AND generation = :generation")
                            .bind("name", name)
                            .bind("generation", generation)
                            .execute();
                }
            }
        });
    }

    /** Marks what is set aside to be tried again; gives how many facts that is. */
    int askForRetry(Handle sql, int generation) {
        return sql.createUpdate(
                        "UPDATE log.dead_event SET retry = true WHERE name = :name AND generation ="
                                + " :generation")
                .bind("name", name)
                .bind("generation", generation)
                .execute();
    }

    /** The oldest facts set aside. */
    List<Projections.Dead> dead(Handle sql, int generation, int limit) {
        return sql.createQuery(
                        "SELECT lane, shard, pos, attempts, error, retry FROM log.dead_event WHERE"
                            + " name = :name AND generation = :generation ORDER BY lane, pos LIMIT"
                            + " :limit")
                .bind("name", name)
                .bind("generation", generation)
                .bind("limit", limit)
                .map((row, context) -> dead(row))
                .list();
    }

    static Projections.Dead dead(ResultSet row) throws SQLException {
        return new Projections.Dead(
                row.getInt(1),
                row.getInt(2),
                row.getLong(3),
                row.getInt(4),
                row.getString(5),
                row.getBoolean(6));
    }

    /** How many facts are set aside. */
    long countDead(Handle sql, int generation) {
        return sql.createQuery(
                        "SELECT count(*) FROM log.dead_event WHERE name = :name AND generation ="
                                + " :generation")
                .bind("name", name)
                .bind("generation", generation)
                .mapTo(Long.class)
                .one();
    }

    /** A generation's checkpoints, and who feeds them. */
    List<Projections.Lane> lanes(Handle sql, int generation, long[] heads) {
        return sql.createQuery(
                        "SELECT lane, shard, pos, CASE WHEN lease_until >= clock_timestamp() THEN"
                                + " owner END FROM log.subscription WHERE name = :name AND"
                                + " generation = :generation ORDER BY lane, shard")
                .bind("name", name)
                .bind("generation", generation)
                .map((row, context) ->
                        new Projections.Lane(
                                row.getInt(1),
                                row.getInt(2),
                                row.getLong(3),
                                heads[row.getInt(1)],
                                row.getString(4)))
                .list();
    }
}
