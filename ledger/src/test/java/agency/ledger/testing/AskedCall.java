package agency.ledger.testing;

import agency.platform.http.Authenticator;
import agency.platform.http.Call;
import agency.platform.http.Problem;
import agency.platform.json.Json;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/** A call as a handler sees it, without a network. */
public record AskedCall(Map<String, String> paths, Map<String, String> queries, String text)
        implements Call {
    /** A question. */
    public static AskedCall query(String... namesAndValues) {
        Map<String, String> queries = new java.util.HashMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            queries.put(namesAndValues[i], namesAndValues[i + 1]);
        }
        return new AskedCall(Map.of(), queries, "");
    }

    @Override
    public UUID request() {
        return new UUID(1, 1);
    }

    @Override
    public Authenticator.Principal principal() {
        return new Authenticator.Principal(new UUID(2, 2), 0, "owner", Set.of(), null);
    }

    @Override
    public boolean mayStill() {
        return true;
    }

    @Override
    public String path(String name) {
        return paths.get(name);
    }

    @Override
    public Optional<String> query(String name) {
        return Optional.ofNullable(queries.get(name));
    }

    @Override
    public Optional<String> header(String name) {
        return Optional.empty();
    }

    @Override
    public String clientAddress() {
        return "127.0.0.1";
    }

    @Override
    public boolean secure() {
        return false;
    }

    @Override
    public byte[] body() {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public <T extends Record> T body(Class<T> type) {
        return Json.read(body(), type);
    }

    @Override
    public UUID pathId(String name) {
        try {
            return UUID.fromString(path(name));
        } catch (IllegalArgumentException e) {
            throw new Problem(404, "not-found", "Not found", "no such thing");
        }
    }
}
