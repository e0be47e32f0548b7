package agency.access.house;

import agency.kernel.fact.Position;
import agency.kernel.fact.Recorded;
import agency.platform.log.EventLog;
import agency.platform.projection.Instances;
import agency.platform.projection.MemoryView;
import agency.platform.projection.Projection;
import agency.platform.projection.Projections;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/** Feeds memory views as part of each commit: one instance whose views never lag. */
public final class Live implements Projections, Instances {
    /** Whether this instance may admit. */
    public volatile boolean admits = true;

    /** What a wait for this instance's own views answers. */
    public volatile boolean shows = true;

    /** What a wait for every instance answers. */
    public volatile boolean isEverywhere = true;

    private final EventLog log;
    private final List<MemoryView> views = new ArrayList<>();
    private long applied;

    /** Feeds from this log. */
    public Live(EventLog log) {
        this.log = log;
        log.onCommit(this::catchUp);
    }

    private synchronized void catchUp() {
        for (Recorded fact : log.lane(0, applied, Integer.MAX_VALUE, Set.of())) {
            for (MemoryView view : views) {
                if (view.categories().contains(fact.stream().category())) {
                    view.apply(fact);
                }
            }
            applied = fact.position().value();
        }
    }

    @Override
    public void add(Projection projection) {
        throw new IllegalArgumentException("no tables here: " + projection.name());
    }

    /** Adds views and lets them catch up. */
    public synchronized void start(List<MemoryView> all) {
        all.forEach(this::add);
        catchUp();
    }

    @Override
    public void add(MemoryView view) {
        views.add(view);
    }

    @Override
    public boolean await(Position position, List<String> projections, Duration atMost) {
        return shows;
    }

    @Override
    public int generation(String projection) {
        return 0;
    }

    @Override
    public List<Standing> standings() {
        return List.of();
    }

    @Override
    public UUID self() {
        return new UUID(0, 0);
    }

    @Override
    public long epoch() {
        return 1;
    }

    @Override
    public boolean mayAdmit() {
        return admits;
    }

    @Override
    public long databaseMillis() {
        return System.currentTimeMillis();
    }

    @Override
    public boolean awaitApplied(Position position, Duration atMost) {
        return isEverywhere;
    }
}
