package agency.gateway.port;

import agency.kernel.metering.Operation;
import io.vertx.core.buffer.Buffer;
import java.util.UUID;

/**
 * A request to a model, in OpenAI's wire format.
 *
 * @param request the request's id
 * @param operation what kind of work
 * @param model the model's name as the provider knows it
 * @param body the caller's JSON as it came, every field kept, {@code model} already the provider's
 *     name and, for streams, {@code stream_options.include_usage} already true
 * @param stream whether the answer is to be streamed as server-sent events
 * @param tellUsage for streams: whether the caller asked for the event that tells the usage; when
 *     not, the provider leaves that event out and says the usage at the end only
 * @param fairness whose turn it is where requests must queue: the API key's id
 */
public record ModelRequest(
        UUID request,
        Operation operation,
        String model,
        Buffer body,
        boolean stream,
        boolean tellUsage,
        UUID fairness) {}
