package agency.gateway.adapter.provider.local.chat;

import agency.gateway.adapter.provider.local.engine.EngineReport.Chance;
import agency.gateway.adapter.provider.local.wire.Fields;
import agency.kernel.metering.TokenUsage;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Writes chat answers in OpenAI's wire format: {@code chat.completion}, or {@code
 * chat.completion.chunk} as server-sent events. Source: OpenAI API reference, chat completions.
 */
final class CompletionWriter {
    /** The end of a stream of events. */
    static final String DONE = "data: [DONE]\n\n";

    private final String id;
    private final long createdSeconds;
    private final String model;

    CompletionWriter(String id, long createdSeconds, String model) {
        this.id = id;
        this.createdSeconds = createdSeconds;
        this.model = model;
    }

    /** A choice's first event: who speaks. */
    String role(int choice) {
        ObjectNode delta = Fields.JSON.createObjectNode();
        delta.put("role", "assistant").put("content", "").putNull("refusal");
        return event(choice(choice, delta, null, null));
    }

    String content(int choice, String text, List<Chance> chances) {
        ObjectNode delta = Fields.JSON.createObjectNode().put("content", text);
        return event(choice(choice, delta, chances.isEmpty() ? null : chances(chances), null));
    }

    String toolCall(int choice, int index, ToolCall call) {
        ObjectNode delta = Fields.JSON.createObjectNode();
        ObjectNode one = delta.putArray("tool_calls").addObject();
        one.put("index", index);
        describe(one, call);
        return event(choice(choice, delta, null, null));
    }

    String finish(int choice, String reason) {
        return event(choice(choice, Fields.JSON.createObjectNode(), null, reason));
    }

    /** The event that tells usage, which belongs to no choice. */
    String usage(TokenUsage usage) {
        ObjectNode chunk = envelope("chat.completion.chunk");
        chunk.putArray("choices");
        chunk.set("usage", usageOf(usage));
        return "data: " + chunk + "\n\n";
    }

    private String event(ObjectNode choice) {
        ObjectNode chunk = envelope("chat.completion.chunk");
        chunk.putArray("choices").add(choice);
        chunk.putNull("usage");
        return "data: " + chunk + "\n\n";
    }

    private ObjectNode choice(
            int index, ObjectNode delta, @Nullable ObjectNode logprobs, @Nullable String reason) {
        ObjectNode choice = Fields.JSON.createObjectNode();
        choice.put("index", index);
        choice.set("delta", delta);
        if (logprobs == null) {
            choice.putNull("logprobs");
        } else {
            choice.set("logprobs", logprobs);
        }
        choice.put("finish_reason", reason);
        return choice;
    }

    /** One whole answer, as it was collected. */
    record Whole(
            String text, List<ToolCall> calls, @Nullable List<Chance> chances, String reason) {}

    String whole(List<Whole> answers, TokenUsage usage) {
        ObjectNode body = envelope("chat.completion");
        ArrayNode choices = body.putArray("choices");
        for (int i = 0; i < answers.size(); i++) {
            Whole answer = answers.get(i);
            ObjectNode choice = choices.addObject();
            choice.put("index", i);
            ObjectNode message = choice.putObject("message");
            message.put("role", "assistant");
            boolean onlyCalls = answer.text().isEmpty() && !answer.calls().isEmpty();
            message.put("content", onlyCalls ? null : answer.text());
            message.putNull("refusal");
            if (!answer.calls().isEmpty()) {
                ArrayNode calls = message.putArray("tool_calls");
                answer.calls().forEach(call -> describe(calls.addObject(), call));
            }
            List<Chance> chances = answer.chances();
            if (chances == null) {
                choice.putNull("logprobs");
            } else {
                choice.set("logprobs", chances(chances));
            }
            choice.put("finish_reason", answer.reason());
        }
        body.set("usage", usageOf(usage));
        return body.toString();
    }

    private ObjectNode envelope(String kind) {
        ObjectNode body = Fields.JSON.createObjectNode();
        return body.put("id", id)
                .put("object", kind)
                .put("created", createdSeconds)
                .put("model", model);
    }

    private static void describe(ObjectNode one, ToolCall call) {
        one.put("id", call.id()).put("type", "function");
        one.putObject("function").put("name", call.name()).put("arguments", call.arguments());
    }

    private static ObjectNode usageOf(TokenUsage usage) {
        ObjectNode node = Fields.JSON.createObjectNode();
        node.put("prompt_tokens", usage.input());
        node.put("completion_tokens", usage.output());
        node.put("total_tokens", usage.input() + usage.output());
        node.putObject("prompt_tokens_details").put("cached_tokens", usage.cachedInput());
        node.putObject("completion_tokens_details").put("reasoning_tokens", 0);
        return node;
    }

    private static ObjectNode chances(List<Chance> chances) {
        ObjectNode logprobs = Fields.JSON.createObjectNode();
        ArrayNode content = logprobs.putArray("content");
        for (Chance chance : chances) {
            ObjectNode one = content.addObject();
            describe(one, chance);
            ArrayNode top = one.putArray("top_logprobs");
            chance.alternatives().forEach(other -> describe(top.addObject(), other));
        }
        logprobs.putNull("refusal");
        return logprobs;
    }

    private static void describe(ObjectNode one, Chance chance) {
        byte[] bytes = chance.bytes().getBytes(StandardCharsets.ISO_8859_1);
        one.put("token", new String(bytes, StandardCharsets.UTF_8));
        one.put("logprob", chance.logProbability());
        ArrayNode numbers = one.putArray("bytes");
        for (byte b : bytes) {
            numbers.add(b & 0xff);
        }
    }
}
