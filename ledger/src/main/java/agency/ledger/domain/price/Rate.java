package agency.ledger.domain.price;

import java.util.List;

/**
 * The price of a million tokens of one kind, in nano-units of the currency. A tier applies to all
 * tokens of a request whose input is longer than the tier's start, as vendors bill long contexts.
 *
 * @param nanosPerMillion the price below every tier
 * @param tiers dearer (or cheaper) prices of long contexts, by rising start
 */
public record Rate(long nanosPerMillion, List<Tier> tiers) {
    /** Highest price of a million tokens: a million units of the currency. */
    public static final long MAX_NANOS_PER_MILLION = 1_000_000_000_000_000L;

    /** Most tiers of one rate. */
    public static final int MAX_TIERS = 8;

    /** Costs nothing. */
    public static final Rate FREE = new Rate(0, List.of());

    /**
     * The price when the request's input is longer than {@code aboveInputTokens}.
     *
     * @param aboveInputTokens the longest input the tier does not yet apply to
     * @param nanosPerMillion the price of a million tokens from there on
     */
    public record Tier(long aboveInputTokens, long nanosPerMillion) {
        /** Refuses a start below 1 and a price out of range. */
        public Tier {
            if (aboveInputTokens < 1) {
                throw new IllegalArgumentException(
                        "a tier starts above 1 input token or more, not " + aboveInputTokens);
            }
            inRange(nanosPerMillion);
        }
    }

    /** Refuses a price out of range, too many tiers, and tiers that do not rise. */
    public Rate {
        tiers = List.copyOf(tiers);
        inRange(nanosPerMillion);
        if (tiers.size() > MAX_TIERS) {
            throw new IllegalArgumentException(
                    "a rate has at most " + MAX_TIERS + " tiers, not " + tiers.size());
        }
        for (int i = 1; i < tiers.size(); i++) {
            if (tiers.get(i).aboveInputTokens() <= tiers.get(i - 1).aboveInputTokens()) {
                throw new IllegalArgumentException("the starts of tiers must rise");
            }
        }
    }

    /** The same price for any length. */
    public static Rate flat(long nanosPerMillion) {
        return new Rate(nanosPerMillion, List.of());
    }

    /** The price of a million tokens in a request with this much input. */
    public long at(long inputTokens) {
        long price = nanosPerMillion;
        for (int i = 0; i < tiers.size(); i++) {
            Tier tier = tiers.get(i);
            if (inputTokens <= tier.aboveInputTokens()) {
                break;
            }
            price = tier.nanosPerMillion();
        }
        return price;
    }

    /** The highest price any request with at most this much input can meet. */
    public long dearest(long inputTokens) {
        long dearest = nanosPerMillion;
        for (Tier tier : tiers) {
            if (inputTokens > tier.aboveInputTokens()) {
                dearest = Math.max(dearest, tier.nanosPerMillion());
            }
        }
        return dearest;
    }

    private static void inRange(long nanosPerMillion) {
        if (nanosPerMillion < 0 || nanosPerMillion > MAX_NANOS_PER_MILLION) {
            throw new IllegalArgumentException(
                    "a million tokens cost 0 to 1000000 units, not "
                            + nanosPerMillion
                            + " nano-units");
        }
    }
}
