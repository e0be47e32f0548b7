package agency.ledger.domain.usage;

import agency.kernel.metering.Ending;
import agency.kernel.metering.Intent;
import agency.kernel.metering.Outcome;
import agency.kernel.metering.TokenUsage;
import agency.kernel.metering.UsageClass;
import agency.ledger.domain.budget.Charge;
import agency.ledger.domain.price.Tariff;

/**
 * An attempt that has been admitted and has not ended.
 *
 * @param entry its number in its journal, from 1
 * @param intent what was to be tried
 * @param tariff the model and the price it was admitted at
 * @param charge the accounts it is charged to
 * @param startedMillis when it was admitted, milliseconds since 1970
 */
public record OpenAttempt(
        long entry, Intent intent, Tariff tariff, Charge charge, long startedMillis) {
    /** It ended so. */
    public Attempt ended(Outcome outcome) {
        return new Attempt(this, outcome);
    }

    /** We died while it was under way: its bound is assumed, and nothing is known of its times. */
    public Attempt assumed() {
        return ended(
                new Outcome(
                        Ending.UNKNOWN,
                        UsageClass.ASSUMED,
                        new TokenUsage(intent.boundInputTokens(), intent.boundOutputTokens(), 0, 0),
                        0,
                        0,
                        0,
                        0,
                        0,
                        null));
    }
}
