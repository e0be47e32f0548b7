package agency.bench.load;

import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetClientOptions;
import io.vertx.core.net.NetSocket;
import java.util.ArrayDeque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * A load generator on one event loop.
 *
 * <p>{@link #closed} keeps so many connections busy: the most that can be had. {@link #open} sends
 * at a fixed rate whatever comes back, and counts from the moment each request was due, so that a
 * stall shows in every request that it delayed.
 */
public final class Load implements AutoCloseable {

    private static final int FINISH_TIMEOUT_S = 60;
    private static final int CONNECT_TIMEOUT_MS = 5_000;
    private static final long LONGEST_NS = TimeUnit.SECONDS.toNanos(120);
    private static final int MOST_WAITING = 1_000_000;
    private static final int MOST_FAILURES = 100_000;
    private static final int LARGEST_POOL = 1024;

    private final Vertx vertx =
            Vertx.vertx(new VertxOptions().setPreferNativeTransport(true).setEventLoopPoolSize(1));
    private final Context context = vertx.getOrCreateContext();
    private final NetClient client =
            vertx.createNetClient(
                    new NetClientOptions()
                            .setTcpNoDelay(true)
                            .setConnectTimeout(CONNECT_TIMEOUT_MS));

    /**
     * Keeps {@code connections} busy with this call and measures {@code measureMs} after {@code
     * warmMs}. Connections start one after the other over {@code rampMs}, so that streams are not
     * all in step.
     */
    public Measured closed(
            Call call, int connections, int rampMs, int warmMs, int measureMs, Watch watch) {
        return run(
                new Run(call, warmMs, measureMs, watch) {
                    @Override
                    void begin() {
                        for (int i = 0; i < connections; i++) {
                            after(
                                    (long) rampMs * 1_000_000L * i / connections,
                                    () -> again(new Connection(this)));
                        }
                    }

                    @Override
                    void free(Connection connection) {
                        again(connection);
                    }

                    private void again(Connection connection) {
                        if (!over) connection.send(System.nanoTime());
                    }
                });
    }

    /**
     * Sends this call {@code perSecond} times a second and measures {@code measureMs} after {@code
     * warmMs}.
     */
    public Measured open(Call call, double perSecond, int warmMs, int measureMs, Watch watch) {
        return run(
                new Run(call, warmMs, measureMs, watch) {
                    private final ArrayDeque<Connection> idle = new ArrayDeque<>();
                    private final ArrayDeque<Long> due = new ArrayDeque<>();
                    private final long start = System.nanoTime();
                    private int pool;
                    private long sent;

                    @Override
                    void begin() {
                        next();
                    }

                    private void next() {
                        long now = System.nanoTime();
                        while (!over && moment(sent) <= now) {
                            long moment = moment(sent++);
                            Connection connection = idle.pollLast();
                            if (connection != null) connection.send(moment);
                            else if (pool < LARGEST_POOL) {
                                pool++;
                                new Connection(this).send(moment);
                            } else if (due.size() < MOST_WAITING) due.add(moment);
                            else failed++;
                        }
                        if (!over) after(Math.max(0, moment(sent) - System.nanoTime()), this::next);
                    }

                    private long moment(long number) {
                        return start + (long) (number * 1e9 / perSecond);
                    }

                    @Override
                    void free(Connection connection) {
                        Long waiting = due.poll();
                        if (waiting != null) connection.send(waiting);
                        else idle.add(connection);
                    }
                });
    }

    @Override
    public void close() {
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }

    private Measured run(Run run) {
        context.runOnContext(v -> run.start());
        try {
            return run.result.get(
                    run.warmMs + run.measureMs + FINISH_TIMEOUT_S * 1000L, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted during a load", e);
        } catch (ExecutionException | TimeoutException e) {
            throw new IllegalStateException("a load did not end", e);
        }
    }

    private void after(long nanos, Runnable task) {
        // The event loop's own scheduler: Vert.x timers count whole milliseconds, too coarse for a
        // rate.
        ((ContextInternal) context)
                .nettyEventLoop()
                .schedule(() -> context.runOnContext(v -> task.run()), nanos, TimeUnit.NANOSECONDS);
    }

    /** One load on its way. */
    private abstract class Run {
        final Call call;
        final int warmMs;
        final int measureMs;
        final Watch watch;
        final CompletableFuture<Measured> result = new CompletableFuture<>();
        final Histogram latency = new Histogram(LONGEST_NS, 3);
        final Histogram firstByte = new Histogram(LONGEST_NS, 3);
        final Histogram gap = new Histogram(LONGEST_NS, 3);
        final java.util.Set<Connection> made = new java.util.HashSet<>();
        boolean over;
        boolean measuring;
        long answered;
        long failed;

        Run(Call call, int warmMs, int measureMs, Watch watch) {
            this.call = call;
            this.warmMs = warmMs;
            this.measureMs = measureMs;
            this.watch = watch;
        }

        abstract void begin();

        abstract void free(Connection connection);

        void start() {
            begin();
            after(
                    warmMs * 1_000_000L,
                    () -> {
                        measuring = true;
                        long from = System.nanoTime();
                        // Beside the event loop: reading /proc takes milliseconds that would count
                        // as latency.
                        CompletableFuture<Void> begun = CompletableFuture.runAsync(watch::begin);
                        after(
                                measureMs * 1_000_000L,
                                () -> {
                                    measuring = false;
                                    double seconds = (System.nanoTime() - from) / 1e9;
                                    begun.thenRunAsync(watch::end)
                                            .whenComplete((v, failure) ->
                                                    context.runOnContext(u -> {
                                                        over = true;
                                                        for (Connection connection :
                                                                java.util.List.copyOf(made))
                                                            connection.stop();
                                                        if (failure != null)
                                                            result.completeExceptionally(failure);
                                                        else
                                                            result.complete(
                                                                    new Measured(
                                                                            answered, failed,
                                                                            seconds, latency,
                                                                            firstByte, gap));
                                                    }));
                                });
                    });
        }

        void failed(Connection connection) {
            if (measuring) failed++;
            if (over) return;
            if (failed > MOST_FAILURES) {
                over = true;
                result.completeExceptionally(
                        new IllegalStateException("more than " + MOST_FAILURES + " failures"));
                return;
            }
            // A pause, or a subject that refuses at once would be flooded by its own refusals.
            after(10_000_000L, () -> free(connection));
        }
    }

    /** One connection: at most one request at a time. */
    private final class Connection {
        private final Run run;
        private final AnswerReader reader = new AnswerReader();
        private @Nullable NetSocket socket;
        private boolean busy;
        private long due;
        private long lastFrame;
        private int frames;
        private boolean bodySeen;

        Connection(Run run) {
            this.run = run;
            run.made.add(this);
        }

        void send(long moment) {
            due = moment;
            busy = true;
            frames = 0;
            bodySeen = false;
            reader.begin();
            if (socket != null) {
                socket.write(run.call.bytes());
                return;
            }
            client.connect(run.call.port(), "127.0.0.1")
                    .onComplete(connected -> {
                        if (connected.failed()) {
                            lost();
                            return;
                        }
                        NetSocket opened = connected.result();
                        if (run.over) {
                            opened.close();
                            return;
                        }
                        socket = opened;
                        opened.handler(this::read);
                        opened.exceptionHandler(e -> {});
                        opened.closeHandler(v -> {
                            if (opened.equals(socket)) socket = null;
                            if (busy) lost();
                        });
                        opened.write(run.call.bytes());
                    });
        }

        void stop() {
            busy = false;
            if (socket != null) socket.close();
        }

        private void lost() {
            busy = false;
            run.failed(this);
        }

        private void read(io.vertx.core.buffer.Buffer bytes) {
            if (!busy) return;
            long now = System.nanoTime();
            boolean complete;
            try {
                complete = reader.take(bytes);
            } catch (RuntimeException notHttp) {
                if (socket != null) socket.close();
                return;
            }
            if (run.measuring) times(now);
            bodySeen |= reader.bodySeen();
            if (!complete) return;
            busy = false;
            if (reader.closes() && socket != null) {
                socket.close();
                socket = null;
            }
            if (reader.status() != 200) {
                run.failed(this);
                return;
            }
            if (run.measuring) {
                run.answered++;
                run.latency.recordValue(Math.min(LONGEST_NS, now - due));
            }
            run.free(this);
        }

        private void times(long now) {
            if (reader.bodySeen() && !bodySeen)
                run.firstByte.recordValue(Math.min(LONGEST_NS, now - due));
            int more = reader.frames() - frames;
            if (more > 0) {
                if (frames > 0) run.gap.recordValue(Math.min(LONGEST_NS, now - lastFrame));
                // Frames that came together have no gap between them.
                if (more > 1) run.gap.recordValueWithCount(0, more - 1);
            }
            if (more > 0) {
                frames = reader.frames();
                lastFrame = now;
            }
        }
    }
}
