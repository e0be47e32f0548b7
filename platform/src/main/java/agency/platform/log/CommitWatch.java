package agency.platform.log;

import agency.kernel.fault.Fault;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLongArray;
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

    private static final Logger LOG = LoggerFactory.getLogger(CommitWatch.class);

    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
    private final Supplier<long[]> heads;
    private final AtomicLongArray seen;
    private final Thread thread;
    private volatile boolean closed;

    CommitWatch(int lanes, Supplier<long[]> heads) {
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
        while (!closed) {
            try {
                long[] now = heads.get();
                away = false;
                boolean moved = false;
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
                Thread.sleep(pause);
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    @Override
    public void close() {
        closed = true;
        thread.interrupt();
    }
}
