package agency.bench.upstream;

import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.internal.net.NetSocketInternal;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetServerOptions;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * An OpenAI-compatible provider that does what each request orders it to do, and counts exactly
 * what it served.
 *
 * <p>Routes: {@code /v1/chat/completions}, {@code /v1/embeddings}, {@code /v1/models}; its own
 * count at {@code /_counts} (without single requests: {@code ?requests=false}), emptied by {@code
 * POST /_counts/reset}. Orders are described at {@link Script}, orders of the benchmark at {@link
 * BenchAnswers}. Any key is accepted but {@code sk-wrong}. A model whose name starts with {@code
 * unknown} does not exist. Runs on one event loop; listens on the loopback address only.
 */
public final class ScriptedUpstream implements AutoCloseable {

    /** What it answers to a chat completion that orders nothing else. */
    public static final String USUAL_TEXT = ChatAnswer.usualText();

    private static final int START_TIMEOUT_S = 20;
    private static final int ACCEPT_BACKLOG = 4096;

    private final Vertx vertx;
    private final NetServer server;
    private final Tally tally = new Tally();
    private final BenchAnswers benchAnswers;
    private final List<String> models;
    private long requests;

    /** Assembles an upstream that lists these models. */
    public ScriptedUpstream(List<String> models) {
        this.models = List.copyOf(models);
        this.vertx =
                Vertx.vertx(
                        new VertxOptions().setPreferNativeTransport(true).setEventLoopPoolSize(1));
        this.server =
                vertx.createNetServer(
                        new NetServerOptions()
                                .setTcpNoDelay(true)
                                .setReuseAddress(true)
                                .setAcceptBacklog(ACCEPT_BACKLOG));
        this.benchAnswers = new BenchAnswers(vertx, tally);
    }

    /** An upstream with the models that the tests use. */
    public static ScriptedUpstream usual() {
        return new ScriptedUpstream(List.of("scripted", "scripted-mini", "scripted-embedding"));
    }

    /** Starts on this port of the loopback address, 0 for any free one, and gives the port. */
    public int start(int port) {
        server.connectHandler(socket -> {
            Conversation conversation =
                    new Conversation(this, vertx, (NetSocketInternal) socket, tally);
            socket.handler(conversation::bytes);
            socket.closeHandler(v -> conversation.closed());
            // A reset by the caller is an event like any other here; the close handler counts it.
            socket.exceptionHandler(e -> {});
        });
        try {
            return server.listen(port, "127.0.0.1")
                    .toCompletionStage()
                    .toCompletableFuture()
                    .get(START_TIMEOUT_S, TimeUnit.SECONDS)
                    .actualPort();
        } catch (java.util.concurrent.ExecutionException
                | java.util.concurrent.TimeoutException e) {
            throw new IllegalStateException(
                    "the scripted upstream cannot listen on port " + port, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while the scripted upstream started", e);
        }
    }

    @Override
    public void close() {
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }

    List<String> models() {
        return models;
    }

    BenchAnswers benchAnswers() {
        return benchAnswers;
    }

    String nextRequestId() {
        return "req_up_" + ++requests;
    }

    /** Runs until it is ended: {@code [port] [model,model…]}; prints one line with its port. */
    public static void main(String[] arguments) {
        int port = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 0;
        @Nullable String named = arguments.length > 1 ? arguments[1] : null;
        ScriptedUpstream upstream =
                named == null ? usual() : new ScriptedUpstream(List.of(named.split(",")));
        int listening = upstream.start(port);
        System.out.println("scripted upstream listening on 127.0.0.1:" + listening);
    }
}
