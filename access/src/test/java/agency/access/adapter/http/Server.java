package agency.access.adapter.http;

import agency.access.api.Opened;
import agency.access.house.MemoryHouse;
import agency.platform.config.Configuration;
import agency.platform.config.Sources;
import agency.platform.http.BytesInFlight;
import agency.platform.http.EventLoops;
import agency.platform.http.HttpServerPart;
import agency.platform.http.ServerSettings;
import agency.platform.json.Json;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Access behind the real HTTP server, opened. */
final class Server implements AutoCloseable {
    final MemoryHouse house;
    final Opened opened;
    final String administrator;

    private final EventLoops loops = new EventLoops(1);
    private final HttpServerPart server;
    private final HttpClient client = HttpClient.newHttpClient();

    record Root(ServerSettings server) {}

    /** An answer with its JSON. */
    record Got(int status, HttpResponse<String> raw, JsonNode json) {
        String header(String name) {
            return raw.headers().firstValue(name).orElse("");
        }
    }

    Server() {
        this(new MemoryHouse());
    }

    Server(MemoryHouse house) {
        this.house = house;
        this.opened = house.open();
        this.administrator = "Bearer " + opened.profile().orElseThrow().reveal();
        ServerSettings settings =
                Configuration.load(Root.class, Sources.none().flags(List.of("--server.port=0")))
                        .values()
                        .server();
        server =
                new HttpServerPart(
                        settings,
                        loops,
                        house.access.routes(),
                        house.access.authenticator(),
                        new BytesInFlight(settings.maxBytesInFlight().count()),
                        new SimpleMeterRegistry(),
                        List.of());
        server.start();
    }

    /** Asks as the administrator. */
    Got ask(String method, String path, @Nullable String body)
            throws IOException, InterruptedException {
        return ask(method, path, body, "authorization", administrator);
    }

    /** Asks with these headers. */
    Got ask(String method, String path, @Nullable String body, String... headers)
            throws IOException, InterruptedException {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create(server.address() + path))
                        .method(
                                method,
                                body == null
                                        ? BodyPublishers.noBody()
                                        : BodyPublishers.ofString(body));
        if (body != null) {
            request.header("content-type", "application/json");
        }
        if (headers.length > 0) {
            request.headers(headers);
        }
        HttpResponse<String> answer =
                client.send(request.build(), HttpResponse.BodyHandlers.ofString());
        boolean isJson = answer.headers().firstValue("content-type").orElse("").contains("json");
        return new Got(
                answer.statusCode(),
                answer,
                isJson ? Json.mapper().readTree(answer.body()) : Json.mapper().nullNode());
    }

    @Override
    public void close() {
        server.close();
        loops.close();
    }
}
