package agency.kernel.metering;

/** How well the usage of an attempt is known; stored by its code. */
public enum UsageClass {
    /** The provider said so. */
    REPORTED(1),
    /** We counted: the client left, or the provider did not say. */
    ESTIMATED(2),
    /** The bound of the attempt: we died before we knew. */
    ASSUMED(3);

    private final int code;

    UsageClass(int code) {
        this.code = code;
    }

    /** The stored code. */
    public int code() {
        return code;
    }
}
