package agency.platform.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.http.HttpMethod;
import java.net.http.HttpResponse;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BodiesTest {
    private Serving serving;

    private static Route echo(String path, String operation, int limit) {
        Handler.OnEventLoop handler =
                exchange -> exchange.body(limit, body -> exchange.request().response().end(body));
        return new Route(HttpMethod.POST, path, operation, Permission.PROJECT_KEY, false, handler);
    }

    @BeforeAll
    void serve() {
        serving =
                new Serving(
                        List.of(echo("/v1/echo", "echo", 1 << 20), echo("/v1/small", "small", 10)));
    }

    @AfterAll
    void stop() {
        serving.close();
    }

    @Test
    void readsBodiesInOneOrManyPieces() throws Exception {
        for (int size : new int[] {0, 1, 9_000, 300_000}) {
            String body = "x".repeat(size);
            assertThat(serving.post("/v1/echo", body).body()).isEqualTo(body);
        }
        assertThat(
                        serving.raw(
                                "POST /v1/echo HTTP/1.1\r\n"
                                        + "Host: localhost\r\n"
                                        + "Connection: close\r\n"
                                        + "Transfer-Encoding: chunked\r\n\r\n"
                                        + "3\r\n"
                                        + "abc\r\n"
                                        + "2\r\n"
                                        + "de\r\n"
                                        + "0\r\n\r\n"))
                .endsWith("abcde");
        serving.awaitNothingHeld();
    }

    @Test
    void refusesABodyBeyondItsLimitAndNamesIt() throws Exception {
        HttpResponse<String> answer = serving.post("/v1/small", "x".repeat(11));
        assertThat(answer.statusCode()).isEqualTo(413);
        assertThat(answer.body()).contains("10 bytes");
        assertThat(
                        serving.raw(
                                "POST /v1/small HTTP/1.1\r\n"
                                        + "Host: localhost\r\n"
                                        + "Transfer-Encoding: chunked\r\n\r\n"
                                        + "b\r\n"
                                        + "01234567890\r\n"
                                        + "0\r\n\r\n"))
                .startsWith("HTTP/1.1 413");
        serving.awaitNothingHeld();
    }

    @Test
    void asksForTheBodyOnlyWhenItWillTakeIt() throws Exception {
        String head =
                "POST /v1/small HTTP/1.1\r\n"
                        + "Host: localhost\r\n"
                        + "Connection: close\r\n"
                        + "Expect: 100-continue\r\n"
                        + "Content-Length: ";
        assertThat(serving.raw(head + "3\r\n\r\nabc"))
                .startsWith("HTTP/1.1 100 Continue")
                .endsWith("abc");
        assertThat(serving.raw(head + "30\r\n\r\n")).startsWith("HTTP/1.1 413");
    }

    @Test
    void refusesMalformedAndOverlongHeads() throws Exception {
        assertThat(
                        serving.raw(
                                "GET /"
                                        + "x".repeat(9_000)
                                        + " HTTP/1.1\r\nHost: localhost\r\n\r\n"))
                .contains(" 414 ", "8192 bytes");
        assertThat(
                        serving.raw(
                                "GET / HTTP/1.1\r\nHost: localhost\r\nA: "
                                        + "x".repeat(20_000)
                                        + "\r\n\r\n"))
                .contains(" 431 ", "16384 bytes");
        assertThat(serving.raw("nonsense\r\n\r\n")).contains(" 400 ");
    }

    @Test
    void keepsTheConnectionWhenItRefusesAShortRequest() throws Exception {
        String missing = "GET /nowhere HTTP/1.1\r\nHost: localhost\r\n\r\n";
        String tooLong =
                "POST /v1/small HTTP/1.1\r\n"
                        + "Host: localhost\r\n"
                        + "Content-Length: 11\r\n\r\n"
                        + "0123456789a";
        String good =
                "POST /v1/small HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
                        + "Content-Length: 2\r\n\r\nok";
        assertThat(serving.raw(missing + tooLong + good))
                .containsSubsequence("HTTP/1.1 404", "HTTP/1.1 413", "HTTP/1.1 200", "ok");
    }

    @Test
    void readsNoEndlessBodyOfARefusedRequest() throws Exception {
        assertThat(
                        serving.raw(
                                "POST /nowhere HTTP/1.1\r\nHost: localhost\r\n"
                                        + "Content-Length: 99999999\r\n\r\nx"))
                .startsWith("HTTP/1.1 404")
                .contains("connection: close");
    }
}
