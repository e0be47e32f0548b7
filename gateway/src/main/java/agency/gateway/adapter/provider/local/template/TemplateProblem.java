package agency.gateway.adapter.provider.local.template;

/**
 * A template cannot be read, asks for something we do not know, or refuses the conversation itself.
 */
public final class TemplateProblem extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final boolean refusal;

    private TemplateProblem(String message, boolean refusal) {
        super(message, null, false, false);
        this.refusal = refusal;
    }

    /** The template is at fault. */
    static TemplateProblem faulty(String message) {
        return new TemplateProblem(message, false);
    }

    /** The template called {@code raise_exception}: the conversation does not suit the model. */
    static TemplateProblem refused(String message) {
        return new TemplateProblem(message, true);
    }

    /** Whether the template itself refused the conversation. */
    public boolean refusal() {
        return refusal;
    }
}
