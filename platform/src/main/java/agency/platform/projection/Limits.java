package agency.platform.projection;

/** The limits of reading and applying. */
final class Limits {
    /** Facts read at once. */
    static final int READ = 2_000;

    /** Facts applied in one transaction. */
    static final int BATCH = 500;

    /** Times a fact that cannot be applied is tried before it is set aside. */
    static final int POISON_TRIES = 5;

    /** How long a feed sleeps when nothing wakes it, milliseconds. */
    static final long IDLE_MS = 1_000;

    /** How long the rows of a replaced generation stay for queries under way, milliseconds. */
    static final long GRACE_MS = 10_000;

    /** How often a checkpoint is written while no fact concerns the projection, milliseconds. */
    static final long QUIET_CHECKPOINT_MS = 1_000;

    private Limits() {}

    /** Pauses that double from 10 ms to 1 s. */
    static long pauseMs(int tried) {
        return Math.min(1_000, 5L << Math.min(tried, 8));
    }
}
