package agency.ledger.domain.price;

import agency.kernel.metering.TokenUsage;
import java.math.BigInteger;
import org.jspecify.annotations.Nullable;

/**
 * What a model's tokens cost. All arithmetic is in integers, and a cost is rounded once: half a
 * nano-unit and more goes up. What holds money aside rounds up.
 *
 * @param input input tokens
 * @param output output tokens, reasoning ones included
 * @param cacheRead input tokens read from the provider's cache; null: the price of input
 * @param cacheWrite input tokens written to the provider's cache; null: the price of input. Not yet
 *     told apart in usage, so it counts in the bound only
 * @param inputAudio audio tokens in; null: unknown. Kept for the routes that will bill audio
 * @param outputAudio audio tokens out; null: unknown
 * @param cacheAudioRead audio tokens read from the cache; null: unknown
 * @param nanosPerThousandRequests nano-units for a thousand requests, on top
 */
public record Price(
        Rate input,
        Rate output,
        @Nullable Rate cacheRead,
        @Nullable Rate cacheWrite,
        @Nullable Rate inputAudio,
        @Nullable Rate outputAudio,
        @Nullable Rate cacheAudioRead,
        long nanosPerThousandRequests) {
    /** Costs nothing, whatever is used. */
    public static final Price FREE = of(Rate.FREE, Rate.FREE);

    /** What a million is: the denominator all sums of one cost share. */
    private static final long MILLION = 1_000_000L;

    /** A thousand requests over a million: how often a request's price goes into that sum. */
    private static final long REQUEST_PARTS = 1_000L;

    /** Refuses a negative or absurd price per request. */
    public Price {
        if (nanosPerThousandRequests < 0 || nanosPerThousandRequests > Rate.MAX_NANOS_PER_MILLION) {
            throw new IllegalArgumentException(
                    "a thousand requests cost 0 to 1000000 units, not "
                            + nanosPerThousandRequests
                            + " nano-units");
        }
    }

    /** A price of text in and out and nothing else. */
    public static Price of(Rate input, Rate output) {
        return new Price(input, output, null, null, null, null, null, 0);
    }

    /**
     * What this usage costs, in nano-units, rounded once, half up. Tokens below zero count as none,
     * and no more input can have been cached than there was; a cost beyond 64 bits is the largest
     * 64 bits can say.
     */
    public long cost(TokenUsage usage) {
        long input = Math.max(0, usage.input());
        long cached = Math.min(Math.max(0, usage.cachedInput()), input);
        long output = Math.max(0, usage.output());
        if (input == 0 && output == 0) {
            // A request that failed before it used anything is not billed.
            return 0;
        }
        Rate read = cacheRead == null ? this.input : cacheRead;
        return rounded(
                input - cached,
                this.input.at(input),
                cached,
                read.at(input),
                output,
                this.output.at(input),
                MILLION / 2);
    }

    /** The most an attempt within these bounds can cost, in nano-units, rounded up. */
    public long bound(long inputTokens, long outputTokens) {
        long input = Math.max(0, inputTokens);
        long output = Math.max(0, outputTokens);
        long dearest = this.input.dearest(input);
        if (cacheRead != null) {
            dearest = Math.max(dearest, cacheRead.dearest(input));
        }
        if (cacheWrite != null) {
            dearest = Math.max(dearest, cacheWrite.dearest(input));
        }
        return rounded(input, dearest, 0, 0, output, this.output.dearest(input), MILLION - 1);
    }

    private long rounded(
            long a, long priceA, long b, long priceB, long c, long priceC, long upward) {
        long sum;
        try {
            sum =
                    Math.addExact(
                            Math.addExact(Math.multiplyExact(a, priceA), upward),
                            Math.addExact(
                                    Math.multiplyExact(b, priceB),
                                    Math.addExact(
                                            Math.multiplyExact(c, priceC),
                                            nanosPerThousandRequests * REQUEST_PARTS)));
        } catch (ArithmeticException beyond) {
            return wide(a, priceA)
                    .add(wide(b, priceB))
                    .add(wide(c, priceC))
                    .add(wide(nanosPerThousandRequests, REQUEST_PARTS))
                    .add(BigInteger.valueOf(upward))
                    .divide(BigInteger.valueOf(MILLION))
                    .min(BigInteger.valueOf(Long.MAX_VALUE))
                    .longValueExact();
        }
        return sum / MILLION;
    }

    private static BigInteger wide(long a, long b) {
        return BigInteger.valueOf(a).multiply(BigInteger.valueOf(b));
    }
}
