package agency.kernel.metering;

/** The ledger's answer to an intent. */
public sealed interface Admission {
    /** Go ahead; the intent is on record. */
    record Admitted(Permit permit) implements Admission {}

    /** The account has not enough left for the bound of this attempt. */
    record Exhausted(String account, long capNanos, long leftNanos, long boundNanos)
            implements Admission {}

    /**
     * The model has no price and the account has a cap: what cannot be priced cannot be held to it.
     */
    record Unpriced(String provider, String model, String account) implements Admission {}

    /** The journal cannot take more now; try again after this many seconds. */
    record Overloaded(int retryAfterSeconds) implements Admission {}
}
