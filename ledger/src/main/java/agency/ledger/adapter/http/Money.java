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

    /** Longest decimal taken, in characters. */
    private static final int MAX_DECIMAL = 30;

    static Money of(long nanos) {
        return new Money(decimal(nanos), nanos);
    }

    /** A decimal in nano-units; throws {@link IllegalArgumentException} for what is none. */
    static long nanos(String field, String decimal) {
        try {
            if (decimal.length() <= MAX_DECIMAL) {
                return new BigDecimal(decimal).movePointRight(DIGITS).longValueExact();
            }
        } catch (ArithmeticException | NumberFormatException e) {
            // The same answer as for an overlong one.
        }
        throw new IllegalArgumentException(
                field
                        + " must be a decimal such as \"2.50\" with at most 9 digits after the"
                        + " point");
    }

    static String decimal(long nanos) {
        return BigDecimal.valueOf(nanos, DIGITS).stripTrailingZeros().toPlainString();
    }
}
