package agency.platform.egress;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.SocketAddress;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Outbound calls for plain blocking code on virtual threads, each through {@link Egress}. Follows a
 * redirect on the same host, and to hosts of a named list only; every hop is checked anew and no
 * credential goes to another host.
 */
public final class Fetching implements AutoCloseable {
    private static final int MAX_REDIRECTS = 5;
    private static final int MAX_CONNECTIONS = 16;
    private static final Duration CONNECT_WITHIN = Duration.ofSeconds(10);
    private static final int CHUNKS_AHEAD = 16;

    private final Egress egress;
    private final HttpClient client;

    /** What came back, its body still to be read. */
    public interface Fetched extends AutoCloseable {
        /** The HTTP status. */
        int status();

        /** A header's value, or null. */
        @Nullable String header(String name);

        /**
         * The next piece of the body; null at its end. Throws when the connection breaks or stalls.
         */
        @Nullable Buffer next() throws IOException;

        /** The whole body; throws when it is longer than the limit. */
        default byte[] body(int limitBytes) throws IOException {
            Buffer whole = Buffer.buffer();
            for (Buffer piece = next(); piece != null; piece = next()) {
                whole.appendBuffer(piece);
                if (whole.length() > limitBytes) {
                    throw new IOException("the answer is longer than " + limitBytes + " bytes");
                }
            }
            return whole.getBytes();
        }

        @Override
        void close();
    }

    /** Fetches through this way out. */
    public Fetching(Vertx vertx, Egress egress) {
        this.egress = egress;
        this.client =
                vertx.createHttpClient(
                        new HttpClientOptions()
                                .setConnectTimeout((int) CONNECT_WITHIN.toMillis())
                                .setVerifyHost(true)
                                .setForceSni(true)
                                .setKeepAlive(false),
                        new io.vertx.core.http.PoolOptions().setHttp1MaxSize(MAX_CONNECTIONS));
    }

    /**
     * Sends a request and waits for the head of its answer.
     *
     * @param headers further headers; sent to the first host only
     * @param alsoTo hosts, and with a leading dot all their subdomains, that a redirect may lead to
     * @param stall the longest silence before and within the answer
     */
    public Fetched send(
            HttpMethod method,
            URI url,
            Map<String, String> headers,
            byte @Nullable [] body,
            List<String> alsoTo,
            Duration stall)
            throws IOException {
        URI at = url;
        for (int hop = 0; hop <= MAX_REDIRECTS; hop++) {
            Map<String, String> sent = sameOrigin(url, at) ? headers : withoutCredentials(headers);
            Live answer = once(method, at, sent, body, stall);
            String location = answer.status() / 100 == 3 ? answer.header("location") : null;
            if (location == null) {
                return answer;
            }
            answer.close();
            URI next = resolved(at, location);
            if (!next.getHost().equalsIgnoreCase(at.getHost()) && !listed(next.getHost(), alsoTo)) {
                throw new IOException(
                        at.getHost() + " redirects to another host, " + next.getHost());
            }
            at = next;
        }
        throw new IOException(url.getHost() + " redirects more than " + MAX_REDIRECTS + " times");
    }

    private static URI resolved(URI at, String location) throws IOException {
        try {
            URI next = at.resolve(location);
            if (next.getHost() != null) {
                return next;
            }
        } catch (IllegalArgumentException malformed) {
            // Said below, without repeating what the server sent.
        }
        throw new IOException(at.getHost() + " redirects to something that is no address");
    }

    @Override
    public void close() {
        client.close();
    }

    private Live once(
            HttpMethod method,
            URI url,
            Map<String, String> headers,
            byte @Nullable [] body,
            Duration stall)
            throws IOException {
        Egress.Target target = await(egress.target(url), stall);
        String path =
                url.getRawPath() == null || url.getRawPath().isEmpty() ? "/" : url.getRawPath();
        RequestOptions options =
                new RequestOptions()
                        .setMethod(method)
                        .setServer(SocketAddress.inetSocketAddress(target.port(), target.address()))
                        .setHost(target.host())
                        .setPort(target.port())
                        .setSsl(target.tls())
                        .setURI(url.getRawQuery() == null ? path : path + "?" + url.getRawQuery())
                        .setFollowRedirects(false)
                        .setIdleTimeout(stall.toMillis());
        headers.forEach(options::putHeader);
        Live live = new Live(stall);
        await(
                client.request(options)
                        .compose(request ->
                                body == null ? request.send() : request.send(Buffer.buffer(body)))
                        .map(answer -> {
                            live.begin(answer);
                            return answer;
                        }),
                stall);
        return live;
    }

    private static boolean sameOrigin(URI a, URI b) {
        return a.getScheme().equals(b.getScheme())
                && a.getRawAuthority().equalsIgnoreCase(b.getRawAuthority());
    }

    private static Map<String, String> withoutCredentials(Map<String, String> headers) {
        Map<String, String> kept = new java.util.HashMap<>(headers);
        kept.keySet()
                .removeIf(name ->
                        List.of("authorization", "api-key", "cookie", "x-api-key")
                                .contains(name.toLowerCase(java.util.Locale.ROOT)));
        return kept;
    }

    private static boolean listed(String host, List<String> hosts) {
        return hosts.stream()
                .anyMatch(entry ->
                        entry.startsWith(".")
                                ? host.endsWith(entry)
                                : host.equalsIgnoreCase(entry));
    }

    private static <T> T await(io.vertx.core.Future<T> future, Duration atMost) throws IOException {
        try {
            return future.toCompletionStage()
                    .toCompletableFuture()
                    .get(atMost.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException failed) {
            Throwable cause = failed.getCause() == null ? failed : failed.getCause();
            throw new IOException(String.valueOf(cause.getMessage()), cause);
        } catch (TimeoutException late) {
            throw new IOException("no answer within " + atMost.toMillis() + " ms", late);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", interrupted);
        }
    }

    /**
     * An answer whose pieces are taken one by one; the connection is paused while enough of them
     * wait.
     */
    private static final class Live implements Fetched {
        private static final Object END = new Object();

        private final BlockingQueue<Object> pieces = new ArrayBlockingQueue<>(CHUNKS_AHEAD * 4);
        private final Duration stall;
        private volatile @Nullable HttpClientResponse answer;

        Live(Duration stall) {
            this.stall = stall;
        }

        /** On the event loop, before any byte of the body can have come. */
        void begin(HttpClientResponse response) {
            answer = response;
            response.handler(piece -> {
                put(piece);
                if (pieces.size() >= CHUNKS_AHEAD) {
                    response.pause();
                }
            });
            response.exceptionHandler(this::put);
            response.endHandler(end -> put(END));
        }

        private void put(Object piece) {
            if (!pieces.offer(piece)) {
                pieces.clear();
                pieces.add(new IOException("the answer came faster than it could be held back"));
            }
        }

        @Override
        public int status() {
            return response().statusCode();
        }

        @Override
        public @Nullable String header(String name) {
            return response().getHeader(name);
        }

        @Override
        public @Nullable Buffer next() throws IOException {
            try {
                Object piece = pieces.poll(stall.toMillis(), TimeUnit.MILLISECONDS);
                if (piece == null) {
                    throw new IOException("nothing came for " + stall.toSeconds() + " s");
                }
                if (pieces.isEmpty()) {
                    response().resume();
                }
                if (piece instanceof Buffer bytes) {
                    return bytes;
                }
                pieces.add(piece); // the end stays the end for whoever asks again
                if (piece instanceof Throwable broken) {
                    throw new IOException("the connection broke: " + broken.getMessage(), broken);
                }
                return null;
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
                throw new IOException("interrupted", interrupted);
            }
        }

        @Override
        public void close() {
            response().request().reset();
        }

        private HttpClientResponse response() {
            return java.util.Objects.requireNonNull(answer, "no answer yet");
        }
    }
}
