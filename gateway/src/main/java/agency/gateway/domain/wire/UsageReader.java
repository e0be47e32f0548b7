package agency.gateway.domain.wire;

import agency.kernel.metering.TokenUsage;
import org.jspecify.annotations.Nullable;

/** Reads the {@code usage} object of an answer, in OpenAI's words and in those of its likes. */
public final class UsageReader {
    private UsageReader() {}

    /**
     * The usage told by this object.
     *
     * @return null when it is not an object, tells no input tokens, or tells what cannot be true
     */
    public static @Nullable TokenUsage read(byte[] bytes, int from, int to) {
        try {
            return usage(new JsonCursor(bytes, from, to));
        } catch (MalformedJson e) {
            return null;
        }
    }

    private static @Nullable TokenUsage usage(JsonCursor json) {
        long input = -1;
        long output = 0;
        long cached = 0;
        long reasoning = 0;
        json.enter('{', "");
        for (boolean first = true; json.more(first, '}'); first = false) {
            switch (json.key()) {
                case "prompt_tokens" -> input = tokens(json, -1);
                case "completion_tokens" -> output = tokens(json, 0);
                case "prompt_cache_hit_tokens" -> cached = Math.max(cached, tokens(json, 0));
                case "prompt_tokens_details" ->
                        cached = Math.max(cached, in(json, "cached_tokens"));
                case "completion_tokens_details" -> reasoning = in(json, "reasoning_tokens");
                default -> json.value();
            }
        }
        if (input < 0) return null;
        return new TokenUsage(input, output, Math.min(cached, input), Math.min(reasoning, output));
    }

    private static long in(JsonCursor json, String wanted) {
        if (json.isNull()) return 0;
        long found = 0;
        json.enter('{', "");
        for (boolean first = true; json.more(first, '}'); first = false) {
            if (json.key().equals(wanted)) found = tokens(json, 0);
            else json.value();
        }
        return found;
    }

    private static long tokens(JsonCursor json, long otherwise) {
        return json.isNull() ? otherwise : json.count("tokens");
    }
}
