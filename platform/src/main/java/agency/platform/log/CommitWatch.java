package agency.platform.log;

import agency.kernel.fault.Fault;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
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
    private volatile LogReader.Heads seen;
    private final Thread thread;
    private final CountDownLatch closing = new CountDownLatch(1);

    /**
     * A watch.
     *
     * @param changed told when the log's incarnation is another one, and again when it throws a
     *     {@link Fault}
     */
    CommitWatch(
            int lanes, UUID incarnation, Supplier<LogReader.Heads> heads, Consumer<UUID> changed) {
        this.changed = changed;
        this.heads = heads;
        this.seen = new LogReader.Heads(incarnation, new long[lanes]);
        this.thread = Thread.ofVirtual().name("log-watch").unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    AutoCloseable onCommit(Runnable wake) {
        listeners.add(wake);
        return () -> listeners.remove(wake);
    }

    /** This process committed up to a head, in that life of the log. */
    void committed(UUID incarnation, int lane, long head) {
        LogReader.Heads now = seen;
        long[] heads = new long[now.heads().length];
        heads[lane] = head;
        advance(new LogReader.Heads(incarnation, heads));
        wake();
    }

    /** The heads as far as they are known here, without a question to the database. */
    LogReader.Heads seen() {
        return seen;
    }

    /** Another incarnation: the heads seen before mean nothing any more. */
    private synchronized boolean reborn(UUID now) {
        if (now.equals(seen.incarnation())) {
            return false;
        }
        changed.accept(now);
        seen = new LogReader.Heads(now, new long[seen.heads().length]);
        return true;
    }

    /** Takes heads in that are higher; of another life than the one known, none. */
    private synchronized boolean advance(LogReader.Heads heads) {
        LogReader.Heads before = seen;
        if (!heads.incarnation().equals(before.incarnation())) {
            return false;
        }
        long[] now = before.heads().clone();
        boolean moved = false;
        for (int lane = 0; lane < now.length; lane++) {
            moved |= now[lane] < heads.heads()[lane];
            now[lane] = Math.max(now[lane], heads.heads()[lane]);
        }
        if (moved) {
            seen = new LogReader.Heads(before.incarnation(), now);
        }
        return moved;
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
                away = false;
                boolean moved = reborn(asked.incarnation());
                moved |= advance(asked);
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
