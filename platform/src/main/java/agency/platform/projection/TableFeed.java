package agency.platform.projection;

import agency.kernel.fact.Position;
import agency.kernel.fact.Recorded;
import agency.kernel.fact.StreamName;
import agency.kernel.fault.Fault;
import agency.platform.log.EventLog;
import agency.platform.log.Passing;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Feeds one projection: reads its stretch of the log, writes it with the checkpoint, goes on. */
final class TableFeed {
    /** Facts that were set aside, shown at once. */
    static final int MOST_DEAD_SHOWN = 100;

    private static final Logger LOG = LoggerFactory.getLogger(TableFeed.class);

    private final Projection projection;
    private final EventLog log;
    private final Supplier<Jdbi> database;
    private final Subscription subscription;
    private final int leaseMs;
    private final long graceMs;
    private final Runnable progressed;
    private final Wake wake = new Wake();
    private final Thread thread;
    private final Set<StreamName> stopped = new HashSet<>();
    private final LongAdder applied = new LongAdder();
    private Subscription.@Nullable Held held;
    private UUID heldIncarnation = new UUID(0, 0);
    private long[] written = {};
    private long[] writtenAtNanos = {};
    private long renewedAtNanos;
    private long sweptAtNanos;
    private volatile Reached reached = Reached.NOWHERE;
    private volatile int generation;
    private volatile String trouble = "not started";
    private volatile int parked;

    TableFeed(
            Projection projection,
            EventLog log,
            Supplier<Jdbi> database,
            String owner,
            int leaseMs,
            long graceMs,
            Runnable progressed) {
        this.projection = projection;
        this.log = log;
        this.database = database;
        this.leaseMs = leaseMs;
        this.graceMs = graceMs;
        this.progressed = progressed;
        this.subscription =
                new Subscription(projection.name(), projection.revision(), owner, leaseMs);
        this.thread =
                Thread.ofVirtual().name("projection-" + projection.name()).unstarted(this::run);
    }

    void start() {
        reached = Reached.beginning(new UUID(0, 0), log.lanes());
        generation =
                database.get()
                        .withHandle(sql -> subscription.live(sql).map(Subscription.Row::generation))
                        .orElse(0);
        thread.start();
    }

    void wake() {
        wake.up();
    }

    private void run() {
        int failures = 0;
        while (wake.sleep(failures == 0 ? leaseMs / 3 : Limits.pauseMs(failures))) {
            try {
                if (hold()) {
                    feed();
                } else {
                    follow();
                }
                failures = 0;
                trouble = "";
                progressed.run();
            } catch (Subscription.Lost e) {
                held = null;
                failures = 1;
            } catch (Fault e) {
                failures++;
                stands(e.code(), e);
            } catch (RuntimeException e) {
                failures++;
                stands(isPassing(e) ? "database" : "bug: " + e.getClass().getSimpleName(), e);
            }
        }
        release();
    }

    private void stands(String why, RuntimeException cause) {
        if (!trouble.equals(why)) {
            LOG.warn("the projection {} stands still: {}", projection.name(), why, cause);
        }
        trouble = why;
    }

    /** Whether this process feeds the projection; takes it over when it may. */
    private boolean hold() {
        if (held != null && heldIncarnation.equals(log.incarnation())) {
            return true;
        }
        held = null;
        UUID now = log.incarnation();
        Optional<Subscription.Held> taken = subscription.acquire(database.get(), now, log.lanes());
        taken.ifPresent(got -> {
            held = got;
            heldIncarnation = now;
            written = got.positions().clone();
            writtenAtNanos = new long[written.length];
            Arrays.fill(writtenAtNanos, System.nanoTime());
            renewedAtNanos = System.nanoTime();
            loadStopped(got);
            advance(new Reached(now, got.positions().clone()));
            if (got.live()) {
                generation = got.generation();
            }
        });
        return taken.isPresent();
    }

    private void loadStopped(Subscription.Held got) {
        stopped.clear();
        List<long[]> facts = database.get().withHandle(sql -> subscription.parked(sql, got));
        for (long[] at : facts) {
            log.lane((int) at[0], at[1] - 1, at[1], 1, Set.of())
                    .forEach(fact -> stopped.add(fact.stream()));
        }
        parked = stopped.size();
    }

    /** Another process feeds it: shows how far that one has come. */
    private void follow() {
        Optional<Subscription.Row> live = database.get().withHandle(sql -> subscription.live(sql));
        live.ifPresent(row -> {
            generation = row.generation();
            advance(new Reached(row.incarnation(), row.positions()));
        });
    }

    private void feed() {
        Subscription.Held mine = Objects.requireNonNull(held);
        for (int lane = 0; lane < written.length; lane++) {
            Position head = log.seen(lane);
            if (!head.incarnation().equals(heldIncarnation)) {
                return;
            }
            while (!reached.has(head) && !wake.closed()) {
                renew(mine);
                long from = reached.positions()[lane];
                Set<String> categories = projection.categories();
                List<Recorded> facts =
                        log.mayHold(lane, from, head, categories)
                                ? log.lane(lane, from, head.value(), Limits.BATCH, categories)
                                : List.of();
                long to =
                        facts.size() < Limits.BATCH
                                ? head.value()
                                : facts.getLast().position().value();
                if (!facts.isEmpty()) {
                    write(mine, lane, facts, to);
                }
                advance(reached.with(lane, to));
            }
            quietCheckpoint(mine, lane);
        }
        renew(mine);
        retryParked(mine);
        if (!mine.live()) {
            switchOver(mine);
        }
        sweep();
    }

    private void write(Subscription.Held mine, int lane, List<Recorded> facts, long to) {
        List<Recorded> wanted =
                facts.stream().filter(fact -> !stopped.contains(fact.stream())).toList();
        try {
            if (wanted.size() == facts.size()) {
                transaction(
                        mine, lane, to, sql -> projection.apply(wanted, sql, mine.generation()));
                applied.add(wanted.size());
                return;
            }
        } catch (Subscription.Lost e) {
            throw e;
        } catch (RuntimeException e) {
            if (isPassing(e)) {
                throw e;
            }
            LOG.warn(
                    "{} cannot apply facts up to {}: trying them one by one",
                    projection.name(),
                    to,
                    e);
        }
        for (int i = 0; i < facts.size(); i++) {
            Recorded fact = facts.get(i);
            one(mine, lane, fact, i + 1 == facts.size() ? to : fact.position().value());
        }
    }

    /** Applies one fact, or sets it aside with its stream. */
    private void one(Subscription.Held mine, int lane, Recorded fact, long to) {
        long position = fact.position().value();
        if (stopped.contains(fact.stream())) {
            transaction(
                    mine,
                    lane,
                    to,
                    sql ->
                            subscription.park(
                                    sql, mine, lane, position, 0, "its stream stopped before"));
            return;
        }
        for (int tried = 1; ; tried++) {
            try {
                transaction(
                        mine,
                        lane,
                        to,
                        sql -> projection.apply(List.of(fact), sql, mine.generation()));
                applied.increment();
                return;
            } catch (Subscription.Lost e) {
                throw e;
            } catch (RuntimeException e) {
                if (isPassing(e)) {
                    throw e;
                }
                if (tried < Limits.POISON_TRIES) {
                    if (!wake.pause(Limits.pauseMs(tried))) {
                        throw e;
                    }
                    continue;
                }
                LOG.error(
                        "{} cannot apply the fact at {}: set aside, its stream stops here",
                        projection.name(),
                        fact.position(),
                        e);
                int attempts = tried;
                // The kind of failure only: its message may quote the fact.
                transaction(
                        mine,
                        lane,
                        to,
                        sql ->
                                subscription.park(
                                        sql,
                                        mine,
                                        lane,
                                        position,
                                        attempts,
                                        e.getClass().getName()));
                stopped.add(fact.stream());
                parked = stopped.size();
                return;
            }
        }
    }

    private interface Work {
        void in(Handle sql);
    }

    private void transaction(Subscription.Held mine, int lane, long to, Work work) {
        database.get()
                .useTransaction(sql -> {
                    work.in(sql);
                    subscription.move(sql, mine, lane, written[lane], to);
                });
        written[lane] = to;
        writtenAtNanos[lane] = System.nanoTime();
    }

    /** Keeps the lease of all lanes, however quiet some are beside a busy one. */
    private void renew(Subscription.Held mine) {
        if (System.nanoTime() - renewedAtNanos > leaseMs * 1_000_000L / 3) {
            database.get().useHandle(sql -> subscription.renew(sql, mine));
            renewedAtNanos = System.nanoTime();
        }
    }

    /** Tries again what was set aside, once somebody has asked for it. */
    private void retryParked(Subscription.Held mine) {
        if (parked == 0 || !database.get().withHandle(sql -> subscription.retryAsked(sql, mine))) {
            return;
        }
        try {
            retryAll(mine);
            loadStopped(mine);
        } catch (RuntimeException e) {
            // Which streams still stand is read again by whoever feeds it next.
            held = null;
            throw e;
        }
        LOG.info("{} has tried again what was set aside: {} streams stopped", name(), parked);
    }

    private void retryAll(Subscription.Held mine) {
        Set<StreamName> failed = new HashSet<>();
        int lane = 0;
        long after = 0;
        List<Projections.Dead> page = dead(mine, lane, after);
        while (!page.isEmpty()) {
            for (Projections.Dead dead : page) {
                lane = dead.lane();
                after = dead.position();
                log.lane(lane, after - 1, after, 1, Set.of())
                        .forEach(fact -> retry(mine, dead, fact, failed));
            }
            renew(mine);
            page = dead(mine, lane, after);
        }
    }

    private List<Projections.Dead> dead(Subscription.Held mine, int lane, long after) {
        return database.get()
                .withHandle(sql ->
                        subscription.deadAfter(sql, mine.generation(), lane, after, Limits.BATCH));
    }

    private void retry(
            Subscription.Held mine, Projections.Dead dead, Recorded fact, Set<StreamName> failed) {
        int lane = dead.lane();
        if (failed.contains(fact.stream())) {
            transaction(
                    mine,
                    lane,
                    written[lane],
                    sql -> subscription.stillDead(sql, mine, dead, 0, dead.error()));
            return;
        }
        try {
            transaction(
                    mine,
                    lane,
                    written[lane],
                    sql -> {
                        projection.apply(List.of(fact), sql, mine.generation());
                        subscription.revive(sql, mine, dead);
                    });
            applied.increment();
        } catch (Subscription.Lost e) {
            throw e;
        } catch (RuntimeException e) {
            if (isPassing(e)) {
                throw e;
            }
            failed.add(fact.stream());
            transaction(
                    mine,
                    lane,
                    written[lane],
                    sql -> subscription.stillDead(sql, mine, dead, 1, e.getClass().getName()));
        }
    }

    /** Keeps the checkpoint, from time to time, where no fact was of interest. */
    private void quietCheckpoint(Subscription.Held mine, int lane) {
        long quietMs = (System.nanoTime() - writtenAtNanos[lane]) / 1_000_000;
        long now = reached.positions()[lane];
        if (written[lane] != now && quietMs > Limits.QUIET_CHECKPOINT_MS) {
            transaction(mine, lane, now, sql -> {});
        }
    }

    /** The new revision has come to the head: queries read it from now on. */
    private void switchOver(Subscription.Held mine) {
        checkpoint(mine);
        Subscription.Held now =
                new Subscription.Held(mine.generation(), mine.epoch(), true, written.clone());
        subscription.switchTo(database.get(), now);
        held = now;
        generation = now.generation();
        LOG.info(
                "{} revision {} is built and read from now on",
                projection.name(),
                projection.revision());
    }

    private void checkpoint(Subscription.Held mine) {
        long[] now = reached.positions();
        for (int lane = 0; lane < written.length; lane++) {
            if (written[lane] != now[lane]) {
                transaction(mine, lane, now[lane], sql -> {});
            }
        }
    }

    private void sweep() {
        if (System.nanoTime() - sweptAtNanos > graceMs * 1_000_000) {
            sweptAtNanos = System.nanoTime();
            subscription.forgetReplaced(database.get(), projection, graceMs);
        }
    }

    private void advance(Reached next) {
        reached = next;
        progressed.run();
    }

    private void release() {
        Subscription.Held mine = held;
        if (mine == null) {
            return;
        }
        try {
            checkpoint(mine);
            database.get().useHandle(sql -> subscription.release(sql, mine));
        } catch (RuntimeException e) {
            LOG.debug("could not give {} back; its lease ends by itself", projection.name(), e);
        }
    }

    private static boolean isPassing(Throwable e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException sql) {
                return Passing.is(sql);
            }
            if (cause instanceof Fault fault) {
                return fault.retry() == Fault.Retry.CAN_HELP;
            }
        }
        return false;
    }

    String name() {
        return projection.name();
    }

    /** The generation that queries read. */
    int generation() {
        return generation;
    }

    boolean has(Position position) {
        return reached.has(position) && generation > 0 && (held == null || held.live());
    }

    Projections.Standing standing(long[] heads) {
        Reached now = reached;
        return new Projections.Standing(
                projection.name(),
                Projections.Kind.TABLE,
                projection.revision(),
                generation,
                now.sum(),
                now.behind(heads),
                applied.sum(),
                parked,
                why(trouble, parked));
    }

    static String why(String trouble, int parked) {
        return parked == 0 ? trouble : parked + " streams stopped";
    }

    /** Asks whoever feeds it to try again what was set aside; gives how many facts that is. */
    int retry() {
        int asked = database.get().withHandle(sql -> subscription.askForRetry(sql, generation));
        wake();
        return asked;
    }

    Projections.Detail detail(long[] heads) {
        int shown = generation;
        return database.get()
                .withHandle(sql ->
                        new Projections.Detail(
                                standing(heads),
                                subscription.lanes(sql, shown, heads),
                                subscription.dead(sql, shown, MOST_DEAD_SHOWN),
                                subscription.countDead(sql, shown)));
    }

    void close() {
        wake.close(thread);
    }
}
