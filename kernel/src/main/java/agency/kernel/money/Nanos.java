package agency.kernel.money;

import java.math.BigDecimal;

/**
 * An amount of the organisation's currency in nano-units (10⁻⁹), exact.
 *
 * @param value nano-units; may be negative for corrections
 */
public record Nanos(long value) implements Comparable<Nanos> {
    /** No money. */
    public static final Nanos ZERO = new Nanos(0);

    /** One unit of the currency, in nano-units. */
    public static final long PER_UNIT = 1_000_000_000L;

    /** Longest text of an amount, in characters. */
    public static final int MAX_TEXT = 30;

    private static final int DIGITS = 9;

    /**
     * Reads an amount written in units of the currency, such as {@code 2.50}. Throws {@link
     * IllegalArgumentException} that says what is wrong with it.
     */
    public static Nanos parse(String units) {
        if (units.length() > MAX_TEXT || !units.matches("-?\\d+(\\.\\d+)?")) {
            throw new IllegalArgumentException("an amount is written as 2.50, with a point");
        }
        try {
            return new Nanos(new BigDecimal(units).movePointRight(DIGITS).longValueExact());
        } catch (ArithmeticException e) {
            throw new IllegalArgumentException(
                    "an amount has at most 9 digits after the point and 9 before it", e);
        }
    }

    /** The amount in units of the currency, without needless zeros: {@code 2.5}. */
    public String units() {
        return value == 0
                ? "0"
                : BigDecimal.valueOf(value, DIGITS).stripTrailingZeros().toPlainString();
    }

    /** The sum; throws {@link ArithmeticException} beyond 64 bits. */
    public Nanos plus(Nanos other) {
        return new Nanos(Math.addExact(value, other.value));
    }

    /** The difference; throws {@link ArithmeticException} beyond 64 bits. */
    public Nanos minus(Nanos other) {
        return new Nanos(Math.subtractExact(value, other.value));
    }

    @Override
    public int compareTo(Nanos other) {
        return Long.compare(value, other.value);
    }
}
