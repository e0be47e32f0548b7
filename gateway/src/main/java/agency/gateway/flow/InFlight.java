package agency.gateway.flow;

import agency.gateway.api.GatewaySettings;
import agency.gateway.port.Meters;
import agency.kernel.metering.Intent;
import agency.kernel.metering.Outcome;
import agency.platform.http.EventLoops;
import agency.platform.http.PerLoop;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * Everything under way, by event loop: one timer of each loop watches all of its time limits,
 * because a timer for each request and limit costs more than all the rest of our own work.
 */
public final class InFlight {
    /** How often time limits are looked at, milliseconds. */
    static final long WATCH_EVERY_MS = 100;

    private final Vertx vertx;
    private final Deadlines deadlines;
    private final LongSupplier nanos;
    private final Meters meters;
    private final PerLoop<Loop> loops;
    private final AtomicBoolean stopping = new AtomicBoolean();

    /** What is under way on this Vert.x; {@code nanos} is the clock for durations. */
    public InFlight(EventLoops loops, GatewaySettings settings, LongSupplier nanos, Meters meters) {
        this.vertx = loops.vertx();
        this.loops = loops.perLoop(() -> new Loop(vertx.getOrCreateContext()));
        this.deadlines = Deadlines.of(settings);
        this.nanos = nanos;
        this.meters = meters;
    }

    private static final class Loop {
        final Context context;
        final Set<Watched> watched = new LinkedHashSet<>();
        long timer = -1;

        Loop(Context context) {
            this.context = context;
        }
    }

    long nanos() {
        return nanos.getAsLong();
    }

    Deadlines deadlines() {
        return deadlines;
    }

    void settled(Intent intent, Outcome outcome, boolean capped) {
        meters.settled(intent, outcome, capped);
    }

    /** Watches this until {@link #remove}; on its event loop. */
    public void add(Watched one) {
        Loop loop = loops.get();
        loop.watched.add(one);
        if (loop.timer < 0) {
            loop.timer = vertx.setPeriodic(WATCH_EVERY_MS, t -> watch(loop));
        }
        if (stopping.get() && one instanceof Attempt attempt) attempt.cutShort("we are stopping");
    }

    /** Watches this no longer; harmless when it was not watched. On its event loop. */
    public void remove(Watched one) {
        loops.get().watched.remove(one);
    }

    private void watch(Loop loop) {
        if (loop.watched.isEmpty()) {
            vertx.cancelTimer(loop.timer);
            loop.timer = -1;
            return;
        }
        long now = nanos();
        for (Watched one : new ArrayList<>(loop.watched)) one.watch(now);
    }

    /**
     * Ends every answer under way for this key; returns when that is done or {@code atMost} is
     * over.
     */
    public boolean endStreamsOf(UUID key, long atMostMs) {
        return onEachLoop(
                attempt -> {
                    if (attempt.key().equals(key)) attempt.cutShort("the key was revoked");
                },
                atMostMs);
    }

    /** Waits for what is under way, then cuts short what is left; takes nothing on afterwards. */
    public void stop(long graceMs) {
        long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(graceMs);
        while (System.nanoTime() < until && count() > 0) {
            if (!pause()) break;
        }
        stopping.set(true);
        onEachLoop(attempt -> attempt.cutShort("we are stopping"), graceMs);
    }

    private int count() {
        AtomicInteger count = new AtomicInteger();
        onEachLoopOnce(loop -> count.addAndGet(loop.watched.size()), WATCH_EVERY_MS * 10);
        return count.get();
    }

    private boolean pause() {
        try {
            TimeUnit.MILLISECONDS.sleep(WATCH_EVERY_MS / 2);
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private boolean onEachLoop(Consumer<Attempt> what, long atMostMs) {
        return onEachLoopOnce(
                loop -> {
                    for (Watched one : new ArrayList<>(loop.watched)) {
                        if (one instanceof Attempt attempt) what.accept(attempt);
                    }
                },
                atMostMs);
    }

    private boolean onEachLoopOnce(Consumer<Loop> what, long atMostMs) {
        List<Loop> all = new ArrayList<>();
        loops.each(all::add);
        CountDownLatch done = new CountDownLatch(all.size());
        for (Loop loop : all) {
            loop.context.runOnContext(v -> {
                try {
                    what.accept(loop);
                } finally {
                    done.countDown();
                }
            });
        }
        try {
            return done.await(atMostMs, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
