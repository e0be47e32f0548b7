package agency.platform.http;

import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Lets pages of listed origins call the API (the Fetch standard's CORS protocol); off when empty.
 */
final class Cors {
    private static final String HEADERS =
            "authorization, content-type, x-csrf-token, if-match, if-none-match, idempotency-key";

    private final Set<String> origins;

    Cors(List<String> origins) {
        this.origins = Set.copyOf(origins);
    }

    /** Adds what a listed origin needs; answers a preflight itself and says so. */
    boolean answers(HttpServerRequest request, RouteTable.@Nullable Place place) {
        if (origins.isEmpty()) {
            return false;
        }
        HttpServerResponse response = request.response();
        response.putHeader("vary", "origin");
        String origin = request.getHeader("origin");
        if (origin == null || !origins.contains(origin)) {
            return false;
        }
        response.putHeader("access-control-allow-origin", origin);
        response.putHeader(
                "access-control-expose-headers",
                "x-request-id, retry-after, etag, location, idempotent-replayed");
        boolean preflight =
                request.method().equals(HttpMethod.OPTIONS)
                        && request.headers().contains("access-control-request-method");
        if (!preflight || place == null) {
            return false;
        }
        response.putHeader("access-control-allow-methods", place.allowed());
        response.putHeader("access-control-allow-headers", HEADERS);
        response.putHeader("access-control-max-age", "600");
        response.setStatusCode(204).end();
        return true;
    }
}
