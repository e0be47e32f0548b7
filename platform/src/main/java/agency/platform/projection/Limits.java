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

    /** How long the rows of a replaced generation are kept, so that there is a way back, ms. */
    static final long KEPT_MS = 24 * 3_600_000L;

    /** How long rows stay that there is no way back to, for queries under way, milliseconds. */
    static final long GRACE_MS = 10_000;

    /** How often the replaced are looked for, milliseconds. */
    static final long SWEEP_MS = 10_000;

    /** How often others' progress is read while someone waits for it, milliseconds. */
    static final long LOOK_MS = 20;

    /** How long a shard is held without a renewal where no other process can come, milliseconds. */
    static final int ALONE_LEASE_MS = 60_000;

    /** How often one looks whether a generation is built, milliseconds. */
    static final long BUILDING_MS = 200;

    /** How often a built generation is tried to be switched to, milliseconds. */
    static final long SWITCH_MS = 20;

    /** How often a checkpoint is written while no fact concerns the projection, milliseconds. */
    static final long QUIET_CHECKPOINT_MS = 1_000;

    /** The same while other processes feed shards of it: someone there may wait for ours. */
    static final long SHARED_CHECKPOINT_MS = 50;

    private Limits() {}

    /** Pauses that double from 10 ms to 1 s. */
    static long pauseMs(int tried) {
        return Math.min(1_000, 5L << Math.min(tried, 8));
    }
}
