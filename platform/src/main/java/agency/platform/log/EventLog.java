package agency.platform.log;

import agency.kernel.fact.Position;
import agency.kernel.fact.Recorded;
import agency.kernel.fact.StreamName;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;

/** The append-only log that everything else is a projection of. */
public interface EventLog {
    /**
     * The code of the passing fault with which appends and reads end that were meant for another
     * life of the log than the one they met. It is noticed within 50 ms; then {@link #incarnation}
     * is the new one.
     */
    String ANOTHER_LIFE = "log.another-life";

    /**
     * Appends in the next group commit. The future completes after the commit, on a virtual thread;
     * it fails with a {@link agency.kernel.fault.Fault} when the outcome is unknown or the database
     * is gone.
     */
    CompletableFuture<Appended> append(Append append);

    /** How many facts a stream has: the version of its last one, 0 before the first. */
    int version(StreamName stream);

    /** A stream's facts after a version, oldest first, at most {@code limit}. */
    List<Recorded> stream(StreamName stream, int afterVersion, int limit);

    /**
     * A lane's facts after a position, oldest first, at most {@code limit}; only of these
     * categories unless empty.
     */
    List<Recorded> lane(int lane, long after, int limit, Set<String> categories);

    /**
     * The same up to a position, so that a reader who took the head first knows how far it has come
     * even when the last facts were of other categories.
     */
    default List<Recorded> lane(
            int lane, long after, long upTo, int limit, Set<String> categories) {
        return lane(lane, after, upTo, limit, categories, Slice.WHOLE);
    }

    /** The same of some of the lane's streams only. */
    List<Recorded> lane(
            int lane, long after, long upTo, int limit, Set<String> categories, Slice slice);

    /**
     * The facts at these positions of a lane, oldest first; a position without a fact is passed
     * over. For who keeps an index of facts rather than a copy of them.
     */
    List<Recorded> at(int lane, List<Long> positions);

    /** The head of a lane: the last position committed. */
    Position head(int lane);

    /**
     * The head of a lane as far as it is known in this process, without asking: what {@link
     * #onCommit} tells of is known by then. For readers who are woken again when it moves.
     */
    default Position seen(int lane) {
        return head(lane);
    }

    /**
     * False only when it is certain, without asking, that no fact of these categories stands after
     * a position and up to another: then a reader need not read.
     */
    default boolean mayHold(int lane, long after, Position upTo, Set<String> categories) {
        return true;
    }

    /**
     * Up to where facts of some streams of a lane lie in archives and are not found here; 0 when
     * none do.
     */
    default long archivedThrough(int lane) {
        return 0;
    }

    /** How many lanes there are, fixed at installation. */
    int lanes();

    /** Which life of the log this is. */
    UUID incarnation();

    /**
     * Calls {@code wake} after every commit seen, in process at once, from other processes within
     * 50 ms.
     */
    AutoCloseable onCommit(Runnable wake);
}
