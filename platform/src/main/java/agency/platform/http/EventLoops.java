package agency.platform.http;

import agency.kernel.fault.Fault;
import agency.platform.house.Part;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** The event loops all network traffic runs on, as a part of the house. */
public final class EventLoops implements Part {
    /** The part's name, for {@link Part#uses()}. */
    public static final String NAME = "event-loops";

    /** Longest wait for the loops to end, in seconds. */
    private static final int CLOSE_SECONDS = 10;

    /** An event loop that is blocked longer than this is reported in the log, in milliseconds. */
    private static final int BLOCKED_MILLIS = 500;

    private final Vertx vertx;
    private final int loops;

    /**
     * Assembles the loops; no thread runs before something is given to it.
     *
     * @param loops how many; 0 for as many as there are processors
     */
    public EventLoops(int loops) {
        this.loops = loops > 0 ? loops : Runtime.getRuntime().availableProcessors();
        this.vertx =
                Vertx.vertx(
                        new VertxOptions()
                                .setPreferNativeTransport(true)
                                .setEventLoopPoolSize(this.loops)
                                .setMaxEventLoopExecuteTime(BLOCKED_MILLIS)
                                .setMaxEventLoopExecuteTimeUnit(TimeUnit.MILLISECONDS)
                                .setFileSystemOptions(
                                        new FileSystemOptions()
                                                .setFileCachingEnabled(false)
                                                .setClassPathResolvingEnabled(false)));
    }

    /** The toolkit itself. */
    public Vertx vertx() {
        return vertx;
    }

    /** How many event loops there are. */
    public int count() {
        return loops;
    }

    /**
     * Something there is one of per event loop, such as an HTTP client with its own pool, made when
     * that loop first asks for it.
     */
    public <T> PerLoop<T> perLoop(java.util.function.Supplier<T> maker) {
        return new PerLoop<>(maker);
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public String purpose() {
        return "Runs all network traffic on " + loops + " event loops.";
    }

    @Override
    public List<String> uses() {
        return List.of();
    }

    @Override
    public void start() {
        // Loops start by themselves when first used.
    }

    @Override
    public void close() {
        try {
            vertx.close()
                    .toCompletionStage()
                    .toCompletableFuture()
                    .get(CLOSE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (TimeoutException | java.util.concurrent.ExecutionException e) {
            throw Fault.passing(
                    "event-loops.stuck",
                    "The event loops did not end within " + CLOSE_SECONDS + " s.",
                    Map.of(),
                    e);
        }
    }
}
