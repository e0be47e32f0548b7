package agency.platform.projection;

import agency.kernel.fact.Position;
import java.time.Duration;
import java.util.List;

/** Feeds projections and memory views from the log, live. */
public interface Projections {
    /** Adds tables; before {@code start}. */
    void add(Projection projection);

    /** Adds a memory view; before {@code start}, which returns only when it has caught up. */
    void add(MemoryView view);

    /**
     * Waits until every memory view of this process, and the named projections, have applied a
     * position.
     *
     * @return false when the time was up first
     */
    boolean await(Position position, List<String> projections, Duration atMost);

    /**
     * The generation of a projection's rows that queries read; answered from memory, 0 before the
     * first one is built.
     */
    int generation(String projection);

    /** How each one stands. */
    List<Standing> standings();

    /**
     * How one projection stands.
     *
     * @param lag facts of the log not applied yet
     * @param stopped why it stands still, empty while it runs
     */
    record Standing(String name, int revision, long position, long lag, String stopped) {}
}
