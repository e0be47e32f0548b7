package agency.e2e.openapi;

import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;

/** Stands between clients and Agency, passes everything on as it comes, and remembers it. */
public final class RecordingProxy implements AutoCloseable {

    private static final int MOST_EXCHANGES = 10_000;
    private static final int MOST_CONNECTIONS = 256;
    private static final int LARGEST_HEADERS_BYTES = 64 << 10;
    private static final Set<String> OF_ONE_CONNECTION =
            Set.of("connection", "transfer-encoding", "keep-alive", "host", "content-length");

    private final Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));
    private final HttpClient client =
            vertx.createHttpClient(
                    // What is recorded must be what was sent: no decompression, and no word of
                    // ours.
                    new HttpClientOptions()
                            .setDecompressionSupported(false)
                            .setMaxHeaderSize(LARGEST_HEADERS_BYTES),
                    new PoolOptions().setHttp1MaxSize(MOST_CONNECTIONS));
    private final HttpServer server;
    private final List<Exchange> exchanges = Collections.synchronizedList(new ArrayList<>());
    private final int port;

    /** Starts on a free port in front of this port of the loopback address. */
    public RecordingProxy(int target) {
        this.server =
                vertx.createHttpServer(
                                new HttpServerOptions().setMaxHeaderSize(LARGEST_HEADERS_BYTES))
                        .requestHandler(request ->
                                request.body().onSuccess(body -> pass(request, body, target)));
        this.port =
                server.listen(0, "127.0.0.1")
                        .toCompletionStage()
                        .toCompletableFuture()
                        .join()
                        .actualPort();
    }

    /** Where clients call instead of Agency. */
    public int port() {
        return port;
    }

    /** What has been recorded so far. */
    public List<Exchange> exchanges() {
        synchronized (exchanges) {
            return List.copyOf(exchanges);
        }
    }

    @Override
    public void close() {
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }

    private void pass(HttpServerRequest request, Buffer body, int target) {
        RequestOptions options =
                new RequestOptions()
                        .setHost("127.0.0.1")
                        .setPort(target)
                        .setMethod(request.method())
                        .setURI(request.uri());
        client.request(options)
                .compose(onward -> {
                    copy(request.headers(), onward);
                    request.response().exceptionHandler(gone -> onward.reset());
                    return onward.send(body);
                })
                .onSuccess(answer -> answer(request, body, answer))
                .onFailure(e -> {
                    record(request, body, 0, "", "");
                    request.connection().close();
                });
    }

    private static void copy(io.vertx.core.MultiMap headers, HttpClientRequest onward) {
        headers.forEach((name, value) -> {
            if (!OF_ONE_CONNECTION.contains(name.toLowerCase(java.util.Locale.ROOT)))
                onward.putHeader(name, value);
        });
    }

    private void answer(HttpServerRequest request, Buffer body, HttpClientResponse answer) {
        var response = request.response().setStatusCode(answer.statusCode());
        answer.headers()
                .forEach((name, value) -> {
                    if (!OF_ONE_CONNECTION.contains(name.toLowerCase(java.util.Locale.ROOT))) {
                        response.headers().add(name, value);
                    }
                });
        String length = answer.getHeader("content-length");
        if (length != null) response.putHeader("content-length", length);
        else response.setChunked(true);
        Buffer seen = Buffer.buffer();
        answer.handler(bytes -> {
            seen.appendBuffer(bytes);
            response.write(bytes);
        });
        answer.endHandler(v -> {
            response.end();
            String type = answer.getHeader("content-type");
            record(
                    request,
                    body,
                    answer.statusCode(),
                    type == null ? "" : type,
                    seen.toString(StandardCharsets.UTF_8));
        });
        answer.exceptionHandler(e -> {
            record(request, body, 0, "", "");
            request.connection().close();
        });
    }

    private void record(
            HttpServerRequest request, Buffer body, int status, String type, String responseBody) {
        if (exchanges.size() >= MOST_EXCHANGES) return;
        exchanges.add(
                new Exchange(
                        request.method().name(),
                        request.path(),
                        body.toString(StandardCharsets.UTF_8),
                        status,
                        type,
                        responseBody));
    }
}
