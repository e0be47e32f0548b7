package agency.ledger.adapter.http;

import java.math.BigDecimal;

/**
 * An amount as the API shows it: exact, as a decimal for people and as nano-units for programs.
 *
 * @param amount in the currency, as a decimal
 * @param nanos in nano-units
 */
record Money(String amount, long nanos) {
    /** Digits after the decimal point of a nano-unit. */
    private static final int DIGITS = 9;

    static Money of(long nanos) {
        return new Money(decimal(nanos), nanos);
    }

    static String decimal(long nanos) {
        return BigDecimal.valueOf(nanos, DIGITS).stripTrailingZeros().toPlainString();
    }
}
