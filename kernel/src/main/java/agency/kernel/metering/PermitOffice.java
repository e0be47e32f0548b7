package agency.kernel.metering;

/**
 * The one place that makes permits. The ledger is one; a check of the architecture sees to it that
 * nothing else that ships is.
 */
public abstract class PermitOffice {
    /** For the ledger, and for tests. */
    protected PermitOffice() {}

    /**
     * Makes the permit for an intent that has been written down.
     *
     * @param entry where it was written, for the office's own use
     */
    protected final Permit issue(Intent intent, long entry) {
        return new Permit(intent, this, entry);
    }

    /** Called once for each permit, with how its attempt ended. Must not block. */
    protected abstract void settled(Permit permit, Outcome outcome);
}
