package agency.platform.http;

import agency.platform.config.Configuration;
import agency.platform.config.Sources;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/** A real server on a free port, for tests. */
final class Serving implements AutoCloseable {
    static final UUID ACTOR = new UUID(0, 1);

    private static final Set<Permission> ALL =
            Set.of(
                    Permission.of("keys.read"),
                    Permission.of("events.read"),
                    Permission.of("events.verify"),
                    Permission.of("projections.rebuild"),
                    Permission.of("projections.retry"),
                    Permission.of("projections.rollback"),
                    Permission.INSTALLATION);

    final EventLoops loops = new EventLoops(2);
    final BytesInFlight inFlight;
    final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    final HttpServerPart server;
    final HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    /** Who is let in besides, by token or cookie; tests take them out again. */
    static final Map<String, Authenticator.Principal> GUESTS = new ConcurrentHashMap<>();

    /** Knows an administrator, owners of two organisations, a project key and a session. */
    static final Authenticator AUTHENTICATOR =
            new Authenticator() {
                @Override
                public Principal bearer(String token, String clientAddress) {
                    return switch (token) {
                        case "admin" -> new Principal(ACTOR, 0, "owner", ALL, null);
                        case "member" ->
                                new Principal(
                                        ACTOR,
                                        1,
                                        "owner",
                                        Set.of(Permission.of("events.read")),
                                        null);
                        case "neighbour" ->
                                new Principal(
                                        ACTOR,
                                        2,
                                        "owner",
                                        Set.of(Permission.of("events.read")),
                                        null);
                        case "project" -> new Principal(ACTOR, 1, "project key", Set.of(), null);
                        default -> GUESTS.get(token);
                    };
                }

                @Override
                public Principal session(String cookie) {
                    return cookie.equals("s1")
                            ? new Principal(ACTOR, 0, "owner", ALL, "csrf1")
                            : GUESTS.get(cookie);
                }
            };

    record Root(ServerSettings server) {}

    Serving(List<Route> routes, String... flags) {
        List<String> all = new ArrayList<>(List.of("--server.port=0"));
        all.addAll(List.of(flags));
        ServerSettings settings = settings(all);
        inFlight = new BytesInFlight(settings.maxBytesInFlight().count());
        server =
                new HttpServerPart(
                        settings, loops, routes, AUTHENTICATOR, inFlight, meters, List.of());
        server.start();
    }

    static ServerSettings settings(List<String> flags) {
        return Configuration.load(Root.class, Sources.none().flags(flags)).values().server();
    }

    HttpResponse<String> get(String path, String... headers) throws Exception {
        return send("GET", path, null, headers);
    }

    HttpResponse<String> post(String path, String body, String... headers) throws Exception {
        return send("POST", path, body, headers);
    }

    HttpResponse<String> send(String method, String path, String body, String... headers)
            throws Exception {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create(server.address() + path))
                        .method(
                                method,
                                body == null
                                        ? HttpRequest.BodyPublishers.noBody()
                                        : HttpRequest.BodyPublishers.ofString(body));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    /** Sends bytes as they are and reads until the server closes. */
    String raw(String text) throws IOException {
        try (Socket socket = new Socket("127.0.0.1", server.port())) {
            socket.setSoTimeout(60_000);
            socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
            socket.getOutputStream().flush();
            java.io.ByteArrayOutputStream answer = new java.io.ByteArrayOutputStream();
            try {
                socket.getInputStream().transferTo(answer);
            } catch (java.net.SocketException reset) {
                // Closed by the server all the same, only less politely.
            }
            return answer.toString(StandardCharsets.ISO_8859_1);
        }
    }

    /** The answer reaches the client a moment before its bytes are given back. */
    void awaitNothingHeld() {
        long end = System.nanoTime() + 60_000_000_000L;
        while (inFlight.held() != 0 && System.nanoTime() < end) {
            Thread.onSpinWait();
        }
        org.assertj.core.api.Assertions.assertThat(inFlight.held()).isZero();
    }

    static Map<?, ?> json(HttpResponse<String> response) {
        return agency.platform.json.Json.mapper().readValue(response.body(), Map.class);
    }

    @Override
    public void close() {
        server.close();
        loops.close();
        client.close();
    }
}
