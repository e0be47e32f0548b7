package agency.kernel.metering;

/**
 * Tokens of one attempt, as the provider's words for them mean.
 *
 * @param input all input tokens, cached ones included
 * @param output all output tokens, reasoning ones included
 * @param cachedInput input tokens read from the provider's cache, a part of {@code input}
 * @param reasoning tokens the model spent thinking, a part of {@code output}
 */
public record TokenUsage(long input, long output, long cachedInput, long reasoning) {
    /** Nothing used. */
    public static final TokenUsage NONE = new TokenUsage(0, 0, 0, 0);
}
