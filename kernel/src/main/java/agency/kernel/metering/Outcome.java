package agency.kernel.metering;

import org.jspecify.annotations.Nullable;

/**
 * How an attempt ended and what it used, written down once.
 *
 * @param ending how it ended
 * @param usageClass how well the usage is known
 * @param usage the tokens
 * @param status the provider's HTTP status, 0 when there was none
 * @param upstreamMicros from the call to the provider until its last byte, microseconds
 * @param firstByteMicros from the request's arrival until the first byte of the answer went out, 0
 *     if none did
 * @param totalMicros from the request's arrival until the answer's last byte went out
 * @param overheadMicros the part of the total that was not spent waiting for the provider or the
 *     client
 * @param providerRequestId the provider's own id of the request, if it gave one (at most 100
 *     characters)
 */
public record Outcome(
        Ending ending,
        UsageClass usageClass,
        TokenUsage usage,
        int status,
        long upstreamMicros,
        long firstByteMicros,
        long totalMicros,
        long overheadMicros,
        @Nullable String providerRequestId) {}
