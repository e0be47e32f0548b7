package agency.platform.log;

import agency.kernel.fault.Fault;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Wakes readers after commits: those of this process at once, those of others by asking for the
 * heads, every {@link #SHORTEST_MS} ms while the log moves and every {@link #LONGEST_MS} while it
 * does not. No NOTIFY: it would put all commits of the cluster behind one lock.
 */
final class CommitWatch implements AutoCloseable {
    static final int SHORTEST_MS = 20;
    static final int LONGEST_MS = 50;

    /** How long to wait before asking a database again that did not answer, milliseconds. */
    private static final int AWAY_MS = 250;

    /** How long {@link #close} waits for the last question, milliseconds. */
    private static final int CLOSE_WITHIN_MS = 2_000;

    private static final Logger LOG = LoggerFactory.getLogger(CommitWatch.class);

    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
    private final Supplier<LogReader.Heads> heads;
    private final Consumer<UUID> changed;
    private final AtomicLongArray seen;
    private final Thread thread;
    private UUID incarnation;
    private final CountDownLatch closing = new CountDownLatch(1);

    /**
     * A watch.
     *
     * @param changed told when the log's incarnation is another one
     */
    CommitWatch(
            int lanes, UUID incarnation, Supplier<LogReader.Heads> heads, Consumer<UUID> changed) {
        this.incarnation = incarnation;
        this.changed = changed;
        this.heads = heads;
        this.seen = new AtomicLongArray(lanes);
        this.thread = Thread.ofVirtual().name("log-watch").unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    AutoCloseable onCommit(Runnable wake) {
        listeners.add(wake);
        return () -> listeners.remove(wake);
    }

    /** This process committed up to a head. */
    void committed(int lane, long head) {
        advance(lane, head);
        wake();
    }

    /** Another incarnation: the heads seen before mean nothing any more. */
    private boolean reborn(UUID now) {
        if (now.equals(incarnation)) {
            return false;
        }
        incarnation = now;
        for (int lane = 0; lane < seen.length(); lane++) {
            seen.set(lane, 0);
        }
        changed.accept(now);
        return true;
    }

    private boolean advance(int lane, long head) {
        return seen.getAndAccumulate(lane, head, Math::max) < head;
    }

    private void wake() {
        for (Runnable listener : listeners) {
            listener.run();
        }
    }

    private void run() {
        int pause = LONGEST_MS;
        boolean away = false;
        while (true) {
            try {
                LogReader.Heads asked = heads.get();
                long[] now = asked.heads();
                away = false;
                boolean moved = reborn(asked.incarnation());
                for (int lane = 0; lane < now.length; lane++) {
                    moved |= advance(lane, now[lane]);
                }
                if (moved) {
                    wake();
                }
                pause = moved ? SHORTEST_MS : Math.min(pause + 5, LONGEST_MS);
            } catch (Fault e) {
                if (!away) {
                    LOG.warn("cannot ask the log for its heads: {}", e.code());
                }
                away = true;
                pause = AWAY_MS;
            }
            try {
                if (closing.await(pause, TimeUnit.MILLISECONDS)) {
                    return;
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    @Override
    public void close() {
        // Not by interrupt: that would break the connection it may be reading from.
        closing.countDown();
        try {
            thread.join(Duration.ofMillis(CLOSE_WITHIN_MS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
