package agency.platform.projection;

import agency.kernel.fact.Recorded;
import java.util.Set;

/**
 * A view held in memory and fed by facts; asked on the request path, so its reads must not block.
 */
public interface MemoryView {
    /** The name, as logs and {@code agency parts} show it. */
    String name();

    /** The stream categories it reads. */
    Set<String> categories();

    /**
     * Forgets everything: the log is read again from its start (start-up, or a new incarnation).
     */
    void reset();

    /** Takes in one fact, in the log's order. Called by one thread at a time. */
    void apply(Recorded fact);
}
