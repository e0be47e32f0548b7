package agency.gateway.domain.routing;

import agency.gateway.domain.wire.WireRequest;
import agency.kernel.metering.Operation;
import agency.kernel.metering.TokenUsage;

/**
 * The most tokens that a request can be billed, and what it probably was when nobody says.
 *
 * <p>Input: a token stands for one byte of UTF-8 or more in every tokenizer of the byte-pair family
 * with byte fall-back, so the body's bytes bound its text; chat templates add a few tokens for each
 * message and some vendors a short prompt of their own. An image's tokens do not depend on its
 * bytes: the costliest known is gpt-4o-mini's in high detail, 2833 + 8 × 5667 (OpenAI's guide to
 * images and vision).
 */
public final class TokenBounds {
    /** What templates and vendors add to any request, tokens. */
    static final int FOR_REQUEST = 512;

    /** What templates add to each message, tokens. */
    static final int FOR_MESSAGE = 16;

    /** Most tokens of one image. */
    static final int FOR_IMAGE = 48_169;

    /** Bytes of text that make a token, near enough, where we must guess. */
    private static final int BYTES_PER_TOKEN = 4;

    /** What an image probably took, tokens: gpt-4o's in high detail, 1024 pixels square. */
    private static final int LIKELY_FOR_IMAGE = 765;

    private TokenBounds() {}

    /** More input tokens than this cannot be billed. */
    public static long input(WireRequest request) {
        return request.bytes()
                + FOR_REQUEST
                + (long) FOR_MESSAGE * request.messages()
                + (long) FOR_IMAGE * request.images();
    }

    /**
     * More output tokens than this cannot be billed.
     *
     * @param modelLimit the model's own limit; 0 when not known
     * @param otherwise the limit assumed when neither the caller nor the model has one
     */
    public static long output(
            Operation operation, WireRequest request, long modelLimit, long otherwise) {
        if (operation == Operation.EMBEDDINGS) return 0;
        long one = modelLimit > 0 ? modelLimit : otherwise;
        if (request.maxTokens() >= 0) {
            one = modelLimit > 0 ? Math.min(request.maxTokens(), modelLimit) : request.maxTokens();
        }
        return one * request.choices();
    }

    /** What was probably used, when the provider did not say. */
    public static TokenUsage estimate(
            WireRequest request, long outputSeen, long boundInput, long boundOutput) {
        long input =
                request.textBytes() / BYTES_PER_TOKEN
                        + 4L * request.messages()
                        + (long) LIKELY_FOR_IMAGE * request.images();
        return capped(new TokenUsage(input, outputSeen, 0, 0), boundInput, boundOutput);
    }

    /** The same usage, no larger than its bounds. */
    public static TokenUsage capped(TokenUsage usage, long boundInput, long boundOutput) {
        if (usage.input() <= boundInput && usage.output() <= boundOutput) return usage;
        long input = Math.min(usage.input(), boundInput);
        long output = Math.min(usage.output(), boundOutput);
        return new TokenUsage(
                input,
                output,
                Math.min(usage.cachedInput(), input),
                Math.min(usage.reasoning(), output));
    }
}
