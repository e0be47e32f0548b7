package agency.gateway.port;

import agency.kernel.metering.TokenUsage;
import io.vertx.core.buffer.Buffer;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Receives one attempt's answer, on the attempt's event loop, in this order: {@code head}, {@code
 * chunk} any number of times, then {@code end} or {@code failed}; or {@code failed} alone. Nothing
 * comes after {@code end} or {@code failed}.
 */
public interface AnswerSink {
    /** The provider accepted the request. */
    void head(AnswerHead head);

    /**
     * The provider accepted the request and says no more than this.
     *
     * @param status its HTTP status, 2xx
     * @param contentType its content type, {@code text/event-stream} for a stream
     * @param providerRequestId its own id of the request, if it gave one
     */
    default void head(int status, String contentType, @Nullable String providerRequestId) {
        head(new AnswerHead(status, contentType, -1, providerRequestId, Map.of()));
    }

    /**
     * Bytes of the answer in OpenAI's wire format, as the caller is to see them: for a plain answer
     * its JSON, cut anywhere; for a stream whole server-sent events, one or more, the last being
     * {@code data: [DONE]}. The event that tells the usage is among them only if {@link
     * ModelRequest#tellUsage()} asks for it.
     */
    void chunk(Buffer bytes);

    /**
     * The whole answer has come.
     *
     * @param usage what the provider says it used; null when it did not say, or said what cannot be
     *     true
     */
    void end(@Nullable TokenUsage usage);

    /**
     * The attempt failed, before or after its head.
     *
     * @param usage what the provider says it used all the same, if it did
     */
    void failed(UpstreamFailure failure, @Nullable TokenUsage usage);
}
