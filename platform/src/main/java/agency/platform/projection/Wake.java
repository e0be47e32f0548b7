package agency.platform.projection;

import java.time.Duration;

/** What a feed sleeps on: woken by commits, ended by close; never interrupted. */
final class Wake {
    /** How long {@link #close} waits for the work in hand, milliseconds. */
    private static final int CLOSE_WITHIN_MS = 5_000;

    private boolean woken;
    private boolean closed;

    synchronized void up() {
        woken = true;
        notifyAll();
    }

    /** Sleeps until woken, at most so long; false when closed. */
    synchronized boolean sleep(long ms) {
        long until = System.nanoTime() + ms * 1_000_000;
        try {
            while (!woken && !closed) {
                long left = (until - System.nanoTime()) / 1_000_000;
                if (left <= 0) {
                    break;
                }
                wait(left);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            closed = true;
        }
        woken = false;
        return !closed;
    }

    /** Sleeps for so long whatever is committed; false when closed. */
    synchronized boolean pause(long ms) {
        long until = System.nanoTime() + ms * 1_000_000;
        try {
            while (!closed) {
                long left = (until - System.nanoTime()) / 1_000_000;
                if (left <= 0) {
                    break;
                }
                wait(left);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            closed = true;
        }
        return !closed;
    }

    synchronized boolean closed() {
        return closed;
    }

    void close(Thread thread) {
        synchronized (this) {
            closed = true;
            notifyAll();
        }
        try {
            if (thread.isAlive()) {
                thread.join(Duration.ofMillis(CLOSE_WITHIN_MS));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
