package agency.bench.upstream;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * What an answer says about its usage, true or not.
 *
 * <p>Setting {@code usage}: {@code true} (the default), {@code missing}, {@code absurd} (two
 * billion tokens), {@code negative}, {@code zero}, {@code text} (words instead of numbers), {@code
 * half}.
 */
record Usage(int promptTokens, int completionTokens, int cached, int reasoning, String honesty) {

    private static final int ABSURD_TOKENS = 2_000_000_000;

    boolean told() {
        return !honesty.equals("missing");
    }

    /** The completion tokens that the answer claims; nothing when it claims nothing countable. */
    @Nullable Integer claimedCompletion() {
        return switch (honesty) {
            case "missing", "text" -> null;
            case "absurd" -> ABSURD_TOKENS;
            case "negative" -> -5;
            case "zero" -> 0;
            case "half" -> completionTokens / 2;
            case "true" -> completionTokens;
            default -> throw new Script.UnknownOrder("no such usage: " + honesty);
        };
    }

    /** The prompt tokens that the answer claims; nothing when it claims nothing countable. */
    @Nullable Integer claimedPrompt() {
        return switch (honesty) {
            case "missing", "text" -> null;
            case "absurd" -> ABSURD_TOKENS;
            case "negative" -> -7;
            case "zero" -> 0;
            case "half" -> promptTokens / 2;
            default -> promptTokens;
        };
    }

    void writeTo(ObjectNode answer) {
        if (!told()) return;
        ObjectNode usage = answer.putObject("usage");
        Integer prompt = claimedPrompt();
        Integer completion = claimedCompletion();
        if (prompt == null || completion == null) {
            usage.put("prompt_tokens", "many")
                    .put("completion_tokens", "a few")
                    .put("total_tokens", "more");
            return;
        }
        usage.put("prompt_tokens", prompt)
                .put("completion_tokens", completion)
                .put("total_tokens", (long) prompt + completion);
        usage.putObject("prompt_tokens_details")
                .put("cached_tokens", cached)
                .put("audio_tokens", 0);
        usage.putObject("completion_tokens_details")
                .put("reasoning_tokens", reasoning)
                .put("audio_tokens", 0)
                .put("accepted_prediction_tokens", 0)
                .put("rejected_prediction_tokens", 0);
    }
}
