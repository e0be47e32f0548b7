package agency.platform.projection;

import agency.kernel.fact.Position;
import agency.kernel.fact.Recorded;
import agency.kernel.fact.StreamName;
import agency.kernel.fault.Fault;
import agency.platform.log.EventLog;
import agency.platform.log.Passing;
import agency.platform.log.Slice;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongPredicate;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Feeds the shards of one generation that fall to this process: reads their stretch of the log,
 * writes it together with the checkpoints, goes on. One thread at a time calls {@link #turn}; how
 * far it has come may be asked by any.
 */
final class GenerationFeed {
    private static final Logger LOG = LoggerFactory.getLogger(GenerationFeed.class);

    private final Projection projection;
    private final EventLog log;
    private final GenerationStore store;
    private final UUID life;
    private final int shards;
    private final long renewNanos;
    private final LongSupplier nanos;
    private final LongPredicate pause;
    private final LongAdder applied;
    private final List<Part> parts = new ArrayList<>();
    private final Set<StreamName> stopped = new HashSet<>();
    private boolean met;
    private long metAtNanos;
    private volatile Reached reached;
    private volatile boolean whole;
    private volatile boolean atHead;
    private volatile int parked;

    /**
     * A feed of one generation.
     *
     * @param life which life of the log its positions are of
     * @param shards into how many each lane is cut
     * @param leaseMs how long what it holds is held without a renewal, milliseconds
     * @param nanos a monotonic clock
     * @param pause sleeps so many milliseconds; false when it is time to stop
     * @param applied counts the facts applied
     */
    GenerationFeed(
            Projection projection,
            EventLog log,
            GenerationStore store,
            UUID life,
            int shards,
            int leaseMs,
            LongSupplier nanos,
            LongPredicate pause,
            LongAdder applied) {
        this.projection = projection;
        this.log = log;
        this.store = store;
        this.life = life;
        this.shards = shards;
        this.renewNanos = leaseMs * 1_000_000L / 3;
        this.nanos = nanos;
        this.pause = pause;
        this.applied = applied;
        this.reached = Reached.beginning(life, log.lanes());
    }

    /** A shard in hand. */
    private static final class Part {
        private final Shard shard;

        /** How far it was read: to here nothing is missing in the rows. */
        private long at;

        /** Its checkpoint. */
        private long written;

        private long writtenAtNanos;

        Part(Shard shard, long now) {
            this.shard = shard;
            this.at = shard.position();
            this.written = shard.position();
            this.writtenAtNanos = now;
        }
    }

    /**
     * Does a bounded piece of work: at most one batch of each lane.
     *
     * @return whether there is more to do at once
     */
    boolean turn() {
        try {
            if (!met || nanos.getAsLong() - metAtNanos > renewNanos) {
                meet();
            }
            boolean more = false;
            for (int lane = 0; lane < reached.positions().length; lane++) {
                Position head = log.seen(lane);
                if (!head.incarnation().equals(life)) {
                    return false;
                }
                more |= lane(lane, head);
            }
            atHead = !more;
            if (!more) {
                retryParked();
            }
            return more;
        } catch (GenerationStore.Lost e) {
            met = false;
            throw e;
        }
    }

    private void meet() {
        Map<Shard, Part> before = new HashMap<>();
        parts.forEach(part -> before.put(key(part.shard), part));
        long now = nanos.getAsLong();
        List<Shard> held = store.meet();
        boolean same = held.size() == parts.size();
        parts.clear();
        for (Shard shard : held) {
            Part was = before.get(key(shard));
            // Read on where we are; after a loss only what is written counts.
            same &= was != null && met;
            parts.add(was != null && met ? was : new Part(shard, now));
        }
        if (!same) {
            loadStopped();
        }
        metAtNanos = now;
        met = true;
        whole = parts.size() == shards * reached.positions().length;
        for (int lane = 0; lane < reached.positions().length; lane++) {
            advance(lane);
        }
        look();
    }

    /** The same shard in the same taking, wherever its checkpoint stands. */
    private static Shard key(Shard shard) {
        return new Shard(shard.lane(), shard.number(), shard.epoch(), 0);
    }

    private void loadStopped() {
        stopped.clear();
        for (Projections.Dead dead : store.stopped(shards())) {
            log.lane(dead.lane(), dead.position() - 1, dead.position(), 1, Set.of())
                    .forEach(fact -> stopped.add(fact.stream()));
        }
        parked = stopped.size();
    }

    private List<Shard> shards() {
        return parts.stream().map(part -> part.shard).toList();
    }

    /**
     * Sees how far the shards have come that others feed; for any thread. Nothing to see when there
     * are none.
     */
    void look() {
        if (whole) {
            return;
        }
        long[] least = new long[reached.positions().length];
        Arrays.fill(least, Long.MAX_VALUE);
        for (GenerationStore.At at : store.progress()) {
            least[at.lane()] = Math.min(least[at.lane()], at.position());
        }
        for (int lane = 0; lane < least.length; lane++) {
            reach(lane, least[lane]);
        }
    }

    /** Where all shards are ours, we know without asking how far a lane has come. */
    private void advance(int lane) {
        if (whole) {
            reach(
                    lane,
                    parts.stream()
                            .filter(part -> part.shard.lane() == lane)
                            .mapToLong(part -> part.at)
                            .min()
                            .orElse(Long.MAX_VALUE));
        }
    }

    private synchronized void reach(int lane, long position) {
        if (position != Long.MAX_VALUE && position > reached.positions()[lane]) {
            reached = reached.with(lane, position);
        }
    }

    /** Feeds one lane's shards that are furthest behind; whether there is more to do in it. */
    private boolean lane(int lane, Position head) {
        List<Part> here = parts.stream().filter(part -> part.shard.lane() == lane).toList();
        if (here.isEmpty()) {
            return false;
        }
        long from = Long.MAX_VALUE;
        long next = head.value();
        for (Part part : here) {
            if (part.at < from) {
                next = Math.min(next, from);
                from = part.at;
            } else if (part.at > from) {
                next = Math.min(next, part.at);
            }
        }
        long least = from;
        List<Part> group = here.stream().filter(part -> part.at == least).toList();
        boolean more = false;
        if (least < next) {
            long to = feed(lane, group, least, new Position(life, lane, next));
            more = to < head.value();
        }
        quietCheckpoint(group);
        return more || here.stream().anyMatch(part -> part.at < head.value());
    }

    private long feed(int lane, List<Part> group, long from, Position upTo) {
        Set<String> categories = projection.categories();
        List<Recorded> facts =
                log.mayHold(lane, from, upTo, categories)
                        ? log.lane(lane, from, upTo.value(), Limits.BATCH, categories, slice(group))
                        : List.of();
        long to = facts.size() < Limits.BATCH ? upTo.value() : facts.getLast().position().value();
        if (!facts.isEmpty()) {
            write(group, facts, to);
        }
        group.forEach(part -> part.at = to);
        advance(lane);
        return to;
    }

    private Slice slice(List<Part> group) {
        Set<Integer> numbers = new HashSet<>();
        group.forEach(part -> numbers.add(part.shard.number()));
        return new Slice(shards, numbers);
    }

    private void write(List<Part> group, List<Recorded> facts, long to) {
        boolean some = facts.stream().anyMatch(fact -> stopped.contains(fact.stream()));
        try {
            if (!some) {
                store.apply(moves(group, to), facts);
                written(group, to);
                applied.add(facts.size());
                return;
            }
        } catch (GenerationStore.Lost e) {
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
            one(group, fact, i + 1 == facts.size() ? to : fact.position().value());
        }
    }

    private static List<GenerationStore.Move> moves(List<Part> group, long to) {
        return group.stream()
                .map(part -> new GenerationStore.Move(part.shard, part.written, to))
                .toList();
    }

    private void written(List<Part> group, long to) {
        long now = nanos.getAsLong();
        for (Part part : group) {
            part.written = to;
            part.writtenAtNanos = now;
        }
    }

    /** Applies one fact, or sets it aside with its stream. */
    private void one(List<Part> group, Recorded fact, long to) {
        if (stopped.contains(fact.stream())) {
            store.setAside(moves(group, to), fact, 0, "its stream stopped before");
            written(group, to);
            return;
        }
        for (int tried = 1; ; tried++) {
            try {
                store.apply(moves(group, to), List.of(fact));
                written(group, to);
                applied.increment();
                return;
            } catch (GenerationStore.Lost e) {
                throw e;
            } catch (RuntimeException e) {
                if (isPassing(e)) {
                    throw e;
                }
                if (tried < Limits.POISON_TRIES) {
                    if (!pause.test(Limits.pauseMs(tried))) {
                        throw e;
                    }
                    continue;
                }
                LOG.error(
                        "{} cannot apply the fact at {}: set aside, its stream stops here",
                        projection.name(),
                        fact.position(),
                        e);
                // The kind of failure only: its message may quote the fact.
                store.setAside(moves(group, to), fact, tried, e.getClass().getName());
                written(group, to);
                stopped.add(fact.stream());
                parked = stopped.size();
                return;
            }
        }
    }

    /** Keeps the checkpoint, from time to time, where no fact was of interest. */
    private void quietCheckpoint(List<Part> group) {
        long now = nanos.getAsLong();
        long afterMs = quietMs();
        List<Part> quiet =
                group.stream()
                        .filter(part ->
                                part.written != part.at
                                        && now - part.writtenAtNanos > afterMs * 1_000_000)
                        .toList();
        if (!quiet.isEmpty()) {
            checkpoint(quiet);
        }
    }

    private void checkpoint(List<Part> behind) {
        store.apply(
                behind.stream()
                        .map(part -> new GenerationStore.Move(part.shard, part.written, part.at))
                        .toList(),
                List.of());
        long now = nanos.getAsLong();
        for (Part part : behind) {
            part.written = part.at;
            part.writtenAtNanos = now;
        }
    }

    /** Writes every checkpoint as far as was read. */
    void checkpoint() {
        List<Part> behind = parts.stream().filter(part -> part.written != part.at).toList();
        try {
            if (!behind.isEmpty()) {
                checkpoint(behind);
            }
        } catch (GenerationStore.Lost e) {
            met = false;
            throw e;
        }
    }

    /** Tries again what was set aside, once somebody has asked for it. */
    private void retryParked() {
        if (parked == 0 || !store.retryAsked(shards())) {
            return;
        }
        try {
            retryAll();
            loadStopped();
        } catch (RuntimeException e) {
            // Which streams still stand is read again by whoever feeds it next.
            met = false;
            throw e;
        }
        LOG.info(
                "{} has tried again what was set aside: {} streams stopped",
                projection.name(),
                parked);
    }

    private void retryAll() {
        Set<StreamName> failed = new HashSet<>();
        int lane = 0;
        long after = 0;
        while (true) {
            List<Projections.Dead> page = store.dead(shards(), lane, after, Limits.BATCH);
            for (Projections.Dead dead : page) {
                lane = dead.lane();
                after = dead.position();
                log.lane(lane, after - 1, after, 1, Set.of())
                        .forEach(fact -> retry(dead, fact, failed));
            }
            if (page.size() < Limits.BATCH) {
                return;
            }
            if (store.meet().size() != parts.size()) {
                throw new GenerationStore.Lost(projection.name());
            }
        }
    }

    private void retry(Projections.Dead dead, Recorded fact, Set<StreamName> failed) {
        Shard shard = shard(dead);
        if (failed.contains(fact.stream())) {
            store.leave(shard, dead, 0, dead.error());
            return;
        }
        try {
            store.revive(shard, dead, fact);
            applied.increment();
        } catch (GenerationStore.Lost e) {
            throw e;
        } catch (RuntimeException e) {
            if (isPassing(e)) {
                throw e;
            }
            failed.add(fact.stream());
            store.leave(shard, dead, 1, e.getClass().getName());
        }
    }

    private Shard shard(Projections.Dead dead) {
        return parts.stream()
                .map(part -> part.shard)
                .filter(one -> one.lane() == dead.lane() && one.number() == dead.shard())
                .findFirst()
                .orElseThrow(() -> new GenerationStore.Lost(projection.name()));
    }

    /** Gives everything back. */
    void release() {
        try {
            if (met) {
                checkpoint();
            }
            store.release();
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

    /** How far all of it has come, whoever feeds it. */
    Reached reached() {
        return reached;
    }

    /** Whether nothing was left to do at the last turn. */
    boolean atHead() {
        return atHead;
    }

    /** Within how many milliseconds a checkpoint is to be written that is not written yet. */
    long owesWithinMs() {
        return parts.stream().allMatch(part -> part.written == part.at)
                ? Long.MAX_VALUE
                : quietMs() + 1;
    }

    private long quietMs() {
        return whole ? Limits.QUIET_CHECKPOINT_MS : Limits.SHARED_CHECKPOINT_MS;
    }

    /** Whether others feed shards of it, so that one must look how far they have come. */
    boolean hasOthers() {
        return !whole;
    }

    /** Streams of ours that stand still because a fact of theirs cannot be applied. */
    int parked() {
        return parked;
    }

    /** Which life of the log it is of. */
    UUID life() {
        return life;
    }
}
