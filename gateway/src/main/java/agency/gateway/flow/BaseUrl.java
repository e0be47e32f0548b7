package agency.gateway.flow;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.Optional;

/** The address at which a provider's API begins. */
final class BaseUrl {
    private static final int LONGEST = 500;

    private BaseUrl() {}

    /** The address, without a slash at its end; empty when it is none. */
    static Optional<URI> parsed(String text) {
        if (text.isEmpty() || text.length() > LONGEST) return Optional.empty();
        try {
            URI uri = new URI(text.endsWith("/") ? text.substring(0, text.length() - 1) : text);
            String scheme = uri.getScheme();
            boolean http = scheme != null && scheme.toLowerCase(Locale.ROOT).matches("https?");
            boolean bare =
                    uri.getRawUserInfo() == null
                            && uri.getRawQuery() == null
                            && uri.getRawFragment() == null;
            return http && bare && uri.getHost() != null ? Optional.of(uri) : Optional.empty();
        } catch (URISyntaxException e) {
            return Optional.empty();
        }
    }
}
