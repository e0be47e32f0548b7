package agency.gateway.port;

import io.vertx.core.buffer.Buffer;
import org.jspecify.annotations.Nullable;

/** How an attempt at a provider failed. */
public sealed interface UpstreamFailure {
    /**
     * The provider answered with an error status.
     *
     * @param status 4xx or 5xx
     * @param contentType its content type
     * @param body its body, at most 64 KiB of it
     * @param retryAfter its {@code Retry-After}, if it sent one
     * @param providerRequestId its own id of the request, if it gave one
     */
    record Answered(
            int status,
            String contentType,
            Buffer body,
            @Nullable String retryAfter,
            @Nullable String providerRequestId)
            implements UpstreamFailure {}

    /**
     * It could not be connected to (refused, DNS, TLS, not allowed by egress); {@code reason} is
     * safe to show.
     */
    record Unreachable(String reason) implements UpstreamFailure {}

    /** The connection broke, before or within the answer. */
    record Disconnected(String reason) implements UpstreamFailure {}

    /** It took too long; {@code phase} is {@code connect}, {@code first-byte} or {@code idle}. */
    record TimedOut(String phase, long afterMillis) implements UpstreamFailure {}

    /** What it sent is not what was asked for: not JSON, not an event stream, a line too long. */
    record Garbage(String reason) implements UpstreamFailure {}

    /** A local engine's own refusal, to be answered to the caller as it is. */
    record Refused(
            int status, String type, @Nullable String code, String message, @Nullable String param)
            implements UpstreamFailure {}

    /** No room: a bounded queue is full, or the model is not there yet. */
    record Busy(String message, int retryAfterSeconds) implements UpstreamFailure {}
}
