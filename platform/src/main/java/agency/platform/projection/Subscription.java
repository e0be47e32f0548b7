package agency.platform.projection;

import java.sql.Array;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/**
 * The rows of one projection in {@code log.subscription}: its generations, their checkpoints, and
 * who may move them. Whoever takes a generation over raises its epoch; a checkpoint is moved only
 * by the epoch that holds it, in the transaction that wrote what it stands for.
 */
final class Subscription {
    private static final int BUILDING = 0;
    private static final int LIVE = 1;
    private static final int REPLACED = 2;

    private final String name;
    private final int revision;
    private final String owner;
    private final int leaseMs;

    Subscription(String name, int revision, String owner, int leaseMs) {
        this.name = name;
        this.revision = revision;
        this.owner = owner;
        this.leaseMs = leaseMs;
    }

    /**
     * A generation as it stands.
     *
     * @param positions its checkpoint, by lane
     */
    @SuppressWarnings("ArrayRecordComponent") // carried, never compared
    record Row(int generation, int revision, int state, UUID incarnation, long[] positions) {}

    /**
     * A generation this process feeds.
     *
     * @param live whether queries read it
     * @param positions its checkpoint, by lane
     */
    @SuppressWarnings("ArrayRecordComponent") // carried, never compared
    record Held(int generation, long epoch, boolean live, long[] positions) {}

    /** Somebody else moved the checkpoint or took the lease: what was written must be undone. */
    static final class Lost extends RuntimeException {
        Lost(String name) {
            super(name + " is fed by another process", null, false, false);
        }
    }

    /** Every generation, newest first. */
    List<Row> rows(Handle sql) {
        return sql.createQuery(
                        "SELECT generation, revision, state, incarnation, array_agg(pos ORDER BY"
                                + " lane) AS pos FROM log.subscription WHERE name = :name GROUP BY"
                                + " 1, 2, 3, 4 ORDER BY 1 DESC")
                .bind("name", name)
                .map((row, context) ->
                        new Row(
                                row.getInt(1),
                                row.getInt(2),
                                row.getInt(3),
                                row.getObject(4, UUID.class),
                                positions(row.getArray(5))))
                .list();
    }

    private static long[] positions(Array column) throws SQLException {
        return Arrays.stream((Long[]) column.getArray()).mapToLong(Long::longValue).toArray();
    }

    /** The generation queries read, if there is one. */
    Optional<Row> live(Handle sql) {
        return rows(sql).stream().filter(row -> row.state == LIVE).findFirst();
    }

    /**
     * Takes the generation that this revision should feed, making it when there is none; empty when
     * another process holds it, or a newer revision is live.
     */
    Optional<Held> acquire(Jdbi jdbi, UUID incarnation, int lanes) {
        return jdbi.inTransaction(sql -> {
            lock(sql);
            Optional<Row> target = target(sql, incarnation, lanes);
            return target.flatMap(row -> take(sql, row, lanes));
        });
    }

    private void lock(Handle sql) {
        sql.createQuery("SELECT 1 FROM pg_advisory_xact_lock(hashtextextended(:name, 7126511032))")
                .bind("name", name)
                .mapTo(Integer.class)
                .one();
    }

    private Optional<Row> target(Handle sql, UUID incarnation, int lanes) {
        List<Row> rows = rows(sql);
        Optional<Row> live = rows.stream().filter(row -> row.state == LIVE).findFirst();
        if (live.isPresent() && live.get().revision > revision) {
            return Optional.empty();
        }
        for (Row row : rows) {
            boolean mine = row.revision == revision && row.incarnation.equals(incarnation);
            if (mine && row.state != REPLACED) {
                return Optional.of(row);
            }
            if (row.state == BUILDING && row.revision <= revision) {
                state(sql, row.generation, REPLACED);
            }
        }
        int generation = rows.isEmpty() ? 1 : rows.getFirst().generation + 1;
        int state = live.isPresent() ? BUILDING : LIVE;
        for (int lane = 0; lane < lanes; lane++) {
            sql.createUpdate(
                            "INSERT INTO log.subscription (name, generation, lane, shard, revision,"
                                    + " state, incarnation) VALUES (:name, :generation, :lane, 0,"
                                    + " :revision, :state, :incarnation)")
                    .bind("name", name)
                    .bind("generation", generation)
                    .bind("lane", (short) lane)
                    .bind("revision", revision)
                    .bind("state", (short) state)
                    .bind("incarnation", incarnation)
                    .execute();
        }
        return Optional.of(new Row(generation, revision, state, incarnation, new long[lanes]));
    }

    private Optional<Held> take(Handle sql, Row row, int lanes) {
        if (heldElsewhere(sql, row)) {
            return Optional.empty();
        }
        List<long[]> taken =
                sql.createQuery(
                                "UPDATE log.subscription SET epoch = epoch + 1, owner = :owner,"
                                    + " lease_until = clock_timestamp() + :lease * interval '1 ms',"
                                    + " last_error = NULL WHERE name = :name AND generation ="
                                    + " :generation RETURNING lane, pos, epoch")
                        .bind("owner", owner)
                        .bind("lease", leaseMs)
                        .bind("name", name)
                        .bind("generation", row.generation)
                        .map((r, context) -> new long[] {r.getLong(1), r.getLong(2), r.getLong(3)})
                        .list();
        long[] positions = new long[lanes];
        long epoch = 0;
        for (long[] lane : taken) {
            positions[(int) lane[0]] = lane[1];
            epoch = Math.max(epoch, lane[2]);
        }
        sql.createUpdate(
                        "UPDATE log.subscription SET epoch = :epoch WHERE name = :name AND"
                                + " generation = :generation")
                .bind("epoch", epoch)
                .bind("name", name)
                .bind("generation", row.generation)
                .execute();
        return Optional.of(new Held(row.generation, epoch, row.state == LIVE, positions));
    }

    /** Whether another process's lease of any lane is still running. */
    private boolean heldElsewhere(Handle sql, Row row) {
        return sql.createQuery(
                        "SELECT EXISTS (SELECT FROM log.subscription WHERE name = :name AND"
                                + " generation = :generation AND owner <> :owner AND lease_until"
                                + " >= clock_timestamp())")
                .bind("name", name)
                .bind("generation", row.generation)
                .bind("owner", owner)
                .mapTo(Boolean.class)
                .one();
    }

    /** Renews the lease of every lane; throws {@link Lost} when they are not ours. */
    void renew(Handle sql, Held held) {
        int renewed =
                sql.createUpdate(
                                "UPDATE log.subscription SET lease_until = clock_timestamp() +"
                                    + " :lease * interval '1 ms' WHERE name = :name AND generation"
                                    + " = :generation AND epoch = :epoch")
                        .bind("lease", leaseMs)
                        .bind("name", name)
                        .bind("generation", held.generation)
                        .bind("epoch", held.epoch)
                        .execute();
        if (renewed != held.positions.length) {
            throw new Lost(name);
        }
    }

    /** Moves the checkpoint of a lane and renews its lease; throws {@link Lost} when not ours. */
    void move(Handle sql, Held held, int lane, long from, long to) {
        int moved =
                sql.createUpdate(
                                "UPDATE log.subscription SET pos = :to, lease_until ="
                                    + " clock_timestamp() + :lease * interval '1 ms' WHERE name ="
                                    + " :name AND generation = :generation AND lane = :lane AND"
                                    + " shard = 0 AND pos = :from AND epoch = :epoch")
                        .bind("to", to)
                        .bind("lease", leaseMs)
                        .bind("name", name)
                        .bind("generation", held.generation)
                        .bind("lane", (short) lane)
                        .bind("from", from)
                        .bind("epoch", held.epoch)
                        .execute();
        if (moved != 1) {
            throw new Lost(name);
        }
    }

    /** Makes a built generation the one that queries read, in one transaction. */
    void switchTo(Jdbi jdbi, Held held) {
        jdbi.useTransaction(sql -> {
            lock(sql);
            for (Row row : rows(sql)) {
                if (row.state == LIVE && row.generation != held.generation) {
                    state(sql, row.generation, REPLACED);
                }
            }
            for (int lane = 0; lane < held.positions.length; lane++) {
                move(sql, held, lane, held.positions[lane], held.positions[lane]);
            }
            state(sql, held.generation, LIVE);
        });
    }

    private void state(Handle sql, int generation, int state) {
        sql.createUpdate(
                        "UPDATE log.subscription SET state = :state, last_error = CASE WHEN :state"
                            + " = 2 THEN NULL ELSE last_error END, lease_until = CASE WHEN :state ="
                            + " 2 THEN clock_timestamp() ELSE lease_until END, epoch = epoch + CASE"
                            + " WHEN :state = 2 THEN 1 ELSE 0 END WHERE name = :name AND generation"
                            + " = :generation")
                .bind("state", (short) state)
                .bind("name", name)
                .bind("generation", generation)
                .execute();
    }

    /** Forgets generations that were replaced longer ago than queries under way can take. */
    void forgetReplaced(Jdbi jdbi, Projection projection, long graceMs) {
        jdbi.useTransaction(sql -> {
            List<Integer> old =
                    sql.createQuery(
                                    "DELETE FROM log.subscription WHERE name = :name AND"
                                            + " state = 2 AND lease_until < clock_timestamp() -"
                                            + " :grace * interval '1 ms' RETURNING generation")
                            .bind("name", name)
                            .bind("grace", graceMs)
                            .mapTo(Integer.class)
                            .list();
            for (int generation : old.stream().distinct().toList()) {
                projection.forget(sql, generation);
                sql.createUpdate(
                                "DELETE FROM log.dead_event WHERE name = :name AND"
                                        + " generation = :generation")
                        .bind("name", name)
                        .bind("generation", generation)
                        .execute();
            }
        });
    }

    /** Gives the lease back, so that another process need not wait for its end. */
    void release(Handle sql, Held held) {
        sql.createUpdate(
                        "UPDATE log.subscription SET owner = NULL, lease_until = NULL WHERE name ="
                                + " :name AND generation = :generation AND epoch = :epoch")
                .bind("name", name)
                .bind("generation", held.generation)
                .bind("epoch", held.epoch)
                .execute();
    }

    /** What keeps it from going on, for {@code standings} of other processes and operators. */
    void trouble(Handle sql, Held held, String error) {
        sql.createUpdate(
                        "UPDATE log.subscription SET last_error = nullif(:error, '') WHERE name ="
                                + " :name AND generation = :generation AND epoch = :epoch")
                .bind("error", error)
                .bind("name", name)
                .bind("generation", held.generation)
                .bind("epoch", held.epoch)
                .execute();
    }

    /** Sets a fact aside. */
    void park(Handle sql, Held held, int lane, long position, int attempts, String error) {
        sql.createUpdate(
                        "INSERT INTO log.dead_event (name, generation, lane, pos, attempts, error)"
                                + " VALUES (:name, :generation, :lane, :pos, :attempts, :error) ON"
                                + " CONFLICT DO NOTHING")
                .bind("name", name)
                .bind("generation", held.generation)
                .bind("lane", (short) lane)
                .bind("pos", position)
                .bind("attempts", attempts)
                .bind("error", error)
                .execute();
    }

    /** The streams that stand still, by {@code lane:version 1 position} of a fact set aside. */
    List<long[]> parked(Handle sql, Held held) {
        List<long[]> parked = new ArrayList<>();
        sql.createQuery(
                        "SELECT lane, pos FROM log.dead_event WHERE name = :name AND generation ="
                                + " :generation AND attempts > 0")
                .bind("name", name)
                .bind("generation", held.generation)
                .map((row, context) -> new long[] {row.getLong(1), row.getLong(2)})
                .forEach(parked::add);
        return parked;
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

    /** Whether somebody has asked for a retry. */
    boolean retryAsked(Handle sql, Held held) {
        return sql.createQuery(
                        "SELECT EXISTS (SELECT FROM log.dead_event WHERE name = :name AND"
                                + " generation = :generation AND retry)")
                .bind("name", name)
                .bind("generation", held.generation)
                .mapTo(Boolean.class)
                .one();
    }

    /** The oldest facts set aside. */
    List<Projections.Dead> dead(Handle sql, int generation, int limit) {
        return deadAfter(sql, generation, 0, 0, limit);
    }

    /** Facts set aside behind a place in the log, in order. */
    List<Projections.Dead> deadAfter(
            Handle sql, int generation, int lane, long position, int limit) {
        return sql.createQuery(
                        "SELECT lane, pos, attempts, error, retry FROM log.dead_event WHERE name ="
                                + " :name AND generation = :generation AND (lane, pos) > (:lane,"
                                + " :pos) ORDER BY lane, pos LIMIT :limit")
                .bind("name", name)
                .bind("generation", generation)
                .bind("lane", (short) lane)
                .bind("pos", position)
                .bind("limit", limit)
                .map((row, context) ->
                        new Projections.Dead(
                                row.getInt(1),
                                row.getLong(2),
                                row.getInt(3),
                                row.getString(4),
                                row.getBoolean(5)))
                .list();
    }

    long countDead(Handle sql, int generation) {
        return sql.createQuery(
                        "SELECT count(*) FROM log.dead_event WHERE name = :name AND generation ="
                                + " :generation")
                .bind("name", name)
                .bind("generation", generation)
                .mapTo(Long.class)
                .one();
    }

    /** A fact that was set aside is applied after all. */
    void revive(Handle sql, Held held, Projections.Dead dead) {
        sql.createUpdate(
                        "DELETE FROM log.dead_event WHERE name = :name AND generation ="
                                + " :generation AND lane = :lane AND pos = :pos")
                .bind("name", name)
                .bind("generation", held.generation)
                .bind("lane", (short) dead.lane())
                .bind("pos", dead.position())
                .execute();
    }

    /** A fact that was set aside stays so. */
    void stillDead(Handle sql, Held held, Projections.Dead dead, int attempts, String error) {
        sql.createUpdate(
                        "UPDATE log.dead_event SET retry = false, attempts = attempts + :attempts,"
                                + " error = :error WHERE name = :name AND generation = :generation"
                                + " AND lane = :lane AND pos = :pos")
                .bind("attempts", attempts)
                .bind("error", error)
                .bind("name", name)
                .bind("generation", held.generation)
                .bind("lane", (short) dead.lane())
                .bind("pos", dead.position())
                .execute();
    }

    /** A generation's checkpoints, and who feeds them. */
    List<Projections.Lane> lanes(Handle sql, int generation, long[] heads) {
        return sql.createQuery(
                        "SELECT lane, pos, CASE WHEN lease_until >= clock_timestamp() THEN owner"
                                + " END FROM log.subscription WHERE name = :name AND generation ="
                                + " :generation ORDER BY lane")
                .bind("name", name)
                .bind("generation", generation)
                .map((row, context) ->
                        new Projections.Lane(
                                row.getInt(1),
                                row.getLong(2),
                                heads[row.getInt(1)],
                                row.getString(3)))
                .list();
    }
}
