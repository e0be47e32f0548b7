package agency.kernel.metering;

/**
 * What kind of work an attempt asks of a model; stored by its code, so the order here may change.
 */
public enum Operation {
    /** A conversation's next message. */
    CHAT(1),
    /** Vectors for texts. */
    EMBEDDINGS(2),
    /** A check that a provider answers, made by an operator. */
    PROBE(3);

    private final int code;

    Operation(int code) {
        this.code = code;
    }

    /** The stored code. */
    public int code() {
        return code;
    }
}
