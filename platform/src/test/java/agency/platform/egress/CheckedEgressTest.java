package agency.platform.egress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CheckedEgressTest {
    private static final Duration STALL = Duration.ofSeconds(60);
    private static Vertx vertx;

    @BeforeAll
    static void open() {
        vertx = Vertx.vertx();
    }

    @AfterAll
    static void close() {
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }

    @Test
    void connectsToTheVeryAddressThatWasChecked() throws Exception {
        AtomicInteger asked = new AtomicInteger();
        CheckedEgress egress =
                egress(
                        List.of(),
                        host -> {
                            // A name that changes its mind: public first, metadata afterwards.
                            return addresses(
                                    asked.getAndIncrement() == 0 ? "8.8.8.8" : "169.254.169.254");
                        });
        Egress.Target target = target(egress, "https://api.example.com/v1");
        assertThat(target).isEqualTo(new Egress.Target("api.example.com", "8.8.8.8", 443, true));
        assertThat(target(egress, "https://api.example.com/v2")).isSameAs(target);
    }

    @Test
    void refusesToSendKeysOverTheInternetInTheClear() throws Exception {
        CheckedEgress egress = egress(List.of(), host -> addresses("8.8.8.8"));
        assertThatThrownBy(() -> target(egress, "http://api.example.com/v1"))
                .isInstanceOf(Egress.Refused.class)
                .hasMessageContaining("use https://");
        CheckedEgress allowed =
                egress(List.of("http://api.example.com"), host -> addresses("8.8.8.8"));
        assertThat(target(allowed, "http://api.example.com/v1").port()).isEqualTo(80);
    }

    @Test
    void refusesSettingsThatNameNothing() {
        for (String entry : List.of("http://", "http:// x", "10.0.0.0/99", "a b", "")) {
            assertThatThrownBy(() -> new EgressSettings(List.of(entry)))
                    .as(entry)
                    .isInstanceOf(IllegalArgumentException.class);
        }
        assertThat(new EgressSettings(List.of("gpu.internal", "10.0.0.0/8", "http://a:1")).allow())
                .hasSize(3);
    }

    @Test
    void oneForbiddenAddressAmongManyIsEnoughToRefuse() {
        CheckedEgress egress = egress(List.of(), host -> addresses("8.8.8.8", "169.254.169.254"));
        assertThatThrownBy(() -> target(egress, "https://api.example.com"))
                .hasMessageContaining("169.254.169.254")
                .hasMessageContaining("may never be called");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ftp://example.com",
                "file:///etc/passwd",
                "https://user:secret@example.com",
                "http://metadata.google.internal/",
                "https:///nohost"
            })
    void refusesAddressesThatNobodyShouldCall(String url) {
        CheckedEgress egress = egress(List.of("0.0.0.0/0"), host -> addresses("8.8.8.8"));
        assertThatThrownBy(() -> target(egress, url))
                .isInstanceOf(Egress.Refused.class)
                .hasMessageNotContaining("secret");
    }

    @Test
    void privateAddressesAreRefusedWithTheSettingThatAllowsThem() throws Exception {
        assertThatThrownBy(() ->
                        target(
                                egress(List.of(), host -> addresses("10.0.0.5")),
                                "http://gpu.internal:8000/v1"))
                .hasMessageContaining("private address 10.0.0.5")
                .hasMessageContaining("add http://gpu.internal:8000 to egress.allow");
        for (String entry : List.of("http://gpu.internal:8000", "10.0.0.0/8", "gpu.internal")) {
            CheckedEgress allowed = egress(List.of(entry), host -> addresses("10.0.0.5"));
            assertThat(target(allowed, "http://gpu.internal:8000/v1").port()).isEqualTo(8000);
        }
        CheckedEgress otherPort =
                egress(List.of("http://gpu.internal:8000"), host -> addresses("10.0.0.5"));
        assertThatThrownBy(() -> target(otherPort, "http://gpu.internal:22"))
                .isInstanceOf(Egress.Refused.class);
    }

    @Test
    void whatWasFoundAndAcceptedIsAllowedByName() throws Exception {
        CheckedEgress egress = egress(List.of(), host -> addresses("127.0.0.1"));
        egress.allow(URI.create("http://127.0.0.1:11434"));
        assertThat(target(egress, "http://127.0.0.1:11434/v1").address()).isEqualTo("127.0.0.1");
        assertThatThrownBy(() -> target(egress, "http://127.0.0.1:5432"))
                .isInstanceOf(Egress.Refused.class);
    }

    @Test
    void evenAnAllowedNetworkNeverReachesMetadata() {
        CheckedEgress egress =
                egress(List.of("169.254.0.0/16"), host -> addresses("169.254.169.254"));
        assertThatThrownBy(() -> target(egress, "http://169.254.169.254/"))
                .isInstanceOf(Egress.Refused.class);
    }

    @Test
    void anUnknownHostIsSaid() {
        CheckedEgress egress =
                egress(
                        List.of(),
                        host -> {
                            throw new UnknownHostException(host);
                        });
        assertThatThrownBy(() -> target(egress, "https://nowhere.example"))
                .hasMessageContaining("nowhere.example is not known");
    }

    @Test
    void fetchesPiecesAndFollowsRedirectsOnTheSameHostOnly() throws Exception {
        AtomicReference<String> seen = new AtomicReference<>();
        HttpServer server =
                serve(request -> {
                    seen.set(request.getHeader("authorization"));
                    switch (request.path()) {
                        case "/here" ->
                                request.response()
                                        .setStatusCode(302)
                                        .putHeader("location", "/there?x=1")
                                        .end();
                        case "/there" -> request.response().end("found " + request.query());
                        case "/away" ->
                                request.response()
                                        .setStatusCode(302)
                                        .putHeader(
                                                "location",
                                                "http://elsewhere.test:"
                                                        + request.localAddress().port()
                                                        + "/there?x=2")
                                        .end();
                        case "/loop" ->
                                request.response()
                                        .setStatusCode(302)
                                        .putHeader("location", "/loop")
                                        .end();
                        default -> request.response().setChunked(true).write("x".repeat(1_000_000));
                    }
                });
        String base = "http://127.0.0.1:" + server.actualPort();
        CheckedEgress egress = egress(List.of("127.0.0.0/8"), host -> addresses("127.0.0.1"));
        try (Fetching fetching = new Fetching(vertx, egress)) {
            assertThat(body(fetching, base + "/here", List.of())).isEqualTo("found x=1");
            assertThat(seen.get()).isEqualTo("Bearer s");
            assertThatThrownBy(() -> body(fetching, base + "/away", List.of()))
                    .hasMessageContaining("another host, elsewhere.test");
            assertThat(body(fetching, base + "/away", List.of("elsewhere.test")))
                    .isEqualTo("found x=2");
            assertThat(seen.get()).as("credentials at another host").isNull();
            assertThatThrownBy(() -> body(fetching, base + "/loop", List.of()))
                    .hasMessageContaining("more than 5 times");
            assertThatThrownBy(() -> body(fetching, base + "/endless", List.of()))
                    .hasMessageContaining("longer than 1000 bytes");
        } finally {
            server.close();
        }
    }

    @Test
    void aBodyOfManyPiecesArrivesWholeHoweverSlowlyItIsRead() throws Exception {
        int pieces = 2_000;
        HttpServer server =
                serve(request -> {
                    var response = request.response().setChunked(true);
                    for (int piece = 0; piece < pieces; piece++) {
                        response.write("0123456789".repeat(100));
                    }
                    response.end();
                });
        CheckedEgress egress = egress(List.of("127.0.0.0/8"), host -> addresses("127.0.0.1"));
        try (Fetching fetching = new Fetching(vertx, egress);
                Fetching.Fetched answer =
                        fetching.send(
                                HttpMethod.GET,
                                URI.create("http://127.0.0.1:" + server.actualPort()),
                                Map.of(),
                                null,
                                List.of(),
                                STALL)) {
            long bytes = 0;
            for (var piece = answer.next(); piece != null; piece = answer.next()) {
                bytes += piece.length();
                TimeUnit.MICROSECONDS.sleep(200);
            }
            assertThat(bytes).isEqualTo(pieces * 1_000L);
            assertThat(answer.next()).isNull();
        } finally {
            server.close();
        }
    }

    private static String body(Fetching fetching, String url, List<String> alsoTo)
            throws IOException {
        try (Fetching.Fetched answer =
                fetching.send(
                        HttpMethod.GET,
                        URI.create(url),
                        Map.of("authorization", "Bearer s"),
                        null,
                        alsoTo,
                        STALL)) {
            return new String(answer.body(1_000), java.nio.charset.StandardCharsets.UTF_8);
        }
    }

    private static HttpServer serve(
            io.vertx.core.Handler<io.vertx.core.http.HttpServerRequest> handler) {
        return vertx.createHttpServer()
                .requestHandler(handler)
                .listen(0, "127.0.0.1")
                .toCompletionStage()
                .toCompletableFuture()
                .join();
    }

    private static CheckedEgress egress(List<String> allow, CheckedEgress.Names names) {
        return new CheckedEgress(vertx, new EgressSettings(allow), names);
    }

    private static InetAddress[] addresses(String... texts) {
        return Arrays.stream(texts).map(CheckedEgressTest::address).toArray(InetAddress[]::new);
    }

    private static InetAddress address(String text) {
        try {
            return InetAddress.getByName(text);
        } catch (UnknownHostException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private static Egress.Target target(Egress egress, String url) throws Exception {
        try {
            return egress.target(URI.create(url))
                    .toCompletionStage()
                    .toCompletableFuture()
                    .get(60, TimeUnit.SECONDS);
        } catch (ExecutionException failed) {
            throw (Exception) failed.getCause();
        }
    }
}
