package agency.kernel.metering;

/** The ledger's answer to an intent. */
public sealed interface Admission {
    /** Go ahead; the intent is on record. */
    record Admitted(Permit permit) implements Admission {}

    /**
     * An account has not enough left for the bound of this attempt.
     *
     * @param account which, as people are told of it
     * @param tokens whether it counts tokens; else nano-units
     * @param cap the most it allows in its period
     * @param left what is left of that
     * @param bound what the attempt could need
     * @param renewsAt when more will be left, in seconds since 1970; 0 for never
     */
    record Exhausted(String account, boolean tokens, long cap, long left, long bound, long renewsAt)
            implements Admission {}

    /**
     * The model has no price and the account has a cap: what cannot be priced cannot be held to it.
     */
    record Unpriced(String provider, String model, String account) implements Admission {}

    /** The journal cannot take more now; try again after this many seconds. */
    record Overloaded(int retryAfterSeconds) implements Admission {}
}
