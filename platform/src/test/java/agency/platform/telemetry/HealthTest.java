package agency.platform.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import agency.platform.config.Configuration;
import agency.platform.config.Sources;
import agency.platform.house.House;
import agency.platform.http.Authenticator;
import agency.platform.http.BytesInFlight;
import agency.platform.http.EventLoops;
import agency.platform.http.HttpServerPart;
import agency.platform.http.ServerSettings;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class HealthTest {
    record Root(ServerSettings server) {}

    private static final Authenticator NOBODY =
            new Authenticator() {
                @Override
                public Principal bearer(String token, String clientAddress) {
                    return null;
                }

                @Override
                public Principal session(String cookie) {
                    return null;
                }
            };

    private final AtomicReference<List<House.Standing>> standings =
            new AtomicReference<>(List.of(new House.Standing("log", House.State.UP, 12)));
    private final Telemetry telemetry =
            new Telemetry(Configuration.load(Only.class, Sources.none()).values().telemetry(), "1");
    private final Health health = new Health(standings::get, telemetry.meters());

    record Only(TelemetrySettings telemetry) {}

    private HttpResponse<String> get(HttpServerPart server, String path, String... headers)
            throws Exception {
        try (HttpClient client = HttpClient.newHttpClient()) {
            HttpRequest.Builder request =
                    HttpRequest.newBuilder(URI.create(server.address() + path));
            if (headers.length > 0) {
                request.headers(headers);
            }
            return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
        }
    }

    private void serving(List<String> flags, Check check) throws Exception {
        EventLoops loops = new EventLoops(1);
        ServerSettings settings =
                Configuration.load(Root.class, Sources.none().flags(flags)).values().server();
        HttpServerPart server =
                new HttpServerPart(
                        settings,
                        loops,
                        health.routes(),
                        NOBODY,
                        new BytesInFlight(1000),
                        telemetry.meters().registry(),
                        List.of());
        server.start();
        try {
            check.run(server);
        } finally {
            server.close();
            loops.close();
        }
    }

    private interface Check {
        void run(HttpServerPart server) throws Exception;
    }

    @Test
    void isReadyWhenEveryPartIsUpAndEveryCheckIsWell() throws Exception {
        AtomicReference<Optional<String>> problem = new AtomicReference<>(Optional.empty());
        health.check("journal", problem::get);
        serving(
                List.of("--server.port=0"),
                server -> {
                    assertThat(get(server, "/health").body()).isEqualTo("{\"status\":\"alive\"}");
                    HttpResponse<String> ready = get(server, "/ready");
                    assertThat(ready.statusCode()).isEqualTo(200);
                    String parts = "[{\"name\":\"log\",\"state\":\"up\",\"millis\":12}]";
                    assertThat(ready.body())
                            .isEqualTo(
                                    "{\"status\":\"ready\",\"parts\":"
                                            + parts
                                            + ",\"problems\":[]}");
                    assertThat(health.isReady()).isTrue();
                    problem.set(Optional.of("The journal is full."));
                    HttpResponse<String> not = get(server, "/ready");
                    assertThat(not.statusCode()).isEqualTo(503);
                    assertThat(not.body()).contains("\"not-ready\"", "The journal is full.");
                    problem.set(Optional.empty());
                    standings.set(List.of(new House.Standing("log", House.State.STARTING, 0)));
                    assertThat(get(server, "/ready").statusCode()).isEqualTo(503);
                    assertThat(get(server, "/health").statusCode()).isEqualTo(200);
                });
    }

    @Test
    void showsMetricsForPrometheus() throws Exception {
        serving(
                List.of("--server.port=0"),
                server -> {
                    HttpResponse<String> metrics = get(server, "/metrics");
                    assertThat(metrics.headers().firstValue("content-type"))
                            .contains(Meters.CONTENT_TYPE);
                    assertThat(metrics.body())
                            .contains(
                                    "jvm_memory_used_bytes",
                                    "process_cpu_usage",
                                    "http_server_connections");
                    assertThat(get(server, "/metrics").body())
                            .contains(
                                    "http_server_requests_seconds_count{operation=\"metrics\",status=\"2xx\"}"
                                        + " 1");
                });
    }

    @Test
    void asksForATokenBehindAProxy() throws Exception {
        serving(
                List.of("--server.port=0", "--server.behind-proxy", "--server.metrics-token=t1"),
                server -> {
                    assertThat(get(server, "/health").statusCode()).isEqualTo(200);
                    assertThat(get(server, "/metrics").statusCode()).isEqualTo(401);
                    assertThat(get(server, "/ready", "authorization", "Bearer t2").statusCode())
                            .isEqualTo(401);
                    assertThat(get(server, "/metrics", "authorization", "Bearer t1").statusCode())
                            .isEqualTo(200);
                });
    }
}
