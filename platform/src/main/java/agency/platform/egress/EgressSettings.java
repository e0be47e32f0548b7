package agency.platform.egress;

import agency.kernel.network.AddressRange;
import agency.platform.config.Setting;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

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
    private static final Pattern HOST = Pattern.compile("[A-Za-z0-9]([A-Za-z0-9.:-]{0,252})");

    /** Refuses an entry that is neither an origin nor a network nor a host. */
    public EgressSettings {
        allow = List.copyOf(allow);
        allow.forEach(EgressSettings::check);
    }

    private static void check(String entry) {
        if (entry.contains("://")) {
            URI origin = origin(entry);
            if (origin == null || origin.getHost() == null) {
                throw new IllegalArgumentException(
                        "allow: `" + entry + "` must be an origin such as http://10.0.0.5:8000");
            }
        } else if (entry.contains("/")) {
            AddressRange.parse(entry);
        } else if (!HOST.matcher(entry).matches()) {
            throw new IllegalArgumentException(
                    "allow: `" + entry + "` must be a host, an origin or a network");
        }
    }

    private static @Nullable URI origin(String entry) {
        try {
            return new URI(entry);
        } catch (URISyntaxException e) {
            return null;
        }
    }

    /** Nothing private is allowed. */
    public static EgressSettings publicOnly() {
        return new EgressSettings(List.of());
    }
}
