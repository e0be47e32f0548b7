package agency.platform.projection;

import agency.kernel.fact.Position;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

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
     * @param kind tables, or a view in this process's memory
     * @param generation of its rows that queries read; 0 for a view
     * @param position facts of the log it has come past, all lanes together
     * @param lag facts of the log not applied yet
     * @param applied facts this process has applied since its start
     * @param rate facts this process has applied a second, over the last ten seconds
     * @param parked streams that stand still because a fact of theirs cannot be applied
     * @param stopped why it stands still, empty while it runs
     */
    record Standing(
            String name,
            Kind kind,
            int revision,
            int generation,
            long position,
            long lag,
            long applied,
            double rate,
            int parked,
            String stopped) {}

    /** What is made of the facts. */
    enum Kind {
        /** Rows in the database. */
        TABLE,
        /** A view in memory. */
        MEMORY
    }

    /**
     * Everything about one projection's rows.
     *
     * @param lanes its checkpoints
     * @param dead the oldest facts set aside, at most {@code MOST_DEAD_SHOWN}
     * @param deadInAll how many are set aside
     */
    record Detail(
            Standing standing,
            List<Generation> generations,
            List<Lane> lanes,
            List<Dead> dead,
            long deadInAll) {}

    /**
     * A making of the rows.
     *
     * @param position facts of the log it has come past, all lanes together
     * @param keptUntil when a replaced one is forgotten; null while it is not to be
     */
    record Generation(
            int number,
            int revision,
            State state,
            long position,
            long lag,
            @Nullable Instant keptUntil) {}

    /** What becomes of a generation. */
    enum State {
        /** It is fed beside the one that queries read, until it has come as far. */
        BUILDING(0),
        /** Queries read it. */
        LIVE(1),
        /** A newer one is read; there is a way back for a day. */
        REPLACED(2),
        /** It was gone back from; it is kept, and not switched to again by itself. */
        WITHDRAWN(3),
        /** It was never finished, and is about to be forgotten. */
        ABANDONED(4);

        private final int code;

        State(int code) {
            this.code = code;
        }

        /** As it is stored. */
        int code() {
            return code;
        }

        static State of(int code) {
            for (State state : values()) {
                if (state.code == code) {
                    return state;
                }
            }
            throw new IllegalArgumentException("no state has the code " + code);
        }
    }

    /**
     * The checkpoint of a shard of a lane.
     *
     * @param position the last fact that is in the rows
     * @param head the last fact there is
     * @param owner the process that feeds it; null when none does
     */
    record Lane(int lane, int shard, long position, long head, @Nullable String owner) {}

    /**
     * A fact that was set aside.
     *
     * @param shard which of the lane's shards its stream falls into
     * @param attempts how often it was tried; 0 when it only waits for an earlier one of its stream
     * @param error what kind of failure it was
     */
    record Dead(
            int lane, int shard, long position, int attempts, String error, boolean retryAsked) {}
}
