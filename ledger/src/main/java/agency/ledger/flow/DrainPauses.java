package agency.ledger.flow;

/**
 * How long the drain of the journal waits, and for what.
 *
 * @param gatherMillis how long attempts are gathered before they are posted, in milliseconds. Each
 *     posting costs an append and two projections whatever its size, so that ten a second cost a
 *     quiet server more than its requests; and nobody waits for them but who reads their usage.
 * @param firstMillis the pause after a first failure, in milliseconds; doubled with every further
 *     failure in a row
 * @param longestMillis the longest pause after a failure, in milliseconds
 */
record DrainPauses(int gatherMillis, int firstMillis, int longestMillis) {
    /** What the product runs with: gentle to a database that is coming back. */
    static final DrainPauses USUAL = new DrainPauses(250, 100, 5_000);

    /**
     * Checks.
     *
     * @throws IllegalArgumentException unless 0 &lt; gather, and 0 &lt; first &lt;= longest
     */
    DrainPauses {
        if (gatherMillis <= 0 || firstMillis <= 0 || longestMillis < firstMillis) {
            throw new IllegalArgumentException(
                    "pauses must be positive, the longest no shorter than the first: gather "
                            + gatherMillis
                            + " ms, first "
                            + firstMillis
                            + " ms, longest "
                            + longestMillis
                            + " ms");
        }
    }

    /** The pause that follows this one when the next try fails too, in milliseconds. */
    int after(int millis) {
        return Math.min(millis * 2, longestMillis);
    }
}
