package agency.gateway.adapter.provider.local.wire;

import agency.gateway.port.UpstreamFailure;

/** Carries a refusal from deep within the reading of a request to the one place that answers it. */
public final class NotServed extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient UpstreamFailure failure;

    /** Will be answered with {@code failure}. */
    public NotServed(UpstreamFailure failure) {
        super(null, null, false, false);
        this.failure = failure;
    }

    /** The request asks for something that cannot be. */
    public static NotServed invalid(String param, String message) {
        return new NotServed(
                new UpstreamFailure.Refused(
                        400, "invalid_request_error", "invalid_value", message, param));
    }

    /** The request asks for something that local models do not offer. */
    public static NotServed unsupported(String param, String message) {
        return new NotServed(
                new UpstreamFailure.Refused(
                        400, "invalid_request_error", "unsupported_parameter", message, param));
    }

    /** What to answer. */
    public UpstreamFailure failure() {
        return failure;
    }
}
