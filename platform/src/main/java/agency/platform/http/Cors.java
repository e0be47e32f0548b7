package agency.platform.http;

import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Lets pages of listed origins call {@code /api} and {@code /v1} with a key (the Fetch standard's
 * CORS protocol); off when none is listed. Never with a session: {@code
 * Access-Control-Allow-Credentials} is not sent, so a page of another origin can read no answer
 * that a cookie has opened.
 */
final class Cors {
    /** All but the key may be any; a star does not stand for {@code authorization}. */
    private static final String REQUEST_HEADERS = "authorization, *";

    /** What a page may read of an answer's head besides its content's type and language. */
    private static final String ANSWER_HEADERS =
            "etag, idempotent-replayed, location, retry-after, x-agency-attempts,"
                    + " x-agency-overhead-us, x-agency-provider, x-request-id";

    /** How long a browser may go by what a preflight said, seconds. */
    private static final String MAX_AGE = "600";

    private final Set<String> origins;

    Cors(List<String> origins) {
        this.origins = Set.copyOf(origins);
    }

    /**
     * Whether a text is an origin as browsers send it (RFC 6454, 6.2): {@code https://host} or
     * {@code http://host:port}, in lower case and with nothing behind it. A star is none: who may
     * call is listed by name.
     */
    static boolean isOrigin(String text) {
        try {
            URI uri = URI.create(text);
            String scheme = uri.getScheme();
            String host = uri.getHost();
            if (scheme == null || host == null || !Set.of("http", "https").contains(scheme)) {
                return false;
            }
            boolean usual = uri.getPort() == (scheme.equals("https") ? 443 : 80);
            String port = uri.getPort() < 0 ? "" : ":" + uri.getPort();
            return !usual && text.equals((scheme + "://" + host + port).toLowerCase(Locale.ROOT));
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /** Adds what a listed origin needs; answers a preflight itself and says so. */
    boolean answers(HttpServerRequest request, RouteTable.@Nullable Place place) {
        if (origins.isEmpty() || !isApi(request.path())) {
            return false;
        }
        HttpServerResponse response = request.response();
        response.putHeader("vary", "origin");
        String origin = request.getHeader("origin");
        if (origin == null || !origins.contains(origin)) {
            return false;
        }
        response.putHeader("access-control-allow-origin", origin);
        response.putHeader("access-control-expose-headers", ANSWER_HEADERS);
        boolean preflight =
                request.method().equals(HttpMethod.OPTIONS)
                        && request.headers().contains("access-control-request-method");
        if (!preflight || place == null) {
            return false;
        }
        response.putHeader("access-control-allow-methods", place.allowed());
        response.putHeader("access-control-allow-headers", REQUEST_HEADERS);
        response.putHeader("access-control-max-age", MAX_AGE);
        response.setStatusCode(204).end();
        return true;
    }

    private static boolean isApi(@Nullable String path) {
        return path != null && (path.startsWith("/api/") || path.startsWith("/v1/"));
    }
}
