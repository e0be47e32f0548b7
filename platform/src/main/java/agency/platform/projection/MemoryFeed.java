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
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
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
    private final Set<String> categories = new HashSet<>();
    private final Wake wake = new Wake();
    private final Thread thread = Thread.ofVirtual().name("memory-views").unstarted(this::run);
    private volatile long[] positions = {};
    private volatile UUID incarnation = new UUID(0, 0);
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
        forget();
        catchUp();
        thread.start();
    }

    void wake() {
        wake.up();
    }

    private void forget() {
        incarnation = log.incarnation();
        positions = new long[log.lanes()];
        stopped.clear();
        views.forEach(MemoryView::reset);
    }

    private void catchUp() {
        if (!log.incarnation().equals(incarnation)) {
            LOG.warn("the log has another incarnation: all memory views are read again");
            forget();
        }
        for (int lane = 0; lane < positions.length; lane++) {
            Position head = log.head(lane);
            while (positions[lane] < head.value() && head.incarnation().equals(incarnation)) {
                List<Recorded> facts =
                        categories.isEmpty()
                                ? List.of()
                                : log.lane(
                                        lane,
                                        positions[lane],
                                        head.value(),
                                        Limits.READ,
                                        categories);
                facts.forEach(this::apply);
                long reached =
                        facts.size() < Limits.READ
                                ? head.value()
                                : facts.getLast().position().value();
                long[] next = positions.clone();
                next[lane] = reached;
                positions = next;
                applied.accept(new Position(incarnation, lane, reached));
            }
        }
    }

    private void apply(Recorded fact) {
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
                catchUp();
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
        return position.incarnation().equals(incarnation)
                && positions[position.lane()] >= position.value();
    }

    List<Projections.Standing> standings(long[] heads) {
        long[] now = positions;
        long position = 0;
        long lag = 0;
        for (int lane = 0; lane < now.length; lane++) {
            position += now[lane];
            lag += Math.max(0, heads[lane] - now[lane]);
        }
        List<Projections.Standing> all = new ArrayList<>();
        for (MemoryView view : views) {
            int streams = stopped.getOrDefault(view, Set.of()).size();
            String why = streams == 0 ? trouble : streams + " streams stopped";
            all.add(new Projections.Standing(view.name(), 0, position, lag, why));
        }
        return all;
    }

    void close() {
        wake.close(thread);
    }
}
