package agency.platform.http;

import java.util.concurrent.atomic.AtomicInteger;

/** Counts open connections over all lanes, up to a limit. */
final class ConnectionCount {
    private final AtomicInteger open = new AtomicInteger();
    private final int max;

    ConnectionCount(int max) {
        this.max = max;
    }

    boolean enter() {
        if (open.incrementAndGet() > max) {
            open.decrementAndGet();
            return false;
        }
        return true;
    }

    void leave() {
        open.decrementAndGet();
    }

    int open() {
        return open.get();
    }
}
