package agency.platform.egress;

import agency.platform.config.Setting;
import java.util.List;

/**
 * Where Agency may call besides the public internet.
 *
 * @param allow origins and networks that are allowed although they are private
 */
public record EgressSettings(
        @Setting(
                        doc =
                                "Private targets that may be called: origins"
                                        + " (http://10.0.0.5:8000), networks (10.0.0.0/8) or hosts"
                                        + " (gpu.internal). Loopback and private ranges are refused"
                                        + " otherwise; link-local and metadata addresses always.")
                List<String> allow) {
    /** Copies the list. */
    public EgressSettings {
        allow = List.copyOf(allow);
    }

    /** Nothing private is allowed. */
    public static EgressSettings publicOnly() {
        return new EgressSettings(List.of());
    }
}
