package agency.platform.projection;

import agency.kernel.fact.Recorded;
import java.util.List;
import java.util.Set;
import org.jdbi.v3.core.Handle;

/**
 * Tables made of facts: written in the same transaction as the checkpoint, rebuilt whenever the
 * revision changes.
 *
 * <p>Every table of a projection has a column {@code generation int} in its primary key. While a
 * new revision is built, its rows stand under a new generation beside the old ones, and queries go
 * on reading the old one: a query asks {@link Projections#generation} which to read.
 */
public interface Projection {
    /** The name, e.g. {@code ledger.usage-by-hour}; never changes. */
    String name();

    /** Which making of it; a new one is built beside the old and then switched to. */
    int revision();

    /**
     * Into how many shards each lane may be cut, so that several processes share the work: 1, or
     * more when facts of different streams may be applied in any order, and at the same time. A
     * stream's facts always fall into the same shard and stay in order.
     */
    default int shards() {
        return 1;
    }

    /**
     * Whether its rows hold something of every fact there ever was; false when those that were put
     * away into archives are older than anything it keeps.
     */
    default boolean readsWholePast() {
        return true;
    }

    /** The stream categories it reads. */
    Set<String> categories();

    /**
     * Writes what these facts mean into the rows of one generation, oldest first. Runs in the
     * checkpoint's transaction; must not commit. May throw: the facts are tried again, one by one,
     * and the one that cannot be applied is set aside with its stream.
     */
    void apply(List<Recorded> facts, Handle sql, int generation);

    /** Deletes every row of a generation; harmless when there is none. */
    void forget(Handle sql, int generation);
}
