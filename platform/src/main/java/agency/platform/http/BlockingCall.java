package agency.platform.http;

import agency.platform.json.Json;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A request as its blocking route sees it: everything is read off the event loop's objects first.
 */
final class BlockingCall implements Call {
    private final UUID id;
    private final Authenticator.@Nullable Principal principal;
    private final Map<String, String> path;
    private final MultiMap query;
    private final MultiMap headers;
    private final Buffer body;
    private final String clientAddress;
    private final boolean secure;
    private final Guard guard;

    BlockingCall(
            LiveExchange exchange,
            RouteTable.Place place,
            Buffer body,
            Clients clients,
            Guard guard) {
        this.guard = guard;
        HttpServerRequest request = exchange.request();
        this.id = exchange.id();
        this.principal = exchange.caller();
        this.path = decoded(place.parameters(String.valueOf(request.path())));
        this.query = request.params();
        this.headers = request.headers();
        this.body = body;
        this.clientAddress = clients.address(request);
        this.secure = clients.secure(request);
    }

    @Override
    public UUID request() {
        return id;
    }

    @Override
    public Authenticator.Principal principal() {
        if (principal == null) {
            throw Guard.unauthorized("This needs to know who calls, and no credential came.");
        }
        return principal;
    }

    @Override
    public boolean mayStill() {
        return principal == null || guard.stillIs(principal, headers, clientAddress, secure);
    }

    @Override
    public String path(String name) {
        String value = path.get(name);
        if (value == null) {
            throw new IllegalArgumentException("the path has no parameter " + name);
        }
        return value;
    }

    @Override
    public Optional<String> query(String name) {
        return Optional.ofNullable(query.get(name));
    }

    @Override
    public Optional<String> header(String name) {
        return Optional.ofNullable(headers.get(name));
    }

    @Override
    public String clientAddress() {
        return clientAddress;
    }

    @Override
    public boolean secure() {
        return secure;
    }

    @Override
    public byte[] body() {
        return body.getBytes();
    }

    @Override
    public <T extends Record> T body(Class<T> type) {
        String given = headers.get("content-type");
        if (given != null && !isJson(given)) {
            String shown = given.length() > 100 ? given.substring(0, 100) : given;
            throw Problems.unsupportedMediaType(shown, "application/json");
        }
        return Json.read(body.getBytes(), type);
    }

    @Override
    public UUID pathId(String name) {
        String text = path(name);
        try {
            UUID parsed = UUID.fromString(text);
            if (parsed.toString().equalsIgnoreCase(text)) {
                return parsed;
            }
        } catch (IllegalArgumentException e) {
            // Said below: an id of another form is simply not there.
        }
        throw new Problem(
                404, "not-found", "Not found", "There is nothing with the id given in the path.");
    }

    private static boolean isJson(String contentType) {
        int semicolon = contentType.indexOf(';');
        String bare =
                (semicolon < 0 ? contentType : contentType.substring(0, semicolon))
                        .strip()
                        .toLowerCase(Locale.ROOT);
        return bare.equals("application/json") || bare.endsWith("+json");
    }

    private static Map<String, String> decoded(Map<String, String> raw) {
        Map<String, String> values = new HashMap<>();
        raw.forEach((name, value) -> {
            try {
                // In a path a plus is a plus; only the query writes spaces so.
                String kept = value.replace("+", "%2B");
                values.put(name, URLDecoder.decode(kept, StandardCharsets.UTF_8));
            } catch (IllegalArgumentException e) {
                throw Problems.malformed(400, "The path is not well percent-encoded.");
            }
        });
        return values;
    }
}
