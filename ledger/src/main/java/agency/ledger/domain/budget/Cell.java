package agency.ledger.domain.budget;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/**
 * What this process may still spend of one stretch of one budget: the hot end of the ledger. A hold
 * is one compare-and-set, so no two attempts pass through the same gap; nothing here blocks.
 */
public final class Cell {
    private final AtomicLong free = new AtomicLong();
    private final LongAdder used = new LongAdder();
    private final AtomicLong granted = new AtomicLong();

    /** A cell with nothing in it. */
    public Cell() {}

    /** Sets this much aside for an attempt, or refuses when it is not there. */
    public boolean hold(long amount) {
        while (true) {
            long before = free.get();
            if (amount > before) {
                return false;
            }
            if (free.compareAndSet(before, before - amount)) {
                return true;
            }
        }
    }

    /** An attempt has ended: what it held and did not use is free again. */
    public void settle(long held, long usedOfIt) {
        used.add(usedOfIt);
        free.addAndGet(held - usedOfIt);
    }

    /** What is free. */
    public long free() {
        return free.get();
    }

    /** What attempts have used. */
    public long used() {
        return used.sum();
    }

    /** What attempts under way hold. */
    public long held() {
        return Math.max(0, granted.get() - free.get() - used.sum());
    }

    /** What was set aside for this process in all, what it has used included. */
    public long granted() {
        return granted.get();
    }

    /** More was set aside; by one thread at a time. */
    public void grant(long amount) {
        granted.addAndGet(amount);
        free.addAndGet(amount);
    }

    /**
     * Takes out of it what is free, to be given back; by one thread at a time.
     *
     * @return how much that is
     */
    public long takeFree() {
        long taken = Math.max(0, free.getAndUpdate(now -> Math.min(now, 0)));
        granted.addAndGet(-taken);
        return taken;
    }
}
