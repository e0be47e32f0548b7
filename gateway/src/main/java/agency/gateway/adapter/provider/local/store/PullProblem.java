package agency.gateway.adapter.provider.local.store;

/** A model could not be fetched; the message is a sentence for the person who wanted it. */
public final class PullProblem extends Exception {
    private static final long serialVersionUID = 1L;

    /** Says what went wrong and what would be right. */
    public PullProblem(String message) {
        super(message, null, false, false);
    }
}
