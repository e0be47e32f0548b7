package agency.platform.projection;

import agency.kernel.fact.Position;
import agency.kernel.fact.Recorded;
import agency.kernel.fact.StreamName;
import agency.kernel.fault.Fault;
import agency.platform.log.EventLog;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Feeds every memory view of this process from one reading of the log, on one thread. A fact that a
 * view cannot take in is tried again, then set aside with its stream, for that view only.
 */
final class MemoryFeed {
    private static final Logger LOG = LoggerFactory.getLogger(MemoryFeed.class);

    private final EventLog log;
    private final Consumer<Position> applied;
    private final List<MemoryView> views = new ArrayList<>();
    private final Map<MemoryView, Set<StreamName>> stopped = new ConcurrentHashMap<>();
    private final LongAdder facts = new LongAdder();
    private final Rate rate = new Rate();
    private final Set<String> categories = new HashSet<>();
    private final Wake wake = new Wake();
    private final Thread thread = Thread.ofVirtual().name("memory-views").unstarted(this::run);
    private volatile Reached reached = Reached.NOWHERE;
    private volatile String trouble = "";

    MemoryFeed(EventLog log, Consumer<Position> applied) {
        this.log = log;
        this.applied = applied;
    }

    void add(MemoryView view) {
        views.add(view);
        categories.addAll(view.categories());
    }

    /** Catches up to the head as it is now; throws the Fault that keeps it from it. */
    void start() {
        begin();
        thread.start();
    }

    /** The same without going on by itself. */
    void begin() {
        forget();
        catchUp(log::head);
    }

    /** Takes in what is known of by now. */
    void turn() {
        catchUp(log::seen);
    }

    void wake() {
        wake.up();
    }

    private void forget() {
        reached = Reached.beginning(log.incarnation(), log.lanes());
        stopped.clear();
        views.forEach(MemoryView::reset);
    }

    private void catchUp(IntFunction<Position> headOf) {
        if (!log.incarnation().equals(reached.incarnation())) {
            LOG.warn("the log has another incarnation: all memory views are read again");
            forget();
            applied.accept(new Position(reached.incarnation(), 0, 0));
        }
        for (int lane = 0; lane < reached.positions().length; lane++) {
            Position head = headOf.apply(lane);
            if (!head.incarnation().equals(reached.incarnation())) {
                return;
            }
            while (!reached.has(head)) {
                List<Recorded> facts =
                        categories.isEmpty()
                                        || !log.mayHold(
                                                lane, reached.positions()[lane], head, categories)
                                ? List.of()
                                : log.lane(
                                        lane,
                                        reached.positions()[lane],
                                        head.value(),
                                        Limits.READ,
                                        categories);
                facts.forEach(this::apply);
                long now =
                        facts.size() < Limits.READ
                                ? head.value()
                                : facts.getLast().position().value();
                reached = reached.with(lane, now);
                applied.accept(new Position(head.incarnation(), lane, now));
            }
        }
    }

    private void apply(Recorded fact) {
        facts.increment();
        for (MemoryView view : views) {
            if (view.categories().contains(fact.stream().category())
                    && !stopped.getOrDefault(view, Set.of()).contains(fact.stream())) {
                apply(view, fact);
            }
        }
    }

    private void apply(MemoryView view, Recorded fact) {
        for (int tried = 1; ; tried++) {
            try {
                view.apply(fact);
                return;
            } catch (RuntimeException e) {
                if (tried >= Limits.POISON_TRIES || !wake.pause(Limits.pauseMs(tried))) {
                    LOG.error(
                            "{} cannot take in the fact at {}: its stream stops here",
                            view.name(),
                            fact.position(),
                            e);
                    stopped.computeIfAbsent(view, v -> ConcurrentHashMap.newKeySet())
                            .add(fact.stream());
                    return;
                }
            }
        }
    }

    private void run() {
        int failures = 0;
        while (wake.sleep(failures == 0 ? Limits.IDLE_MS : Limits.pauseMs(failures))) {
            try {
                turn();
                failures = 0;
                trouble = "";
            } catch (Fault e) {
                failures++;
                if (!trouble.equals(e.code())) {
                    LOG.warn("the memory views stand still: {}", e.code(), e);
                }
                trouble = e.code();
            } catch (RuntimeException e) {
                failures++;
                trouble = "bug";
                LOG.error("the memory views stand still", e);
            }
        }
    }

    boolean has(Position position) {
        return reached.has(position);
    }

    List<String> names() {
        return views.stream().map(MemoryView::name).toList();
    }

    List<Projections.Standing> standings(long[] heads) {
        Reached now = reached;
        List<Projections.Standing> all = new ArrayList<>();
        for (MemoryView view : views) {
            int streams = stopped.getOrDefault(view, Set.of()).size();
            all.add(
                    new Projections.Standing(
                            view.name(),
                            Projections.Kind.MEMORY,
                            0,
                            0,
                            now.sum(),
                            now.behind(heads),
                            facts.sum(),
                            rate.of(facts.sum()),
                            streams,
                            TableFeed.why(trouble, streams)));
        }
        return all;
    }

    void close() {
        wake.close(thread);
    }
}
