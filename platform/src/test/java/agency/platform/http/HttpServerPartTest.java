package agency.platform.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import agency.kernel.fault.Fault;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class HttpServerPartTest {
    record Named(String name, int count) {}

    private Serving serving;

    private static Route open(
            HttpMethod method, String path, String operation, Handler.Blocking h) {
        return Route.of(method, path, operation, Permission.PUBLIC, h);
    }

    private static Route loop(String path, String operation, Handler.OnEventLoop handler) {
        return new Route(HttpMethod.POST, path, operation, Permission.PROJECT_KEY, false, handler);
    }

    @BeforeAll
    void serve() {
        serving =
                new Serving(
                        List.of(
                                open(
                                        HttpMethod.GET,
                                        "/api/v1/keys",
                                        "listKeys",
                                        c -> Answer.ok(List.of(c.query("q").orElse("-")))),
                                open(
                                        HttpMethod.POST,
                                        "/api/v1/keys",
                                        "createKey",
                                        c -> Answer.created("/api/v1/keys/1", c.body(Named.class))),
                                open(
                                        HttpMethod.GET,
                                        "/api/v1/keys/{id}",
                                        "readKey",
                                        c -> Answer.ok(Map.of("id", c.pathId("id")))),
                                open(
                                        HttpMethod.GET,
                                        "/api/v1/names/{name}",
                                        "readName",
                                        c -> Answer.ok(Map.of("name", c.path("name")))),
                                open(
                                        HttpMethod.GET,
                                        "/api/v1/names/fixed",
                                        "readFixed",
                                        c -> Answer.nothing()),
                                open(
                                        HttpMethod.GET,
                                        "/api/v1/broken",
                                        "break",
                                        c -> {
                                            throw new IllegalStateException("sk-secret inside");
                                        }),
                                open(
                                        HttpMethod.GET,
                                        "/api/v1/away",
                                        "away",
                                        c -> {
                                            throw Fault.passing(
                                                    "postgres.unreachable", "x", Map.of(), null);
                                        }),
                                open(
                                        HttpMethod.GET,
                                        "/api/v1/me",
                                        "me",
                                        c -> Answer.ok(c.principal().actor())),
                                open(
                                        HttpMethod.GET,
                                        "/page",
                                        "page",
                                        c ->
                                                new Answer(
                                                        200,
                                                        Map.of("cache-control", "max-age=60"),
                                                        new Answer.Raw(
                                                                "text/html; charset=utf-8",
                                                                Buffer.buffer("<p>")))),
                                loop(
                                        "/v1/echo",
                                        "echo",
                                        x -> x.body(1 << 20, b -> x.request().response().end(b))),
                                loop(
                                        "/v1/small",
                                        "small",
                                        x -> x.body(10, b -> x.request().response().end(b))),
                                loop(
                                        "/v1/throws",
                                        "throwing",
                                        x -> {
                                            throw new Problem(
                                                    429,
                                                    "slow-down",
                                                    "Slow down",
                                                    "Too fast.",
                                                    Map.of(
                                                            Problems.RETRY_AFTER,
                                                            7,
                                                            Problems.PARAM,
                                                            "model"));
                                        }),
                                loop(
                                        "/v1/bug",
                                        "bug",
                                        x ->
                                                x.body(
                                                        10,
                                                        b -> {
                                                            throw new IllegalStateException(
                                                                    "inner");
                                                        }))),
                        "--server.max-bytes-in-flight=2MiB");
    }

    @AfterAll
    void stop() {
        serving.close();
    }

    @Test
    void answersJsonWithAFreshRequestIdEachTime() throws Exception {
        HttpResponse<String> first = serving.get("/api/v1/keys?q=a%20b");
        assertThat(first.statusCode()).isEqualTo(200);
        assertThat(first.body()).isEqualTo("[\"a b\"]");
        assertThat(first.headers().firstValue("content-type")).contains("application/json");
        assertThat(first.headers().firstValue("x-content-type-options")).contains("nosniff");
        String id = first.headers().firstValue("x-request-id").orElseThrow();
        assertThat(java.util.UUID.fromString(id).version()).isEqualTo(7);
        assertThat(
                        serving.get("/api/v1/keys", "x-request-id", id)
                                .headers()
                                .firstValue("x-request-id"))
                .isNotEmpty()
                .get()
                .isNotEqualTo(id);
    }

    @Test
    void readsABodyAsARecord() throws Exception {
        HttpResponse<String> made =
                serving.post(
                        "/api/v1/keys",
                        "{\"name\":\"a\",\"count\":2}",
                        "content-type",
                        "application/json; charset=utf-8");
        assertThat(made.statusCode()).isEqualTo(201);
        assertThat(made.headers().firstValue("location")).contains("/api/v1/keys/1");
        assertThat(made.body()).isEqualTo("{\"name\":\"a\",\"count\":2}");
    }

    @Test
    void refusesBadJsonWithItsPlaceAsRfc9457() throws Exception {
        HttpResponse<String> answer =
                serving.post("/api/v1/keys", "{\n \"nam\": 1}", "content-type", "application/json");
        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(answer.headers().firstValue("content-type"))
                .contains("application/problem+json");
        Map<?, ?> problem = Serving.json(answer);
        assertThat(problem.get("type")).isEqualTo("urn:agency:problem:bad-json");
        assertThat(problem.get("status")).isEqualTo(400);
        assertThat((String) problem.get("detail")).contains("Did you mean name?");
        assertThat(problem.get("line")).isEqualTo(2);
        assertThat(problem.get("request_id"))
                .isEqualTo(answer.headers().firstValue("x-request-id").orElseThrow());
    }

    @Test
    void refusesAnotherContentType() throws Exception {
        assertThat(
                        serving.post(
                                        "/api/v1/keys",
                                        "a=b",
                                        "content-type",
                                        "application/x-www-form-urlencoded")
                                .statusCode())
                .isEqualTo(415);
        assertThat(serving.post("/v1/echo", "x", "content-encoding", "gzip").statusCode())
                .isEqualTo(415);
    }

    @Test
    void namesTheNearestRouteForAnUnknownOne() throws Exception {
        HttpResponse<String> answer = serving.get("/api/v1/kyes");
        assertThat(answer.statusCode()).isEqualTo(404);
        assertThat(answer.body()).contains("Did you mean /api/v1/keys?");
        HttpResponse<String> openAi = serving.post("/v1/echoo", "{}");
        assertThat(openAi.statusCode()).isEqualTo(404);
        Map<?, ?> error = (Map<?, ?>) Serving.json(openAi).get("error");
        assertThat(error.get("code")).isEqualTo("no_such_route");
        assertThat(error.get("type")).isEqualTo("invalid_request_error");
        assertThat((String) error.get("message")).contains("Did you mean /v1/echo?");
        assertThat(error.containsKey("param")).isTrue();
    }

    @Test
    void saysWhatIsAllowedWhenTheMethodIsNot() throws Exception {
        HttpResponse<String> answer = serving.send("DELETE", "/api/v1/keys", null);
        assertThat(answer.statusCode()).isEqualTo(405);
        assertThat(answer.headers().firstValue("allow")).contains("GET, POST, HEAD, OPTIONS");
        HttpResponse<String> options = serving.send("OPTIONS", "/api/v1/keys", null);
        assertThat(options.statusCode()).isEqualTo(204);
        assertThat(options.headers().firstValue("allow")).contains("GET, POST, HEAD, OPTIONS");
        assertThat(options.headers().firstValue("access-control-allow-origin")).isEmpty();
    }

    @Test
    void answersHeadLikeGetWithoutABody() throws Exception {
        HttpResponse<String> answer = serving.send("HEAD", "/api/v1/keys", null);
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).isEmpty();
        assertThat(serving.get("/api/v1/keys").statusCode()).isEqualTo(200);
    }

    @Test
    void findsPathsWithParametersAndPrefersFixedOnes() throws Exception {
        assertThat(serving.get("/api/v1/names/a%2Fb+c").body()).isEqualTo("{\"name\":\"a/b+c\"}");
        assertThat(serving.get("/api/v1/names/fixed").statusCode()).isEqualTo(204);
        assertThat(serving.get("/api/v1/keys/00000000-0000-0000-0000-000000000001").body())
                .contains("0001");
        assertThat(serving.get("/api/v1/keys/1").statusCode()).isEqualTo(404);
        assertThat(serving.get("/api/v1/names/").statusCode()).isEqualTo(404);
        assertThat(serving.get("/a/b".repeat(40)).statusCode()).isEqualTo(404);
    }

    @Test
    void showsNothingOfABugButTheRequestsId() throws Exception {
        HttpResponse<String> answer = serving.get("/api/v1/broken");
        assertThat(answer.statusCode()).isEqualTo(500);
        assertThat(answer.body())
                .doesNotContain("sk-secret", "IllegalState")
                .contains(answer.headers().firstValue("x-request-id").orElseThrow());
        HttpResponse<String> inner = serving.post("/v1/bug", "{}");
        assertThat(inner.statusCode()).isEqualTo(500);
        assertThat(inner.body()).contains("server_error").doesNotContain("inner");
    }

    @Test
    void saysThatAPassingFaultMayPass() throws Exception {
        HttpResponse<String> answer = serving.get("/api/v1/away");
        assertThat(answer.statusCode()).isEqualTo(503);
        assertThat(answer.headers().firstValue("retry-after")).contains("1");
        assertThat(answer.body()).contains("urn:agency:problem:postgres-unreachable");
        assertThat(serving.get("/api/v1/me").statusCode()).isEqualTo(401);
    }

    @Test
    void writesProblemsOfEventLoopRoutesInOpenAiShape() throws Exception {
        HttpResponse<String> answer = serving.post("/v1/throws", "{}");
        assertThat(answer.statusCode()).isEqualTo(429);
        assertThat(answer.headers().firstValue("retry-after")).contains("7");
        Map<?, ?> error = (Map<?, ?>) Serving.json(answer).get("error");
        assertThat(error.get("type")).isEqualTo("rate_limit_error");
        assertThat(error.get("param")).isEqualTo("model");
    }

    @Test
    void answersOnlyToItsOwnNameOnLoopback() throws Exception {
        for (String good : List.of("localhost:1", "127.0.0.1", "[::1]:8080", "127.9.9.9")) {
            assertThat(
                            serving.raw(
                                    "GET /api/v1/keys HTTP/1.1\r\nConnection: close\r\nHost: "
                                            + good
                                            + "\r\n\r\n"))
                    .as(good)
                    .startsWith("HTTP/1.1 200");
        }
        for (String bad :
                List.of(
                        "evil.example",
                        "evil.example:8080",
                        "localhost.evil.example",
                        "",
                        "127.0.0.1.nip.io")) {
            assertThat(
                            serving.raw(
                                    "GET /api/v1/keys HTTP/1.1\r\nConnection: close\r\nHost: "
                                            + bad
                                            + "\r\n\r\n"))
                    .as(bad)
                    .startsWith("HTTP/1.1 421");
        }
        assertThat(serving.raw("GET /api/v1/keys HTTP/1.0\r\n\r\n"))
                .startsWith("HTTP/1.0 400")
                .contains("no Host header");
        assertThat(
                        serving.raw(
                                "GET http://evil.example/api/v1/keys HTTP/1.1\r\nConnection: close"
                                        + "\r\nHost: localhost\r\n\r\n"))
                .as("an absolute target replaces the header")
                .startsWith("HTTP/1.1 421");
    }

    @Test
    void sendsPagesWithAPolicy() throws Exception {
        HttpResponse<String> page = serving.get("/page");
        assertThat(page.headers().firstValue("content-security-policy").orElse(""))
                .contains("default-src 'none'", "frame-ancestors 'none'");
        assertThat(page.headers().firstValue("referrer-policy")).contains("no-referrer");
        assertThat(page.headers().firstValue("cache-control")).contains("max-age=60");
    }

    @Test
    void countsRequestsByOperationAndStatusOnly() throws Exception {
        serving.get("/api/v1/keys");
        assertThat(
                        serving.meters
                                .get("http.server.requests")
                                .tag("operation", "listKeys")
                                .tag("status", "2xx")
                                .timer()
                                .count())
                .isPositive();
        serving.get("/nowhere");
        assertThat(
                        serving.meters
                                .get("http.server.problems")
                                .tag("type", "no-such-route")
                                .counter()
                                .count())
                .isPositive();
    }

    @Test
    void namesWhoHoldsABusyPort() {
        HttpServerPart second =
                new HttpServerPart(
                        Serving.settings(List.of("--server.port=" + serving.server.port())),
                        serving.loops,
                        List.of(),
                        Serving.AUTHENTICATOR,
                        serving.inFlight,
                        new io.micrometer.core.instrument.simple.SimpleMeterRegistry(),
                        List.of());
        EventLoops own = new EventLoops(1);
        HttpServerPart elsewhere =
                new HttpServerPart(
                        Serving.settings(List.of("--server.port=" + serving.server.port())),
                        own,
                        List.of(),
                        Serving.AUTHENTICATOR,
                        serving.inFlight,
                        new io.micrometer.core.instrument.simple.SimpleMeterRegistry(),
                        List.of());
        assertThat(second.purpose()).contains("127.0.0.1");
        assertThatThrownBy(elsewhere::start)
                .isInstanceOfSatisfying(
                        Fault.class, f -> assertThat(f.code()).isEqualTo("http.port-busy"))
                .hasMessageContaining("Port " + serving.server.port())
                .hasMessageContaining("(pid " + ProcessHandle.current().pid() + ")");
        own.close();
    }

    @Test
    void refusesToListenInTheClearBeyondLoopback() {
        assertThatThrownBy(() -> Serving.settings(List.of("--server.host=0.0.0.0")))
                .hasMessageContaining("behind_proxy");
        assertThat(
                        Serving.settings(List.of("--server.host=0.0.0.0", "--server.behind-proxy"))
                                .loopbackOnly())
                .isFalse();
        assertThatThrownBy(() -> Serving.settings(List.of("--server.tls_key=/k")))
                .hasMessageContaining("belong together");
        assertThat(new String(Problems.openAi(Problems.tooManyCalls()), StandardCharsets.UTF_8))
                .contains("server_error");
    }
}
