package agency.gateway.adapter.provider.local.waiting;

import java.util.ArrayDeque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A bounded queue that serves its callers in turn: one who sends many requests waits behind his
 * own, not others behind him.
 *
 * @param <T> what waits
 */
public final class FairQueue<T> {
    private final int most;
    private final int mostPerCaller;
    private final Map<UUID, ArrayDeque<T>> turns = new LinkedHashMap<>();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private int waiting;
    private int wakes;

    /**
     * An empty queue.
     *
     * @param most how many may wait in all
     * @param mostPerCaller how many of one caller may wait
     */
    public FairQueue(int most, int mostPerCaller) {
        this.most = most;
        this.mostPerCaller = mostPerCaller;
    }

    /** Adds {@code item} at the end of its caller's line; false if there is no room. */
    public boolean offer(UUID caller, T item) {
        lock.lock();
        try {
            ArrayDeque<T> line = turns.get(caller);
            if (waiting >= most || (line != null && line.size() >= mostPerCaller)) {
                return false;
            }
            turns.computeIfAbsent(caller, _ -> new ArrayDeque<>()).add(item);
            waiting++;
            changed.signal();
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** The next item, or null if none comes within {@code millis} or {@link #wake} is called. */
    public @Nullable T take(long millis) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            int before = wakes;
            long left = TimeUnit.MILLISECONDS.toNanos(millis);
            while (waiting == 0 && wakes == before && left > 0) {
                left = changed.awaitNanos(left);
            }
            return waiting == 0 ? null : first();
        } finally {
            lock.unlock();
        }
    }

    private @Nullable T first() {
        Map.Entry<UUID, ArrayDeque<T>> turn = turns.entrySet().iterator().next();
        T item = turn.getValue().poll();
        turns.remove(turn.getKey());
        if (!turn.getValue().isEmpty()) {
            turns.put(turn.getKey(), turn.getValue());
        }
        waiting--;
        return item;
    }

    /** Takes {@code item} out; false if it no longer waits. */
    public boolean remove(UUID caller, T item) {
        lock.lock();
        try {
            ArrayDeque<T> line = turns.get(caller);
            if (line == null || !line.remove(item)) {
                return false;
            }
            if (line.isEmpty()) {
                turns.remove(caller);
            }
            waiting--;
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** Lets a waiting {@link #take} return. */
    public void wake() {
        lock.lock();
        try {
            wakes++;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** How many wait. */
    public int size() {
        lock.lock();
        try {
            return waiting;
        } finally {
            lock.unlock();
        }
    }
}
