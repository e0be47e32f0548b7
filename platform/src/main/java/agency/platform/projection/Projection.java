package agency.platform.projection;

import agency.kernel.fact.Recorded;
import java.util.List;
import java.util.Set;
import org.jdbi.v3.core.Handle;

/**
 * Tables made of facts: written in the same transaction as the checkpoint, rebuilt whenever the
 * revision changes.
 */
public interface Projection {
    /** The name, e.g. {@code ledger.usage-by-hour}; never changes. */
    String name();

    /** Which making of it; a new one is built beside the old and then switched to. */
    int revision();

    /** The stream categories it reads. */
    Set<String> categories();

    /**
     * Writes what these facts mean, oldest first. Runs in the checkpoint's transaction; must not
     * commit.
     */
    void apply(List<Recorded> facts, Handle sql);
}
