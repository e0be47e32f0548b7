package agency.ledger.domain.usage;

import java.util.UUID;

/**
 * One attempt out of a fact of many.
 *
 * @param caller on whose account
 * @param line which model at which price
 * @param request the request it belongs to
 * @param attempt which attempt of the request, from 1
 * @param startedMillis when it was admitted, milliseconds since 1970
 * @param ending the code of its ending
 * @param usageClass the code of its usage's class
 * @param status the provider's HTTP status, 0 without one
 * @param input input tokens
 * @param output output tokens
 * @param cached input tokens from the provider's cache
 * @param reasoning output tokens spent thinking
 * @param costNanos nano-units, {@link Attempt#UNPRICED} without a price
 * @param upstreamMicros microseconds at the provider
 * @param firstByteMicros microseconds to the first byte, 0 if none
 * @param totalMicros microseconds in all
 * @param overheadMicros microseconds of our own
 * @param providerRequest the provider's own id of the request, empty without one
 */
public record UsageRow(
        UsageRecorded.Account caller,
        UsageRecorded.Line line,
        UUID request,
        int attempt,
        long startedMillis,
        int ending,
        int usageClass,
        int status,
        long input,
        long output,
        long cached,
        long reasoning,
        long costNanos,
        long upstreamMicros,
        long firstByteMicros,
        long totalMicros,
        long overheadMicros,
        String providerRequest) {}
