package agency.ledger.domain.budget;

/**
 * A stretch of time that a budget is counted in, in seconds since 1970.
 *
 * @param from its first second
 * @param until the first second after it; {@link #ENDLESS} when it has no end
 */
public record Span(long from, long until) {
    /** The end of what has none. */
    public static final long ENDLESS = Long.MAX_VALUE;

    /** All time. */
    public static final Span EVER = new Span(0, ENDLESS);
}
