package agency.gateway.adapter.provider.local.chat;

import java.util.UUID;

/**
 * A chat request as it comes in.
 *
 * @param request its id, which becomes the answer's
 * @param model the model's name
 * @param body the request in OpenAI's wire format
 * @param stream whether to answer in server-sent events
 * @param tellUsage whether a stream ends with an event that tells the usage
 * @param caller whose turn it is where requests wait
 */
@SuppressWarnings("ArrayRecordComponent") // the bytes as they came; nobody compares requests
public record ChatAsk(
        UUID request, String model, byte[] body, boolean stream, boolean tellUsage, UUID caller) {}
