package agency.kernel.money;

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
