package agency.platform.projection;

import agency.kernel.fact.Position;
import agency.kernel.fault.Fault;
import agency.platform.log.EventLog;
import agency.platform.log.Passing;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps one projection: sees to it that the generations of its revision are fed, each by a thread
 * of its own, so that building a new one takes nothing from the one that queries read; switches to
 * the new one when it is built; forgets the old one when its time is over.
 */
final class TableFeed {
    /** Facts that were set aside, shown at once. */
    static final int MOST_DEAD_SHOWN = 100;

    private static final Logger LOG = LoggerFactory.getLogger(TableFeed.class);

    private final Projection projection;
    private final EventLog log;
    private final Supplier<Jdbi> database;
    private final Generations generations;
    private final Feeding feeding;
    private final Runnable progressed;
    private final Wake wake = new Wake();
    private final Thread thread;
    private final Map<Integer, Running> running = new ConcurrentHashMap<>();
    private final LongAdder applied = new LongAdder();
    private final Rate rate = new Rate();
    private long sweptAtNanos;
    private volatile Seen seen = new Seen(0, 0, Reached.NOWHERE);
    private volatile String trouble = "not started";

    /**
     * How it is fed.
     *
     * @param owner who this process is
     * @param alone whether there can be no other: then nothing is cut into shards
     * @param leaseMs how long a shard is held without a renewal
     * @param keptMs how long a replaced generation is kept
     * @param fence what keeps a process from moving what another one has taken
     */
    record Feeding(String owner, boolean alone, int leaseMs, long keptMs, String fence) {}

    /** What queries read, as last seen. */
    private record Seen(int generation, int revision, Reached reached) {}

    /** A generation that is fed here, and what keeps it from going on. */
    private static final class Running {
        private final GenerationFeed feed;
        private final Wake wake;
        private final Thread thread;
        private volatile String trouble = "";

        /** Where the log stood when a new generation first had nothing left to do. */
        private long[] goal = {};

        Running(GenerationFeed feed, Wake wake, Thread thread) {
            this.feed = feed;
            this.wake = wake;
            this.thread = thread;
        }
    }

    TableFeed(
            Projection projection,
            EventLog log,
            Supplier<Jdbi> database,
            Feeding feeding,
            Runnable progressed) {
        this.projection = projection;
        this.log = log;
        this.database = database;
        this.feeding = feeding;
        this.progressed = progressed;
        this.generations =
                new Generations(
                        projection.name(),
                        projection.revision(),
                        feeding.alone() ? 1 : projection.shards(),
                        Archived.needed(projection));
        this.thread =
                Thread.ofVirtual().name("projection-" + projection.name()).unstarted(this::run);
    }

    void start() {
        seen = new Seen(0, 0, Reached.beginning(new UUID(0, 0), log.lanes()));
        Generations.live(database.get().withHandle(generations::rows)).ifPresent(this::see);
        wake.up();
        thread.start();
    }

    private void see(Generations.Row live) {
        seen =
                new Seen(
                        live.generation(),
                        live.revision(),
                        new Reached(live.incarnation(), live.positions()));
    }

    /** There are new facts. */
    void wake() {
        running.values().forEach(one -> one.wake.up());
        UUID life = log.incarnation();
        if (running.values().stream().anyMatch(one -> !one.feed.life().equals(life))) {
            wake.up();
        }
    }

    private void run() {
        int failures = 0;
        while (wake.sleep(failures > 0 ? Limits.pauseMs(failures) : pauseMs())) {
            try {
                keep();
                failures = 0;
                stands("", null);
                progressed.run();
            } catch (RuntimeException e) {
                failures++;
                stands(why(e), e);
            }
        }
        running.keySet().forEach(this::end);
    }

    /** Soon again while something is being built or about to be switched to. */
    private long pauseMs() {
        if (building().isPresent()) {
            return Limits.SWITCH_MS;
        }
        long idle = feeding.leaseMs() / 3;
        boolean building = running.keySet().stream().anyMatch(one -> one > seen.generation);
        return building ? Math.min(idle, Limits.BUILDING_MS) : idle;
    }

    private void keep() {
        UUID life = log.incarnation();
        List<Generations.Row> rows = generations.prepared(database.get(), life, log.lanes());
        for (Integer number : running.keySet()) {
            if (rows.stream().noneMatch(row -> row.generation() == number && ours(row, life))) {
                end(number);
            }
        }
        for (Generations.Row row : rows) {
            if (ours(row, life) && !running.containsKey(row.generation())) {
                begin(row);
            }
        }
        Generations.live(rows).ifPresent(this::see);
        building().ifPresent(this::switchOver);
        long everyMs = Math.min(Limits.SWEEP_MS, feeding.keptMs());
        if (System.nanoTime() - sweptAtNanos >= everyMs * 1_000_000) {
            sweptAtNanos = System.nanoTime();
            generations.forgetReplaced(database.get(), projection, life, feeding.keptMs());
        }
    }

    private boolean ours(Generations.Row row, UUID life) {
        return row.fed()
                && row.revision() == projection.revision()
                && row.incarnation().equals(life);
    }

    private void begin(Generations.Row row) {
        Wake sleep = new Wake();
        GenerationFeed feed =
                new GenerationFeed(
                        projection,
                        log,
                        new SqlGenerationStore(
                                database.get(),
                                projection,
                                row.generation(),
                                feeding.owner(),
                                feeding.leaseMs(),
                                feeding.fence()),
                        row.incarnation(),
                        row.shards(),
                        feeding.leaseMs(),
                        System::nanoTime,
                        sleep::pause,
                        applied);
        Thread feeder =
                Thread.ofVirtual()
                        .name("feed-" + projection.name() + "-" + row.generation())
                        .unstarted(() -> feed(row.generation()));
        running.put(row.generation(), new Running(feed, sleep, feeder));
        feeder.start();
    }

    private void end(int generation) {
        Running ended = running.remove(generation);
        if (ended != null) {
            ended.wake.close(ended.thread);
        }
    }

    private void feed(int generation) {
        Running mine = running.get(generation);
        if (mine == null) {
            return;
        }
        int failures = 0;
        boolean more = true;
        while (goOn(mine, failures == 0 && more, failures)) {
            try {
                more = mine.feed.turn();
                if (!more && generation > seen.generation) {
                    // Whether it is built is told by its checkpoints.
                    mine.feed.checkpoint();
                }
                failures = 0;
                mine.trouble = "";
                progressed.run();
            } catch (GenerationStore.Lost e) {
                failures = 1;
                wake.up();
            } catch (RuntimeException e) {
                failures++;
                if (!mine.trouble.equals(why(e))) {
                    LOG.warn("the projection {} stands still: {}", name(), why(e), e);
                }
                mine.trouble = why(e);
            }
        }
        mine.feed.release();
    }

    /** Sleeps until there is something to do; false when it is time to end. */
    private boolean goOn(Running mine, boolean atOnce, int failures) {
        if (atOnce) {
            return !mine.wake.closed();
        }
        long idleMs = Math.min(feeding.leaseMs() / 3, mine.feed.owesWithinMs());
        return mine.wake.sleep(failures == 0 ? idleMs : Limits.pauseMs(failures));
    }

    private void stands(String why, @Nullable RuntimeException cause) {
        if (!why.isEmpty() && !trouble.equals(why)) {
            LOG.warn("the projection {} stands still: {}", name(), why, cause);
        }
        trouble = why;
    }

    /** A generation fed here that is not read yet, once it has nothing left to do. */
    private Optional<Integer> building() {
        return running.entrySet().stream()
                .filter(one -> one.getKey() > seen.generation && one.getValue().feed.atHead())
                .map(Map.Entry::getKey)
                .findFirst();
    }

    private void switchOver(int generation) {
        Running built = running.get(generation);
        if (built == null) {
            return;
        }
        if (built.goal.length == 0) {
            long[] heads = new long[log.lanes()];
            Arrays.setAll(heads, lane -> log.seen(lane).value());
            built.goal = heads;
        }
        if (generations.switchTo(database.get(), generation, built.goal)) {
            Generations.live(database.get().withHandle(generations::rows)).ifPresent(this::see);
            LOG.info("{} is read anew: revision {}, generation {}", name(), revision(), generation);
        }
    }

    private static String why(RuntimeException e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof Fault fault) {
                return fault.code();
            }
            if (cause instanceof SQLException sql && Passing.is(sql)) {
                return "database";
            }
        }
        return "bug: " + e.getClass().getSimpleName();
    }

    String name() {
        return projection.name();
    }

    private int revision() {
        return projection.revision();
    }

    /** The generation that queries read. */
    int generation() {
        return seen.generation;
    }

    boolean has(Position position) {
        return seen.generation > 0 && reached().has(position);
    }

    private Reached reached() {
        Running live = running.get(seen.generation);
        return live == null ? seen.reached : live.feed.reached();
    }

    /** Sees how far others have come with what queries read. Blocks. */
    void look() {
        Running live = running.get(seen.generation);
        if (live == null || live.feed.hasOthers()) {
            Generations.live(database.get().withHandle(generations::rows)).ifPresent(this::see);
            if (live != null) {
                live.feed.look();
            }
        }
    }

    Projections.Standing standing(long[] heads) {
        Reached now = reached();
        Running live = running.get(seen.generation);
        int parked = live == null ? 0 : live.feed.parked();
        String why = trouble;
        if (why.isEmpty() && live != null) {
            why = live.trouble;
        } else if (why.isEmpty() && seen.revision != 0 && seen.revision != revision()) {
            why = "its rows are of revision " + seen.revision + ", which this program cannot feed";
        }
        return new Projections.Standing(
                projection.name(),
                Projections.Kind.TABLE,
                projection.revision(),
                seen.generation,
                now.sum(),
                now.behind(heads),
                applied.sum(),
                rate.of(applied.sum()),
                parked,
                why(why, parked));
    }

    static String why(String trouble, int parked) {
        return parked == 0 ? trouble : parked + " streams stopped";
    }

    /** Asks whoever feeds it to try again what was set aside; gives how many facts that is. */
    int retry() {
        int asked = database.get().withHandle(sql -> generations.askForRetry(sql, seen.generation));
        wake();
        return asked;
    }

    /** Begins a new generation, if that can be. */
    Rebuilt rebuild() {
        Rebuilt begun = generations.rebuild(database.get(), log.incarnation(), log.lanes());
        wake.up();
        return begun;
    }

    /** Has queries read an earlier generation again. */
    RolledBack rollBack(@Nullable Integer to) {
        RolledBack done = generations.rollBack(database.get(), log.incarnation(), to);
        Generations.live(database.get().withHandle(generations::rows)).ifPresent(this::see);
        wake.up();
        return done;
    }

    Projections.Detail detail(long[] heads) {
        int shown = seen.generation;
        return database.get()
                .withHandle(sql ->
                        new Projections.Detail(
                                standing(heads),
                                generations.rows(sql).stream()
                                        .map(row -> shown(row, heads))
                                        .toList(),
                                generations.lanes(sql, shown, heads),
                                generations.dead(sql, shown, MOST_DEAD_SHOWN),
                                generations.countDead(sql, shown)));
    }

    private Projections.Generation shown(Generations.Row row, long[] heads) {
        Reached reached = new Reached(row.incarnation(), row.positions());
        return new Projections.Generation(
                row.generation(),
                row.revision(),
                row.state(),
                reached.sum(),
                reached.behind(heads),
                row.state() == Projections.State.REPLACED && row.replacedAt() != null
                        ? row.replacedAt().plusMillis(feeding.keptMs())
                        : null);
    }

    void close() {
        wake.close(thread);
    }
}
