package agency.platform.projection;

import agency.kernel.fact.Position;
import agency.kernel.fact.Recorded;
import agency.kernel.fact.StreamName;
import agency.platform.log.Append;
import agency.platform.log.Appended;
import agency.platform.log.LogKit;
import agency.platform.log.LogKit.Counted;
import agency.platform.log.ModelLog;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.LongAdder;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/**
 * Some processes on one database, all in one thread and in a time of their own: appending, reading,
 * holding leases, sharing shards, revoking and admitting. Whenever one of them talks to the
 * database others may go on, or time go by, beyond any lease; connections break, processes die.
 * What runs is the product's own: the lane appender, the memory feed, the leases, the shards and
 * their feeds. Only the database is a model. One seed is one history, always the same.
 */
final class Simulation {
    private static final int SHARDS = 4;
    private static final int PROCESSES = 3;
    private static final int STREAMS = 9;
    private static final int KEYS = 6;
    private static final int LEASE_MS = LogInstances.LEASE_MS;
    private static final int STEPS = 700;
    private static final int MOST_NESTED = 2;

    /** What is left out, to see what it protects. */
    enum Without {
        /** Nothing. */
        NOTHING,
        /** Checkpoints are moved by whoever comes. */
        THE_FENCE,
        /** A revocation does not wait for others. */
        THE_WAIT,
        /** Others take a lease to have ended while its owner still trusts it. */
        THE_MARGIN,
        /** After a lapse a process admits without having caught up. */
        THE_CATCHING_UP,
        /** Repeated appends are not recognised. */
        THE_IDS
    }

    /** What went wrong; empty when nothing did. */
    private final List<String> wrong = new ArrayList<>();

    private final Random random;
    private final Without without;
    private final ModelLog.Table table;
    private final List<Process> processes = new ArrayList<>();
    private final Set<UUID> acknowledged = new HashSet<>();
    private final Set<String> revoked = new HashSet<>();
    private final Map<UUID, Lease> leases = new HashMap<>();
    private final Map<String, Long> feeders = new HashMap<>();
    private final Row[] rows = new Row[SHARDS];
    private final Map<StreamName, List<Recorded>> applied = new HashMap<>();
    private long nowMs = 1_000;
    private int nested;
    private boolean calm;
    private int made;

    private record Lease(long untilMs, long applied) {}

    private static final class Row {
        private long epoch;
        private long position;
        private @Nullable String owner;
        private long leasedUntilMs;
    }

    Simulation(long seed, Without without) {
        this.random = new Random(seed);
        this.without = without;
        this.table = new ModelLog.Table(without != Without.THE_IDS);
        Arrays.setAll(rows, any -> new Row());
    }

    /** Lives one history; gives what went wrong. */
    List<String> run() throws Exception {
        for (int i = 0; i < PROCESSES; i++) {
            processes.add(new Process());
        }
        for (int step = 0; step < STEPS && wrong.isEmpty(); step++) {
            step();
        }
        calm = true;
        for (int round = 0; round < 400 && wrong.isEmpty(); round++) {
            nowMs += 500;
            for (Process process : processes) {
                process.all();
            }
        }
        if (wrong.isEmpty()) {
            reckon();
        }
        return wrong;
    }

    private void step() throws Exception {
        nowMs += random.nextInt(40);
        Process process = processes.get(random.nextInt(processes.size()));
        if (process.busy) {
            return;
        }
        if (random.nextInt(150) == 0) {
            processes.set(processes.indexOf(process), new Process());
            return;
        }
        process.one();
    }

    /** Time goes by while a process waits for the database; perhaps a lot, and not for others. */
    private void pass(long atMostMs) {
        if (calm || nested >= MOST_NESTED || random.nextInt(3) > 0) {
            nowMs += calm ? 0 : random.nextLong(atMostMs + 1);
            return;
        }
        nested++;
        try {
            boolean paused = random.nextInt(12) == 0;
            nowMs += random.nextLong(paused ? 2L * LEASE_MS : atMostMs + 1);
            int others = random.nextInt(paused ? 30 : 4);
            for (int i = 0; i < others; i++) {
                step();
            }
        } catch (Exception e) {
            throw new IllegalStateException(e);
        } finally {
            nested--;
        }
    }

    private void reckon() {
        Map<UUID, Integer> recorded = new HashMap<>();
        table.facts().forEach(fact -> recorded.merge(fact.id(), 1, Integer::sum));
        recorded.forEach((id, times) -> {
            if (times > 1) {
                wrong.add("recorded " + times + " times: " + id);
            }
        });
        for (UUID id : acknowledged) {
            if (!recorded.containsKey(id)) {
                wrong.add("acknowledged and lost: " + id);
            }
        }
        for (Recorded fact : table.facts()) {
            boolean wanted = fact.stream().category().equals("test");
            if (wanted && !applied.getOrDefault(fact.stream(), List.of()).contains(fact)) {
                wrong.add("never applied: " + fact.position());
            }
        }
        long shares = Arrays.stream(rows).map(row -> row.owner).distinct().count();
        if (shares < PROCESSES) {
            wrong.add("shards are not shared out: " + shares);
        }
    }

    /** What feeds a generation, as the database keeps it. */
    private final class Store implements GenerationStore {
        private final String self;

        Store(String self) {
            this.self = self;
        }

        @Override
        public List<Shard> meet() {
            pass(20);
            feeders.put(self, nowMs + LEASE_MS);
            feeders.values().removeIf(until -> until < nowMs);
            List<FairShare.Row> all = new ArrayList<>();
            for (int i = 0; i < SHARDS; i++) {
                Row row = rows[i];
                all.add(
                        new FairShare.Row(
                                0,
                                i,
                                row.epoch,
                                row.position,
                                row.owner,
                                row.leasedUntilMs >= nowMs));
            }
            FairShare.Plan plan =
                    FairShare.of(self, feeders.keySet().stream().sorted().toList(), all);
            plan.give()
                    .forEach(given -> {
                        rows[given.number()].owner = null;
                        rows[given.number()].leasedUntilMs = 0;
                    });
            List<Shard> held = new ArrayList<>();
            for (FairShare.Row kept : plan.keep()) {
                held.add(hold(kept.number()));
            }
            for (FairShare.Row taken : plan.take()) {
                rows[taken.number()].epoch++;
                held.add(hold(taken.number()));
            }
            pass(20);
            return held;
        }

        private Shard hold(int number) {
            Row row = rows[number];
            row.owner = self;
            row.leasedUntilMs = nowMs + LEASE_MS;
            return new Shard(0, number, row.epoch, row.position);
        }

        @Override
        public List<At> progress() {
            List<At> all = new ArrayList<>();
            for (int i = 0; i < SHARDS; i++) {
                all.add(new At(0, i, rows[i].position));
            }
            return all;
        }

        @Override
        public void apply(List<Move> moves, List<Recorded> facts) {
            pass(20);
            for (Move move : moves) {
                Row row = rows[move.shard().number()];
                boolean ours = row.position == move.from() && row.epoch == move.shard().epoch();
                if (!ours && without != Without.THE_FENCE) {
                    throw new Lost("simulated");
                }
            }
            for (Recorded fact : facts) {
                List<Recorded> stream =
                        applied.computeIfAbsent(fact.stream(), any -> new ArrayList<>());
                if (fact.version() != stream.size() + 1) {
                    wrong.add("applied out of order: " + fact.position());
                }
                stream.add(fact);
            }
            for (Move move : moves) {
                Row row = rows[move.shard().number()];
                row.position = move.to();
                row.leasedUntilMs = nowMs + LEASE_MS;
            }
            pass(20);
        }

        @Override
        public void setAside(List<Move> moves, Recorded fact, int attempts, String error) {
            throw new IllegalStateException("nothing is set aside here");
        }

        @Override
        public List<Projections.Dead> stopped(List<Shard> shards) {
            return List.of();
        }

        @Override
        public boolean retryAsked(List<Shard> shards) {
            return false;
        }

        @Override
        public List<Projections.Dead> dead(List<Shard> shards, int lane, long after, int limit) {
            return List.of();
        }

        @Override
        public void revive(Shard shard, Projections.Dead dead, Recorded fact) {
            throw new IllegalStateException("nothing is set aside here");
        }

        @Override
        public void leave(Shard shard, Projections.Dead dead, int attempts, String error) {
            throw new IllegalStateException("nothing is set aside here");
        }

        @Override
        public void release() {
            feeders.remove(self);
        }
    }

    /** The leases of processes, as the database keeps them. */
    private final class Instances implements InstanceStore {
        private void tell(UUID self, Reached reached) {
            long lease = without == Without.THE_MARGIN ? LEASE_MS / 3 : LEASE_MS;
            leases.put(self, new Lease(nowMs + lease, reached.positions()[0]));
        }

        private void network() throws SQLException {
            pass(20);
            if (!calm && random.nextInt(25) == 0) {
                throw new SQLException("broken", "08006");
            }
        }

        @Override
        public void clear() {
            throw new IllegalStateException("nobody is alone here");
        }

        @Override
        public boolean renew(UUID self, Reached reached) throws SQLException {
            network();
            Lease lease = leases.get(self);
            if (lease == null || lease.untilMs <= nowMs) {
                return without == Without.THE_CATCHING_UP;
            }
            tell(self, reached);
            pass(20);
            return true;
        }

        @Override
        public long register(UUID self, Reached reached) throws SQLException {
            network();
            tell(self, reached);
            pass(20);
            return 1 + leases.size();
        }

        @Override
        public Around around(UUID self) throws SQLException {
            network();
            boolean others =
                    leases.entrySet().stream()
                            .anyMatch(one ->
                                    !one.getKey().equals(self) && one.getValue().untilMs > nowMs);
            return new Around(others, ModelLog.Table.LIFE, 0);
        }

        @Override
        public Reached heads() throws SQLException {
            network();
            return new Reached(ModelLog.Table.LIFE, new long[] {table.facts().size()});
        }

        @Override
        public boolean appliedElsewhere(UUID self, Position position) throws SQLException {
            network();
            boolean all =
                    without == Without.THE_WAIT
                            || leases.entrySet().stream()
                                    .noneMatch(one ->
                                            !one.getKey().equals(self)
                                                    && one.getValue().untilMs > nowMs
                                                    && one.getValue().applied < position.value());
            pass(20);
            return all;
        }

        @Override
        public void leave(UUID self) {
            leases.remove(self);
        }
    }

    /** The keys that are revoked, as a process knows it. */
    private static final class Revoked implements MemoryView {
        private final Set<String> keys = new HashSet<>();

        @Override
        public String name() {
            return "revoked";
        }

        @Override
        public Set<String> categories() {
            return Set.of("revoked");
        }

        @Override
        public void reset() {
            keys.clear();
        }

        @Override
        public void apply(Recorded fact) {
            keys.add(fact.stream().key());
        }
    }

    /** Takes in facts of {@code test}; the store itself sees to what becomes of them. */
    private static final class Nothing implements Projection {
        @Override
        public String name() {
            return "simulated";
        }

        @Override
        public int revision() {
            return 1;
        }

        @Override
        public int shards() {
            return SHARDS;
        }

        @Override
        public Set<String> categories() {
            return Set.of("test");
        }

        @Override
        public void apply(List<Recorded> facts, Handle sql, int generation) {}

        @Override
        public void forget(Handle sql, int generation) {}
    }

    /** An append whose answer is awaited. */
    private record Asked(UUID id, @Nullable String key, CompletableFuture<Appended> answer) {}

    private final class Process {
        private final UUID id = new UUID(7, made++);
        private final ModelLog log =
                new ModelLog(table, random, this::nanos, Simulation.this::pass);
        private final LogInstances instances =
                new LogInstances(new Instances(), log, id, false, this::nanos);
        private final Revoked view = new Revoked();
        private final MemoryFeed memory = new MemoryFeed(log, instances::applied);
        private final GenerationFeed feed =
                new GenerationFeed(
                        new Nothing(),
                        log,
                        new Store(id.toString()),
                        ModelLog.Table.LIFE,
                        SHARDS,
                        LEASE_MS,
                        this::nanos,
                        ms -> true,
                        new LongAdder());
        private final List<Asked> asked = new ArrayList<>();
        private final Map<String, Position> revoking = new HashMap<>();
        private boolean begun;
        private boolean busy;
        private long renewedMs;

        private long nanos() {
            return nowMs * 1_000_000;
        }

        /** One thing that a process does. */
        void one() throws Exception {
            busy = true;
            try {
                if (!begun) {
                    memory.add(view);
                    instances.begin();
                    memory.begin();
                    begun = true;
                    return;
                }
                switch (random.nextInt(9)) {
                    case 0 -> append();
                    case 1 -> revoke();
                    case 2, 3 -> admit();
                    case 4 -> log.turn();
                    case 5 -> memory.turn();
                    case 6 -> renew();
                    case 7 -> feed.turn();
                    default -> {
                        log.poll();
                        memory.turn();
                        confirm();
                    }
                }
            } catch (SQLException | GenerationStore.Lost | agency.kernel.fault.Fault e) {
                // As in the product: tried again at the next turn.
            } finally {
                busy = false;
            }
        }

        /** Everything there is to do, in peace. */
        void all() throws Exception {
            if (!begun) {
                one();
            }
            log.turn();
            log.poll();
            memory.turn();
            renewedMs = 0;
            renew();
            confirm();
            try {
                feed.turn();
            } catch (GenerationStore.Lost e) {
                // Met again at the next turn.
            }
        }

        private void append() {
            StreamName stream = LogKit.stream("s" + random.nextInt(STREAMS));
            UUID fact = new UUID(random.nextLong(), random.nextLong());
            Append append =
                    new Append(
                            stream,
                            random.nextBoolean()
                                    ? Append.ANY
                                    : log.stream(stream, 0, 10_000).size(),
                            List.of(new Counted(1)),
                            LogKit.meta(),
                            fact,
                            List.of());
            asked.add(new Asked(fact, null, log.append(append)));
        }

        private void revoke() {
            String key = "key" + random.nextInt(KEYS);
            if (view.keys.contains(key) || random.nextInt(4) > 0) {
                return;
            }
            UUID fact = new UUID(random.nextLong(), random.nextLong());
            Append append =
                    new Append(
                            StreamName.of(1, "revoked", key),
                            Append.ANY,
                            List.of(new Counted(1)),
                            LogKit.meta(),
                            fact,
                            List.of());
            asked.add(new Asked(fact, key, log.append(append)));
        }

        /** Hears what became of its appends; revocations that all have applied have returned. */
        private void confirm() {
            for (Asked one : List.copyOf(asked)) {
                if (one.answer.isDone()) {
                    asked.remove(one);
                    if (!one.answer.isCompletedExceptionally()
                            && one.answer.join() instanceof Appended.Ok ok) {
                        acknowledged.add(one.id);
                        if (one.key != null) {
                            revoking.put(one.key, ok.last());
                        }
                    }
                }
            }
            for (Map.Entry<String, Position> one : Map.copyOf(revoking).entrySet()) {
                if (instances.appliedEverywhere(one.getValue())) {
                    revoking.remove(one.getKey());
                    revoked.add(one.getKey());
                }
            }
        }

        private void admit() {
            String key = "key" + random.nextInt(KEYS);
            if (instances.mayAdmit() && !view.keys.contains(key) && revoked.contains(key)) {
                wrong.add(key + " was let in after its revocation had returned");
            }
        }

        private void renew() throws SQLException {
            if (nowMs - renewedMs > 500) {
                renewedMs = nowMs;
                instances.renew();
            }
        }
    }
}
