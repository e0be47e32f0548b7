package agency.ledger.domain.usage;

import agency.kernel.metering.Outcome;
import agency.ledger.domain.price.PriceVersion;
import org.jspecify.annotations.Nullable;

/**
 * An attempt that has ended, with what it used.
 *
 * @param open what was admitted
 * @param outcome how it ended
 */
public record Attempt(OpenAttempt open, Outcome outcome) {
    /** The cost that stands for "unpriced" where a number must stand. */
    public static final long UNPRICED = -1;

    /** What it cost in nano-units, or {@link #UNPRICED}. */
    public long costNanos() {
        @Nullable PriceVersion version = open.tariff().version();
        return version == null ? UNPRICED : version.price().cost(outcome.usage());
    }
}
