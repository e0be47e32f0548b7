package agency.platform.projection;

import agency.kernel.fact.Recorded;
import java.util.ArrayList;
import java.util.List;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.Update;

/**
 * A generation's shards in {@code log.subscription}. Whoever takes a shard raises its epoch; a
 * checkpoint is moved only by the epoch that holds it, in the transaction that wrote what it stands
 * for. So what a process writes that was paused beyond its lease is undone with its transaction.
 */
final class SqlGenerationStore implements GenerationStore {
    /** What keeps a process from moving what another one has taken. */
    static final String FENCE = "s.pos = u.was AND s.epoch = u.epoch";

    private final Jdbi jdbi;
    private final Projection projection;
    private final int generation;
    private final String owner;
    private final int leaseMs;
    private final String fence;

    SqlGenerationStore(
            Jdbi jdbi,
            Projection projection,
            int generation,
            String owner,
            int leaseMs,
            String fence) {
        this.jdbi = jdbi;
        this.projection = projection;
        this.generation = generation;
        this.owner = owner;
        this.leaseMs = leaseMs;
        this.fence = fence;
    }

    /** One statement about this generation. */
    private Update update(Handle sql, String text) {
        return sql.createUpdate(text)
                .bind("name", projection.name())
                .bind("generation", generation);
    }

    private org.jdbi.v3.core.statement.Query query(Handle sql, String text) {
        return sql.createQuery(text).bind("name", projection.name()).bind("generation", generation);
    }

    @Override
    public List<Shard> meet() {
        return jdbi.inTransaction(sql -> {
            Generations.lock(sql, projection.name());
            FairShare.Plan plan = FairShare.of(owner, feeders(sql), rows(sql));
            give(sql, plan.give());
            List<Shard> held = keep(sql, plan.keep());
            held.addAll(take(sql, plan.take()));
            return held;
        });
    }

    private List<String> feeders(Handle sql) {
        update(
                        sql,
                        "DELETE FROM log.feeder WHERE name = :name AND generation = :generation AND"
                                + " lease_until < clock_timestamp() AND owner <> :owner")
                .bind("owner", owner)
                .execute();
        update(
                        sql,
                        "INSERT INTO log.feeder VALUES (:name, :generation, :owner,"
                                + " clock_timestamp() + :lease * interval '1 ms') ON CONFLICT"
                                + " (name, generation, owner) DO UPDATE SET lease_until ="
                                + " excluded.lease_until")
                .bind("owner", owner)
                .bind("lease", leaseMs)
                .execute();
        return query(
                        sql,
                        "SELECT owner FROM log.feeder WHERE name = :name AND generation ="
                                + " :generation ORDER BY owner")
                .mapTo(String.class)
                .list();
    }

    private List<FairShare.Row> rows(Handle sql) {
        return query(
                        sql,
                        "SELECT lane, shard, epoch, pos, owner, coalesce(lease_until >="
                            + " clock_timestamp(), false) FROM log.subscription WHERE name = :name"
                            + " AND generation = :generation AND state IN (0, 1) ORDER BY lane,"
                            + " shard")
                .map((row, context) ->
                        new FairShare.Row(
                                row.getInt(1),
                                row.getInt(2),
                                row.getLong(3),
                                row.getLong(4),
                                row.getString(5),
                                row.getBoolean(6)))
                .list();
    }

    private void give(Handle sql, List<FairShare.Row> rows) {
        if (!rows.isEmpty()) {
            of(
                            sql,
                            "UPDATE log.subscription s SET owner = NULL, lease_until = NULL",
                            "s.epoch = u.epoch",
                            "",
                            shards(rows))
                    .execute();
        }
    }

    private List<Shard> keep(Handle sql, List<FairShare.Row> rows) {
        if (rows.isEmpty()) {
            return new ArrayList<>();
        }
        of(
                        sql,
                        "UPDATE log.subscription s SET lease_until = clock_timestamp() + :lease *"
                                + " interval '1 ms'",
                        "s.epoch = u.epoch",
                        "",
                        shards(rows))
                .bind("lease", leaseMs)
                .execute();
        return new ArrayList<>(shards(rows));
    }

    /**
     * Takes what is free. A row that a transaction of a paused process still holds is passed over:
     * PostgreSQL ends that transaction soon, and until then nobody waits for it.
     */
    private List<Shard> take(Handle sql, List<FairShare.Row> rows) {
        if (rows.isEmpty()) {
            return List.of();
        }
        List<Shard> wanted = shards(rows);
        return query(
                        sql,
                        "UPDATE log.subscription s SET epoch = s.epoch + 1, owner = :owner,"
                                + " lease_until = clock_timestamp() + :lease * interval '1 ms',"
                                + " last_error = NULL FROM (SELECT f.lane, f.shard FROM"
                                + " log.subscription f JOIN unnest(:lanes::smallint[],"
                                + " :shards::smallint[]) u(lane, shard) ON f.lane = u.lane AND"
                                + " f.shard = u.shard WHERE f.name = :name AND f.generation ="
                                + " :generation FOR UPDATE OF f SKIP LOCKED) free WHERE s.name ="
                                + " :name AND s.generation = :generation AND s.lane = free.lane AND"
                                + " s.shard = free.shard RETURNING s.lane, s.shard, s.epoch, s.pos")
                .bind("owner", owner)
                .bind("lease", leaseMs)
                .bind("lanes", wanted.stream().mapToInt(Shard::lane).toArray())
                .bind("shards", wanted.stream().mapToInt(Shard::number).toArray())
                .map((row, context) ->
                        new Shard(row.getInt(1), row.getInt(2), row.getLong(3), row.getLong(4)))
                .list();
    }

    private static List<Shard> shards(List<FairShare.Row> rows) {
        return rows.stream()
                .map(row -> new Shard(row.lane(), row.number(), row.epoch(), row.position()))
                .toList();
    }

    /** An update of shards by their epoch. */
    private Update of(Handle sql, String set, String where, String more, List<Shard> shards) {
        return update(
                        sql,
                        set
                                + " FROM unnest(:lanes::smallint[], :shards::smallint[],"
                                + " :epochs::bigint[]"
                                + (more.isEmpty() ? ") u(lane, shard, epoch)" : more)
                                + " WHERE s.name = :name AND s.generation = :generation AND s.lane"
                                + " = u.lane AND s.shard = u.shard AND "
                                + where)
                .bind("lanes", shards.stream().mapToInt(Shard::lane).toArray())
                .bind("shards", shards.stream().mapToInt(Shard::number).toArray())
                .bind("epochs", shards.stream().mapToLong(Shard::epoch).toArray());
    }

    @Override
    public List<At> progress() {
        return jdbi.withHandle(sql ->
                query(
                                sql,
                                "SELECT lane, shard, pos FROM log.subscription WHERE name = :name"
                                        + " AND generation = :generation")
                        .map((row, context) -> new At(row.getInt(1), row.getInt(2), row.getLong(3)))
                        .list());
    }

    @Override
    public void apply(List<Move> moves, List<Recorded> facts) {
        jdbi.useTransaction(sql -> {
            if (!facts.isEmpty()) {
                projection.apply(facts, sql, generation);
            }
            move(sql, moves);
        });
    }

    private void move(Handle sql, List<Move> moves) {
        int moved =
                of(
                                sql,
                                "UPDATE log.subscription s SET pos = u.now, lease_until ="
                                        + " clock_timestamp() + :lease * interval '1 ms'",
                                fence,
                                ", :was::bigint[], :now::bigint[]) u(lane, shard, epoch, was, now)",
                                moves.stream().map(Move::shard).toList())
                        .bind("was", moves.stream().mapToLong(Move::from).toArray())
                        .bind("now", moves.stream().mapToLong(Move::to).toArray())
                        .bind("lease", leaseMs)
                        .execute();
        if (moved != moves.size()) {
            throw new Lost(projection.name());
        }
    }

    @Override
    public void setAside(List<Move> moves, Recorded fact, int attempts, String error) {
        jdbi.useTransaction(sql -> {
            update(
                            sql,
                            "INSERT INTO log.dead_event (name, generation, lane, pos, attempts,"
                                + " error, shard) SELECT :name, :generation, e.lane, e.pos,"
                                + " :attempts, :error, e.stream_id % (SELECT count(*) FROM"
                                + " log.subscription s WHERE s.name = :name AND s.generation ="
                                + " :generation AND s.lane = :lane) FROM log.event e WHERE e.lane ="
                                + " :lane AND e.pos = :pos ON CONFLICT DO NOTHING")
                    .bind("lane", (short) fact.position().lane())
                    .bind("pos", fact.position().value())
                    .bind("attempts", attempts)
                    .bind("error", error)
                    .execute();
            move(sql, moves);
        });
    }

    private static final String DEAD =
            "SELECT d.lane, d.shard, d.pos, d.attempts, d.error, d.retry FROM log.dead_event d JOIN"
                    + " unnest(:lanes::smallint[], :shards::smallint[]) u(lane, shard) ON d.lane ="
                    + " u.lane AND d.shard = u.shard WHERE d.name = :name AND d.generation ="
                    + " :generation";

    private List<Projections.Dead> dead(Handle sql, String text, List<Shard> shards) {
        return query(sql, text)
                .bind("lanes", shards.stream().mapToInt(Shard::lane).toArray())
                .bind("shards", shards.stream().mapToInt(Shard::number).toArray())
                .map((row, context) -> Generations.dead(row))
                .list();
    }

    @Override
    public List<Projections.Dead> stopped(List<Shard> shards) {
        return jdbi.withHandle(sql -> dead(sql, DEAD + " AND d.attempts > 0", shards));
    }

    @Override
    public boolean retryAsked(List<Shard> shards) {
        return jdbi.withHandle(sql -> !dead(sql, DEAD + " AND d.retry LIMIT 1", shards).isEmpty());
    }

    @Override
    public List<Projections.Dead> dead(List<Shard> shards, int lane, long after, int limit) {
        String next =
                " AND (d.lane, d.pos) > (%d, %d) ORDER BY d.lane, d.pos LIMIT %d"
                        .formatted(lane, after, limit);
        return jdbi.withHandle(sql -> dead(sql, DEAD + next, shards));
    }

    @Override
    public void revive(Shard shard, Projections.Dead dead, Recorded fact) {
        jdbi.useTransaction(sql -> {
            projection.apply(List.of(fact), sql, generation);
            one(
                            sql,
                            "DELETE FROM log.dead_event WHERE name = :name AND generation ="
                                    + " :generation AND lane = :lane AND pos = :pos",
                            dead)
                    .execute();
            hold(sql, shard);
        });
    }

    @Override
    public void leave(Shard shard, Projections.Dead dead, int attempts, String error) {
        jdbi.useTransaction(sql -> {
            one(
                            sql,
                            "UPDATE log.dead_event SET retry = false, attempts = attempts +"
                                    + " :attempts, error = :error WHERE name = :name AND generation"
                                    + " = :generation AND lane = :lane AND pos = :pos",
                            dead)
                    .bind("attempts", attempts)
                    .bind("error", error)
                    .execute();
            hold(sql, shard);
        });
    }

    private Update one(Handle sql, String text, Projections.Dead dead) {
        return update(sql, text).bind("lane", (short) dead.lane()).bind("pos", dead.position());
    }

    /** Renews a shard's lease; undoes the transaction when it is not ours. */
    private void hold(Handle sql, Shard shard) {
        int held =
                of(
                                sql,
                                "UPDATE log.subscription s SET lease_until = clock_timestamp() +"
                                        + " :lease * interval '1 ms'",
                                "s.epoch = u.epoch",
                                "",
                                List.of(shard))
                        .bind("lease", leaseMs)
                        .execute();
        if (held != 1) {
            throw new Lost(projection.name());
        }
    }

    @Override
    public void release() {
        jdbi.useTransaction(sql -> {
            update(
                            sql,
                            "UPDATE log.subscription SET owner = NULL, lease_until = NULL WHERE"
                                    + " name = :name AND generation = :generation AND owner ="
                                    + " :owner")
                    .bind("owner", owner)
                    .execute();
            update(
                            sql,
                            "DELETE FROM log.feeder WHERE name = :name AND generation ="
                                    + " :generation AND owner = :owner")
                    .bind("owner", owner)
                    .execute();
        });
    }
}
