package agency.ledger.domain.cap;

import java.util.concurrent.atomic.AtomicLong;

/**
 * What one key may spend and has: posted and held against a cap, in nano-units. The check and the
 * hold are one compare-and-set, so no two attempts can pass through the same gap. Exact within one
 * process.
 */
public final class CapCell {
    /** The cap of a key that has none. */
    public static final long NONE = Long.MAX_VALUE;

    /** Posted and held together: what is taken. */
    private final AtomicLong taken;

    private final AtomicLong posted;
    private volatile long cap = NONE;

    /** A cell of a key without a cap that has spent this much. */
    public CapCell(long postedNanos) {
        this.taken = new AtomicLong(postedNanos);
        this.posted = new AtomicLong(postedNanos);
    }

    /** Sets the cap, or {@link #NONE}. What is taken already stays taken. */
    public void cap(long nanos) {
        cap = nanos;
    }

    /** The cap, or {@link #NONE}. */
    public long cap() {
        return cap;
    }

    /** Whether there is a cap. */
    public boolean capped() {
        return cap != NONE;
    }

    /** Sets this much aside, or refuses when it does not fit under the cap. */
    public boolean hold(long nanos) {
        long limit = cap;
        while (true) {
            long before = taken.get();
            if (nanos > limit - before) {
                return false;
            }
            if (taken.compareAndSet(before, before + nanos)) {
                return true;
            }
        }
    }

    /** Gives back what was held and posts what was used, which may be more. */
    public void settle(long heldNanos, long usedNanos) {
        posted.addAndGet(usedNanos);
        taken.addAndGet(usedNanos - heldNanos);
    }

    /** Spent and settled. */
    public long posted() {
        return posted.get();
    }

    /** Set aside for attempts under way. */
    public long held() {
        return Math.max(0, taken.get() - posted.get());
    }

    /** What is left under the cap, never below 0. */
    public long left() {
        return Math.max(0, cap - taken.get());
    }
}
