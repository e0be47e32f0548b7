package agency.gateway.adapter.provider.local.grammar;

/** A schema asks for something we cannot hold a model to; the message says what and where. */
public final class SchemaProblem extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** Says what and where. */
    public SchemaProblem(String message) {
        super(message, null, false, false);
    }
}
