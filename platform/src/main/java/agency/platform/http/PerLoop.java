package agency.platform.http;

import io.vertx.core.Context;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Something there is one of per event loop. A loop is one thread for its whole life, so the thread
 * is the key, and finding one's own takes no lock.
 */
public final class PerLoop<T> {
    private final ConcurrentHashMap<Thread, T> all = new ConcurrentHashMap<>();
    private final Supplier<T> maker;

    PerLoop(Supplier<T> maker) {
        this.maker = maker;
    }

    /** This event loop's own; must be called on an event loop. */
    public T get() {
        Thread loop = Thread.currentThread();
        @Nullable T mine = all.get(loop);
        if (mine == null) {
            if (!Context.isOnEventLoopThread()) {
                throw new IllegalStateException("not an event loop: " + loop.getName());
            }
            mine = maker.get();
            all.put(loop, mine);
        }
        return mine;
    }

    /** Visits all that were made so far, to close or count them. */
    public void each(Consumer<T> visitor) {
        all.values().forEach(visitor);
    }
}
