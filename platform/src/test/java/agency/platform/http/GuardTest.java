package agency.platform.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.http.HttpMethod;
import java.net.http.HttpResponse;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class GuardTest {
    private static final List<Route> ROUTES =
            List.of(
                    Route.of(
                            HttpMethod.GET,
                            "/api/v1/keys",
                            "list",
                            Permission.of("keys.read"),
                            c ->
                                    Answer.ok(
                                            List.of(
                                                    c.principal().actor(),
                                                    c.clientAddress(),
                                                    c.secure()))),
                    Route.of(
                            HttpMethod.POST,
                            "/api/v1/keys",
                            "create",
                            Permission.of("keys.read"),
                            c -> Answer.nothing()),
                    Route.of(
                            HttpMethod.GET,
                            "/seen",
                            "observe",
                            Permission.OBSERVER,
                            c -> Answer.nothing()),
                    new Route(
                            HttpMethod.POST,
                            "/v1/x",
                            "x",
                            Permission.PROJECT_KEY,
                            true,
                            (Handler.OnEventLoop) x -> x.request().response().end("open")));

    private Serving serving;

    @BeforeAll
    void serve() {
        serving = new Serving(ROUTES);
    }

    @AfterAll
    void stop() {
        serving.close();
    }

    @Test
    void asksForACredentialAndSaysHow() throws Exception {
        HttpResponse<String> answer = serving.get("/api/v1/keys");
        assertThat(answer.statusCode()).isEqualTo(401);
        assertThat(answer.headers().firstValue("www-authenticate"))
                .contains("Bearer realm=\"agency\"");
        assertThat(answer.body()).contains("invalid-api-key");
        for (String credential :
                List.of("Bearer nobody", "Basic YTpi", "Bearer " + "x".repeat(600), "admin")) {
            assertThat(serving.get("/api/v1/keys", "authorization", credential).statusCode())
                    .as(credential)
                    .isEqualTo(401);
        }
    }

    @Test
    void letsAnAdministratorInAndNobodyLess() throws Exception {
        HttpResponse<String> in = serving.get("/api/v1/keys", "authorization", "bearer admin");
        assertThat(in.statusCode()).isEqualTo(200);
        assertThat(in.body()).contains(Serving.ACTOR.toString(), "127.0.0.1", "false");
        HttpResponse<String> out = serving.get("/api/v1/keys", "authorization", "Bearer project");
        assertThat(out.statusCode()).isEqualTo(403);
        assertThat(out.body()).contains("permission-missing", "keys.read", "project key");
    }

    @Test
    void letsASessionReadButChangeOnlyWithItsToken() throws Exception {
        String cookie = SessionCookie.PLAIN_NAME + "=s1";
        assertThat(serving.get("/api/v1/keys", "cookie", cookie).statusCode()).isEqualTo(200);
        assertThat(serving.post("/api/v1/keys", "{}", "cookie", cookie).statusCode())
                .isEqualTo(403);
        assertThat(
                        serving.post(
                                        "/api/v1/keys",
                                        "{}",
                                        "cookie",
                                        cookie,
                                        "x-csrf-token",
                                        "wrong")
                                .body())
                .contains("csrf-token-missing");
        assertThat(
                        serving.post(
                                        "/api/v1/keys",
                                        "{}",
                                        "cookie",
                                        cookie,
                                        "x-csrf-token",
                                        "csrf1")
                                .statusCode())
                .isEqualTo(204);
        assertThat(serving.get("/api/v1/keys", "cookie", SessionCookie.PLAIN_NAME + "=old").body())
                .contains("The session has ended");
        assertThat(
                        serving.get("/api/v1/keys", "cookie", SessionCookie.SECURE_NAME + "=s1")
                                .statusCode())
                .isEqualTo(401);
    }

    @Test
    void letsAnyoneOnLoopbackObserveAndLeavesProjectKeysToTheirRoute() throws Exception {
        assertThat(serving.get("/seen").statusCode()).isEqualTo(204);
        assertThat(serving.post("/v1/x", "{}").body()).isEqualTo("open");
    }

    @Test
    void believesForwardedHeadersOfTrustedProxiesOnly() throws Exception {
        String[] forwarded = {
            "authorization",
            "Bearer admin",
            "x-forwarded-for",
            "6.6.6.6, 203.0.113.9, 10.0.0.2",
            "x-forwarded-proto",
            "https"
        };
        assertThat(serving.get("/api/v1/keys", forwarded).body()).contains("\"127.0.0.1\",false");
        try (Serving behind =
                new Serving(
                        ROUTES,
                        "--server.behind-proxy",
                        "--server.trusted-proxies=127.0.0.0/8,10.0.0.0/8")) {
            assertThat(behind.get("/api/v1/keys", forwarded).body())
                    .contains("\"203.0.113.9\",true");
            assertThat(
                            behind.get(
                                            "/api/v1/keys",
                                            "authorization",
                                            "Bearer admin",
                                            "x-forwarded-for",
                                            "junk",
                                            "x-forwarded-proto",
                                            "http")
                                    .body())
                    .contains("\"127.0.0.1\",false");
            assertThat(behind.get("/seen").statusCode()).isEqualTo(401);
            assertThat(behind.get("/seen", "authorization", "Bearer admin").statusCode())
                    .isEqualTo(204);
            assertThat(
                            behind.get("/api/v1/keys", "cookie", SessionCookie.SECURE_NAME + "=s1")
                                    .statusCode())
                    .isEqualTo(200);
            assertThat(
                            behind.raw(
                                    "GET /v1/x HTTP/1.1\r\n"
                                            + "Host: agency.example\r\n"
                                            + "Connection: close\r\n\r\n"))
                    .startsWith("HTTP/1.1 405");
        }
        try (Serving untrusting = new Serving(ROUTES, "--server.behind-proxy")) {
            assertThat(untrusting.get("/api/v1/keys", forwarded).body())
                    .contains("\"127.0.0.1\",true");
        }
    }

    @Test
    void letsListedOriginsOnlyCallFromPages() throws Exception {
        assertThat(
                        serving.get("/seen", "origin", "https://a.example")
                                .headers()
                                .firstValue("access-control-allow-origin"))
                .isEmpty();
        try (Serving open = new Serving(ROUTES, "--server.cors-origins=https://a.example")) {
            HttpResponse<String> listed = open.get("/api/v1/keys", "origin", "https://a.example");
            assertThat(listed.headers().firstValue("access-control-allow-origin"))
                    .contains("https://a.example");
            assertThat(listed.headers().firstValue("vary")).contains("origin");
            assertThat(
                            open.get("/seen", "origin", "https://b.example")
                                    .headers()
                                    .firstValue("access-control-allow-origin"))
                    .isEmpty();
            HttpResponse<String> preflight =
                    open.send(
                            "OPTIONS",
                            "/api/v1/keys",
                            null,
                            "origin",
                            "https://a.example",
                            "access-control-request-method",
                            "POST");
            assertThat(preflight.statusCode()).isEqualTo(204);
            assertThat(preflight.headers().firstValue("access-control-allow-methods").orElse(""))
                    .contains("POST");
            assertThat(preflight.headers().firstValue("access-control-allow-headers").orElse(""))
                    .contains("authorization");
        }
    }

    @Test
    void pagesOfAListedOriginCallWithKeysAndReadHeadersButNeverWithASession() throws Exception {
        try (Serving open = new Serving(ROUTES, "--server.cors-origins=https://a.example")) {
            HttpResponse<String> preflight =
                    open.send(
                            "OPTIONS",
                            "/api/v1/keys",
                            null,
                            "origin",
                            "https://a.example",
                            "access-control-request-method",
                            "GET",
                            "access-control-request-headers",
                            "authorization,x-stainless-os");
            assertThat(preflight.headers().firstValue("access-control-allow-headers"))
                    .contains("authorization, *");
            assertThat(preflight.headers().firstValue("vary")).contains("origin");
            HttpResponse<String> refused =
                    open.get("/api/v1/keys", "origin", "https://a.example", "cookie", "x=y");
            assertThat(refused.statusCode()).isEqualTo(401);
            for (HttpResponse<String> answer : List.of(preflight, refused)) {
                assertThat(answer.headers().firstValue("access-control-allow-origin"))
                        .contains("https://a.example");
                assertThat(answer.headers().firstValue("access-control-expose-headers").orElse(""))
                        .contains("etag", "x-request-id");
                assertThat(answer.headers().firstValue("access-control-allow-credentials"))
                        .isEmpty();
            }
            HttpResponse<String> unlisted =
                    open.send(
                            "OPTIONS",
                            "/api/v1/keys",
                            null,
                            "origin",
                            "https://a.example.evil.example",
                            "access-control-request-method",
                            "GET");
            assertThat(unlisted.headers().firstValue("vary")).contains("origin");
            assertThat(unlisted.headers().map().keySet())
                    .noneMatch(name -> name.startsWith("access-control-"));
        }
    }

    @Test
    void onlyTheApiIsOpenToOtherOrigins() throws Exception {
        try (Serving open = new Serving(ROUTES, "--server.cors-origins=https://a.example")) {
            assertThat(open.get("/seen", "origin", "https://a.example").headers().map().keySet())
                    .noneMatch(name -> name.startsWith("access-control-"));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "*",
                "null",
                "a.example",
                "https://a.example/",
                "https://A.example",
                "https://a.example:443",
                "ftp://a.example",
                "https://u@a.example"
            })
    void whatIsNoOriginIsRefusedAtStart(String text) {
        assertThatThrownBy(() -> Serving.settings(List.of("--server.cors-origins=" + text)))
                .hasMessageContaining("cors_origins")
                .hasMessageContaining("https://app.example.com");
    }
}
