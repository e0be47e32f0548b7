package agency.gateway.port;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a provider says before its answer.
 *
 * @param status its HTTP status, 2xx
 * @param contentType its content type, {@code text/event-stream} for a stream
 * @param contentLength how many bytes of answer follow, -1 when it did not say
 * @param providerRequestId its own id of the request, if it gave one
 * @param passed further headers that the caller is to see, names in lower case; few or none
 */
public record AnswerHead(
        int status,
        String contentType,
        long contentLength,
        @Nullable String providerRequestId,
        Map<String, String> passed) {}
