package agency.kernel.metering;

import java.util.UUID;

/**
 * What is about to be tried, written down before the upstream is called.
 *
 * @param request the request this attempt belongs to (ours, never from a header)
 * @param attempt which attempt of the request, from 1
 * @param caller on whose account
 * @param operation what kind of work
 * @param provider the provider's name, e.g. {@code openai}
 * @param model the model's name as the provider knows it
 * @param boundInputTokens more input tokens than this cannot be billed
 * @param boundOutputTokens more output tokens than this cannot be billed
 */
public record Intent(
        UUID request,
        int attempt,
        Caller caller,
        Operation operation,
        String provider,
        String model,
        long boundInputTokens,
        long boundOutputTokens) {}
