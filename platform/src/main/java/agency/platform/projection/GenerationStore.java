package agency.platform.projection;

import agency.kernel.fact.Recorded;
import java.util.List;

/**
 * Where a generation's checkpoints are kept and its rows are written: PostgreSQL, or a model of it
 * with a clock of its own in simulations. Each method is one transaction.
 */
interface GenerationStore {
    /**
     * Renews what this process holds, gives back what is over its fair share and takes what is free
     * of it.
     *
     * @return everything it holds from now on
     */
    List<Shard> meet();

    /** How far each shard of the generation has come, whoever feeds it. */
    List<At> progress();

    /** A shard's checkpoint. */
    record At(int lane, int number, long position) {}

    /**
     * A checkpoint that moves.
     *
     * @param from where it must stand
     */
    record Move(Shard shard, long from, long to) {}

    /** Writes what the facts mean and moves the checkpoints, or throws {@link Lost}. */
    void apply(List<Move> moves, List<Recorded> facts);

    /** Sets a fact aside and moves the checkpoints, or throws {@link Lost}. */
    void setAside(List<Move> moves, Recorded fact, int attempts, String error);

    /** The first fact set aside of each stream that stands still in these shards. */
    List<Projections.Dead> stopped(List<Shard> shards);

    /** Whether somebody has asked for another try of what was set aside in these shards. */
    boolean retryAsked(List<Shard> shards);

    /**
     * Facts set aside in these shards behind a place in the log, in order, at most {@code limit}.
     */
    List<Projections.Dead> dead(List<Shard> shards, int lane, long after, int limit);

    /** Applies a fact that was set aside, or throws {@link Lost}. */
    void revive(Shard shard, Projections.Dead dead, Recorded fact);

    /** Leaves a fact set aside after all, or throws {@link Lost}. */
    void leave(Shard shard, Projections.Dead dead, int attempts, String error);

    /** Gives everything back, so that others need not wait for the lease to end. */
    void release();

    /** Somebody else has taken the shard: what was written must be undone. */
    final class Lost extends RuntimeException {
        Lost(String name) {
            super(name + " is fed by another process", null, false, false);
        }
    }
}
