package agency.platform.projection;

import java.util.ArrayDeque;
import java.util.Deque;

/** How fast a count grows, over the last ten seconds or so. */
final class Rate {
    private static final long OVER_NANOS = 10_000_000_000L;

    /** Looks closer together than this tell nothing new, nanoseconds. */
    private static final long APART_NANOS = 500_000_000L;

    private record Look(long atNanos, long count) {}

    private final Deque<Look> looks = new ArrayDeque<>();

    /** Growth a second, as of now. */
    double of(long count) {
        return at(System.nanoTime(), count);
    }

    synchronized double at(long now, long count) {
        while (looks.size() > 1 && now - looks.getFirst().atNanos > OVER_NANOS) {
            looks.removeFirst();
        }
        if (looks.isEmpty() || now - looks.getLast().atNanos > APART_NANOS) {
            looks.addLast(new Look(now, count));
        }
        Look first = looks.getFirst();
        long nanos = now - first.atNanos;
        return nanos < APART_NANOS ? 0 : (count - first.count) * 1e9 / nanos;
    }
}
