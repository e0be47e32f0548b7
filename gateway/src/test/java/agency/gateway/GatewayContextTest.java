package agency.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import agency.gateway.api.DiscoveredProvider;
import agency.gateway.api.Gateway.Adopted;
import agency.gateway.api.GatewaySettings;
import agency.gateway.port.Callers;
import agency.gateway.port.ModelProvider;
import agency.gateway.port.ModelStore;
import agency.gateway.port.RunningAttempt;
import agency.gateway.port.UpstreamFailure;
import agency.gateway.testing.BookOfTests;
import agency.gateway.testing.HonestEgress;
import agency.gateway.testing.LogOfTests;
import agency.gateway.testing.RawUpstream;
import agency.kernel.fact.Recorded;
import agency.kernel.metering.Caller;
import agency.platform.config.Configuration;
import agency.platform.config.Sources;
import agency.platform.crypto.SealedBox;
import agency.platform.crypto.SecretSource;
import agency.platform.http.Authenticator;
import agency.platform.http.BytesInFlight;
import agency.platform.http.EventLoops;
import agency.platform.http.HttpServerPart;
import agency.platform.http.Permission;
import agency.platform.http.Route;
import agency.platform.http.ServerSettings;
import agency.platform.projection.MemoryView;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/** The whole gateway behind the real server, with a raw upstream to connect. */
class GatewayContextTest {
    private static final String KEY = "sk-agency-" + "a".repeat(43);
    private static final UUID ID = new UUID(1, 1);
    private static final String FETCH = new UUID(7, 7).toString();

    private final RawUpstream upstream = upstream();
    private final EventLoops loops = new EventLoops(2);
    private final BookOfTests book = new BookOfTests();
    private final Relay relay = new Relay();
    private final LogOfTests log = new LogOfTests(relay);
    private final List<URI> allowed = new CopyOnWriteArrayList<>();
    private final Store store = new Store();
    private final GatewayContext gateway = gateway();
    private HttpServerPart server;
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private static RawUpstream upstream() {
        try {
            return new RawUpstream();
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    /** Shows facts to the view that the context makes later. */
    private static final class Relay implements MemoryView {
        private MemoryView to;

        @Override
        public String name() {
            return "relay";
        }

        @Override
        public Set<String> categories() {
            return Set.of();
        }

        @Override
        public void reset() {}

        @Override
        public void apply(Recorded fact) {
            to.apply(fact);
        }
    }

    private static final class Store implements ModelStore {
        private final List<LocalModel> models = new CopyOnWriteArrayList<>();
        private Runnable changed = () -> {};

        @Override
        public List<LocalModel> models() {
            return models;
        }

        @Override
        public Pull pull(String source, boolean termsAccepted) {
            if (source.startsWith("bad")) return new Pull.Refused("There is no such model.");
            if (!termsAccepted) return new Pull.TermsAsked("Be good.", "https://terms.example");
            LocalModel model = new LocalModel(source, "chat", "fetching", 100, 42, "42 %");
            models.add(model);
            changed.run();
            return new Pull.Begun(fetch(FETCH).orElseThrow());
        }

        @Override
        public Optional<Fetch> fetch(String id) {
            return id.equals(FETCH)
                    ? Optional.of(new Fetch(id, "tiny", "fetching", null, 100, 42, "42 %"))
                    : Optional.empty();
        }

        @Override
        public void onChange(Runnable listener) {
            changed = listener;
        }
    }

    private GatewayContext gateway() {
        ModelProvider local =
                (permit, request, sink) -> {
                    sink.failed(new UpstreamFailure.Busy("The model is 42 % here.", 5), null);
                    return new RunningAttempt() {
                        @Override
                        public void cancel() {}

                        @Override
                        public void pause() {}

                        @Override
                        public void resume() {}

                        @Override
                        public long outputSoFar() {
                            return 0;
                        }
                    };
                };
        Callers callers =
                key ->
                        key.equals(KEY)
                                ? new Callers.Bearer.Known(
                                        new Caller(1, ID, null, ID), Set.of(), null)
                                : new Callers.Bearer.Nobody();
        return new GatewayContext(
                new GatewayPorts(
                        GatewaySettings.defaults(),
                        loops,
                        callers,
                        book,
                        new HonestEgress(),
                        allowed::add,
                        new SealedBox(new byte[32], SecretSource.system()),
                        log,
                        at -> {},
                        UUID::randomUUID,
                        new SimpleMeterRegistry(),
                        local,
                        store,
                        Map.of("OPENAI_API_KEY", "sk-env")));
    }

    @BeforeEach
    void start() {
        relay.to = gateway.views().getFirst();
        gateway.start();
        Set<Permission> permissions =
                gateway.routes().stream().map(Route::permission).collect(Collectors.toSet());
        Authenticator everyone =
                new Authenticator() {
                    @Override
                    public Principal bearer(String token, String clientAddress) {
                        return new Principal(ID, 0, "everyone", permissions, null);
                    }

                    @Override
                    public Principal session(String cookie) {
                        return bearer(cookie, "127.0.0.1");
                    }
                };
        server =
                new HttpServerPart(
                        serverSettings(),
                        loops,
                        gateway.routes(),
                        everyone,
                        new BytesInFlight(1 << 24),
                        new SimpleMeterRegistry(),
                        List.of());
        server.start();
    }

    @AfterEach
    void stop() {
        server.close();
        gateway.close();
        upstream.close();
        client.shutdownNow();
        loops.close();
    }

    private static ServerSettings serverSettings() {
        record Root(ServerSettings server) {}
        return Configuration.load(
                        Root.class,
                        Sources.none().flags(List.of("--server.port=0", "--server.event_loops=2")))
                .values()
                .server();
    }

    private HttpResponse<String> call(String method, String path, String body) throws Exception {
        return client.send(
                HttpRequest.newBuilder(URI.create(server.address() + path))
                        .header("authorization", "Bearer " + KEY)
                        .header("content-type", "application/json")
                        .method(method, HttpRequest.BodyPublishers.ofString(body))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private String connect(String name) {
        return "{\"vendor\":\"compatible\",\"name\":\""
                + name
                + "\",\"base_url\":\"http://127.0.0.1:"
                + upstream.port()
                + "/v1\",\"api_key\":\"sk-up-secret\"}";
    }

    @Test
    void connectsListsTestsUsesAndRemovesAProvider() throws Exception {
        upstream.always((asked, line) -> {
            if (asked.head().startsWith("GET")) {
                line.json(
                        200,
                        "{\"data\":[{\"id\":\"m1\",\"max_completion_tokens\":77},"
                            + "{\"id\":\"m2\",\"limits\":{\"max_output_tokens\":5}},{\"id\":7},{}]}");
            } else {
                line.json(200, "{\"choices\":[],\"usage\":{\"prompt_tokens\":1}}");
            }
        });
        HttpResponse<String> connected = call("POST", "/api/v1/providers", connect("up"));
        assertThat(connected.statusCode()).as(connected.body()).isEqualTo(201);
        assertThat(connected.headers().firstValue("location")).hasValue("/api/v1/providers/up");
        assertThat(connected.body()).contains("\"latency_ms\"", "\"m1\"", "\"m2\"");
        assertThat(upstream.asked().header("authorization")).isEqualTo("Bearer sk-up-secret");

        String listed = call("GET", "/api/v1/providers", "").body();
        assertThat(listed).contains("\"has_key\":true").doesNotContain("sk-up-secret");
        assertThat(call("GET", "/api/v1/models", "").body())
                .contains("\"name\":\"up/m1\"", "\"output_limit\":77");
        assertThat(gateway.offersModels()).isTrue();
        assertThat(gateway.modelToTry()).hasValue("up/m1");

        assertThat(
                        call("POST", "/api/v1/providers", connect("up").replace("secret", "other"))
                                .statusCode())
                .isEqualTo(409);
        assertThat(call("POST", "/api/v1/providers/up/test", "").statusCode()).isEqualTo(200);
        assertThat(
                        call("POST", "/v1/chat/completions", "{\"model\":\"m1\",\"messages\":[]}")
                                .statusCode())
                .isEqualTo(200);

        assertThat(call("DELETE", "/api/v1/providers/up", "").statusCode()).isEqualTo(204);
        assertThat(call("DELETE", "/api/v1/providers/up", "").statusCode()).isEqualTo(404);
        assertThat(call("POST", "/v1/chat/completions", "{\"model\":\"m1\"}").statusCode())
                .isEqualTo(404);
    }

    @Test
    void saysWhatIsWrongWithAProvider() throws Exception {
        upstream.always((asked, line) -> line.json(401, "{}"));
        assertThat(call("POST", "/api/v1/providers", connect("up")).body())
                .contains("provider-key-refused");
        upstream.always((asked, line) -> line.json(200, "{\"data\":7}"));
        assertThat(call("POST", "/api/v1/providers", connect("up")).body())
                .contains("not a list of models");
        upstream.always((asked, line) -> line.json(200, "nonsense"));
        assertThat(call("POST", "/api/v1/providers", connect("up")).body()).contains("not JSON");
        upstream.always((asked, line) -> line.json(500, "{}"));
        assertThat(call("POST", "/api/v1/providers", connect("up")).body()).contains("500");
        upstream.always((asked, line) -> line.close());
        assertThat(call("POST", "/api/v1/providers", connect("up")).body()).contains("broke off");
        assertThat(
                        call(
                                        "POST",
                                        "/api/v1/providers",
                                        connect("up").replace("127.0.0.1", "10.0.0.1"))
                                .body())
                .contains("only 127.0.0.1");
        assertThat(call("POST", "/api/v1/providers", connect("Up")).statusCode()).isEqualTo(400);
        assertThat(call("GET", "/api/v1/providers", "").body()).isEqualTo("{\"items\":[]}");
    }

    @Test
    void fetchesModelsToThisMachine() throws Exception {
        assertThat(gateway.modelToTry()).isEmpty();
        String pull = "{\"source\":\"tiny\"}";
        assertThat(call("POST", "/api/v1/models/pull", pull).body()).contains("Be good.");
        assertThat(call("POST", "/api/v1/models/pull", "{\"source\":\"bad\"}").statusCode())
                .isEqualTo(422);
        String accepted = "{\"source\":\"tiny\",\"accept_terms\":true}";
        HttpResponse<String> begun = call("POST", "/api/v1/models/pull", accepted);
        assertThat(begun.statusCode()).isEqualTo(202);
        assertThat(begun.body()).contains("\"id\":\"" + FETCH + "\"").doesNotContain("model");
        assertThat(call("GET", "/api/v1/models/pulls/" + FETCH, "").body()).isEqualTo(begun.body());
        String other = "/api/v1/models/pulls/" + FETCH.replace('0', '1');
        assertThat(call("GET", other, "").statusCode()).isEqualTo(404);
        assertThat(call("GET", "/api/v1/models/local", "").body()).contains("\"bytes_here\":42");
        assertThat(call("GET", "/api/v1/models", "").body())
                .contains("\"state\":\"fetching\"", "\"kind\":\"chat\"");
        assertThat(gateway.modelToTry()).hasValue("tiny");
        HttpResponse<String> early =
                call("POST", "/v1/chat/completions", "{\"model\":\"tiny\",\"messages\":[]}");
        assertThat(early.statusCode()).isEqualTo(503);
        assertThat(early.body()).contains("42 %");
        assertThat(early.headers().firstValue("retry-after")).hasValue("5");
    }

    @Test
    void refusesABodyThatIsTooLong() throws Exception {
        String long_ = "{\"model\":\"m\",\"x\":\"" + "x".repeat(20 << 20) + "\"}";
        HttpResponse<String> answer = call("POST", "/v1/chat/completions", long_);
        assertThat(answer.statusCode()).isEqualTo(503);
        assertThat(answer.body()).contains("\"error\"");
    }

    @Test
    void offersWhatLiesReadyAndTellsWhyItCannotBeUsed() {
        List<DiscoveredProvider> found = gateway.discovered();
        assertThat(found).extracting(DiscoveredProvider::vendor).contains("openai");
        assertThat(gateway.adopt(found.getFirst())).isInstanceOf(Adopted.Failed.class);
        assertThat(gateway.endStreamsOf(ID)).isTrue();
        assertThat(gateway.name()).isEqualTo(GatewayContext.NAME);
        assertThat(gateway.purpose()).isNotBlank();
        assertThat(gateway.uses()).contains(EventLoops.NAME);
        assertThat(gateway.projections()).isEmpty();
    }

    @Test
    void routesAndDocumentAgree() throws Exception {
        JsonNode document =
                new YAMLMapper()
                        .readTree(
                                Files.readString(
                                        Path.of("..", "contracts", "openapi", "gateway.yaml")));
        Set<String> documented = new TreeSet<>();
        document.path("paths")
                .properties()
                .forEach(path ->
                        path.getValue()
                                .properties()
                                .forEach(operation ->
                                        documented.add(
                                                operation
                                                                .getKey()
                                                                .toUpperCase(java.util.Locale.ROOT)
                                                        + " "
                                                        + path.getKey()
                                                        + " "
                                                        + operation
                                                                .getValue()
                                                                .path("operationId")
                                                                .stringValue())));
        List<String> routes = new ArrayList<>();
        for (Route route : gateway.routes()) {
            routes.add(route.method().name() + " " + route.path() + " " + route.operation());
        }
        assertThat(documented).containsExactlyInAnyOrderElementsOf(routes);
    }
}
