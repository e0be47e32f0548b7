package agency.ledger.domain.budget;

import java.math.BigInteger;
import java.util.List;

/**
 * What a budget says.
 *
 * @param name what people call it
 * @param scope whose attempts it bounds
 * @param unit what it counts
 * @param period when it begins anew
 * @param models which models it is about
 * @param cap the most that may be used in a period, in nano-units or tokens
 * @param hard whether what does not fit is refused; a soft one only tells
 * @param alerts at which shares of the cap people are told, in percent, rising
 */
public record BudgetTerms(
        String name,
        Scope scope,
        Unit unit,
        Period period,
        ModelGroup models,
        long cap,
        boolean hard,
        List<Integer> alerts) {
    private static final BigInteger HUNDRED = BigInteger.valueOf(100);

    /** Longest name, in characters. */
    public static final int MAX_NAME = 100;

    /** Highest cap: a quarter of what 64 bits hold, so that sums of a few never overflow. */
    public static final long MAX_CAP = Long.MAX_VALUE / 4;

    /** Most shares at which people are told. */
    public static final int MAX_ALERTS = 10;

    /** Highest share, in percent: a soft budget can be overspent. */
    public static final int MAX_SHARE = 1_000;

    /** Refuses what is out of range. */
    public BudgetTerms {
        alerts = List.copyOf(alerts);
        if (name.isBlank() || name.length() > MAX_NAME) {
            throw new IllegalArgumentException("a name has 1 to " + MAX_NAME + " characters");
        }
        if (cap < 0 || cap > MAX_CAP) {
            throw new IllegalArgumentException("a cap is 0 to " + MAX_CAP + ", not " + cap);
        }
        if (alerts.size() > MAX_ALERTS) {
            throw new IllegalArgumentException(
                    "a budget has at most " + MAX_ALERTS + " alerts, not " + alerts.size());
        }
        int before = 0;
        for (int share : alerts) {
            if (share <= before || share > MAX_SHARE) {
                throw new IllegalArgumentException(
                        "the shares of alerts rise from 1 to " + MAX_SHARE + " percent");
            }
            before = share;
        }
    }

    /** Whether so much is this share of the cap, in percent, or more; nothing is no share. */
    public boolean reached(int share, long used) {
        return used > 0
                && BigInteger.valueOf(used)
                                .multiply(HUNDRED)
                                .compareTo(
                                        BigInteger.valueOf(cap).multiply(BigInteger.valueOf(share)))
                        >= 0;
    }

    /** Whether two say the same of whom, what and when: what cannot be changed later. */
    public boolean sameBounds(BudgetTerms other) {
        return scope.equals(other.scope)
                && unit == other.unit
                && period.equals(other.period)
                && models.equals(other.models);
    }
}
