package agency.kernel.metering;

/** How an attempt ended; stored by its code. */
public enum Ending {
    /** The whole answer went out. */
    COMPLETED(1),
    /** The client left before the end. */
    CLIENT_LEFT(2),
    /** The provider answered with an error status. */
    UPSTREAM_ERROR(3),
    /** The provider could not be reached, broke off or sent garbage. */
    UPSTREAM_BROKEN(4),
    /** The provider took too long. */
    UPSTREAM_TIMEOUT(5),
    /** We stopped while it was under way. */
    CUT_SHORT(6),
    /** We died while it was under way. */
    UNKNOWN(7);

    private final int code;

    Ending(int code) {
        this.code = code;
    }

    /** The stored code. */
    public int code() {
        return code;
    }
}
