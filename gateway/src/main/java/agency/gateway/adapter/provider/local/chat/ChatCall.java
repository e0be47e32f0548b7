package agency.gateway.adapter.provider.local.chat;

import agency.gateway.adapter.provider.local.engine.EngineCommand.Sampling;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A chat request as local models understand it.
 *
 * @param messages the conversation, each with {@code role} and {@code content} as plain Java
 * @param tools the tools offered, as plain Java; empty if none
 * @param sampling how to choose tokens; the seed is that of the first choice
 * @param stops texts that end an answer
 * @param maxTokens most tokens of one choice
 * @param alternatives how many likely tokens to report for each; -1 for no probabilities
 * @param choices how many answers to make
 * @param stream whether to answer in server-sent events
 * @param tellUsage whether a stream ends with an event that tells the usage
 */
record ChatCall(
        List<Map<String, Object>> messages,
        List<Object> tools,
        Sampling sampling,
        List<String> stops,
        int maxTokens,
        int alternatives,
        int choices,
        boolean stream,
        boolean tellUsage) {
    ChatCall {
        messages = List.copyOf(messages);
        tools = List.copyOf(tools);
        stops = List.copyOf(stops);
    }

    /** The same call, which ends at these texts too. */
    ChatCall withStops(List<String> more) {
        List<String> all = new ArrayList<>(stops);
        all.addAll(more);
        return new ChatCall(
                messages,
                tools,
                sampling,
                all,
                maxTokens,
                alternatives,
                choices,
                stream,
                tellUsage);
    }
}
