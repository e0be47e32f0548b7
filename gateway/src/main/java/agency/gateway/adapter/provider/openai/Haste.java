package agency.gateway.adapter.provider.openai;

/**
 * How long a stream rests after it was read, decided by how late the event loop is. Pure: told of
 * each look at the clock, it answers with the rest until the next one. Rises in steps while the
 * loop is late, falls slowly once it is not, so that it settles instead of swinging.
 */
final class Haste {
    /** The longest rest, ms: a piece comes later by this much at most. */
    static final int MOST_MS = 20;

    /** By how much the rest grows at each look that finds the loop late, ms. */
    private static final int STEP_MS = 6;

    /** Late on the average by more than this: there is more to do than time, ns. */
    private static final double LATE_NANOS = 2_000_000;

    /** Late on the average by less than this: there is time again, ns. */
    private static final double IN_TIME_NANOS = 500_000;

    /** In time for so long, the rest shrinks by a millisecond, ns. */
    private static final long CALM_NANOS = 100_000_000;

    /** What one look weighs in the average. */
    private static final double WEIGHT = 0.1;

    private double late;
    private long calmSince = Long.MAX_VALUE;
    private int restMs;

    /**
     * A look at the clock.
     *
     * @param now by a monotonic clock, ns
     * @param lateNanos how much later than it should the look came, ns
     */
    void look(long now, long lateNanos) {
        late += WEIGHT * (Math.max(0, lateNanos) - late);
        if (late > LATE_NANOS) {
            calmSince = Long.MAX_VALUE;
            restMs = Math.min(MOST_MS, restMs + STEP_MS);
        } else if (late > IN_TIME_NANOS || calmSince == Long.MAX_VALUE) {
            calmSince = now;
        } else if (now - calmSince > CALM_NANOS) {
            calmSince = now;
            restMs = Math.max(0, restMs - 1);
        }
    }

    /** How long a stream that was just read rests, ms; 0 for not at all. */
    int restMs() {
        return restMs;
    }
}
