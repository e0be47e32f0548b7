package agency.platform.http;

import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import java.net.InetAddress;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One request on its event loop, before its body is read. Everything here is called on that event
 * loop and never blocks.
 *
 * <p>The {@code endHandler} of the response belongs to the server (it gives back the request's
 * bytes and counts it); use {@link #whenDone}. The response's {@code closeHandler}, {@code
 * exceptionHandler} and {@code drainHandler} are free for the route.
 */
public interface Exchange {
    /** Vert.x's request; its response already carries {@code x-request-id}. */
    HttpServerRequest request();

    /** Our id of the request, never from a header. */
    UUID id();

    /**
     * The id of the trace that the request belongs to, in 32 hexadecimal digits, for log lines
     * about it; null when there is none. Until {@link #traced} it is that of the caller's {@code
     * traceparent}.
     */
    @Nullable String traceId();

    /** The request belongs to this trace of ours. */
    void traced(String traceId);

    /** When its head had arrived, by {@link System#nanoTime()}. */
    long startedNanos();

    /**
     * The client's IP address; behind a trusted proxy the one that the proxy names; null when it
     * cannot be told. Personal data: never to be logged or recorded.
     */
    @Nullable InetAddress clientAddress();

    /** Who calls; throws {@link Problem} 401 on a route that does not ask for it. */
    Authenticator.Principal principal();

    /**
     * Reads the whole body and hands it on; when it is longer than the limit, too slow, or the
     * process holds too many bytes already, answers the error itself and {@code then} is not
     * called.
     *
     * <p>Call it before the handler returns; a route that must wait first pauses the request, or
     * its body goes by unread.
     *
     * @param limitBytes the longest body allowed; the answer 413 names it
     */
    void body(int limitBytes, Handler<Buffer> then);

    /**
     * Ends the request with this problem, in the shape of its protocol (OpenAI's under {@code
     * /v1}); does nothing when the head of an answer has gone out already.
     */
    void refuse(Problem problem);

    /** Runs once, when the answer has ended or the client has left. */
    void whenDone(Runnable action);
}
