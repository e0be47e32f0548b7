package agency.bench.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Each order is carried out on the wire, and each request stands in the upstream's books as it was.
 */
class ScriptedUpstreamTest {

    private static final ScriptedUpstream UPSTREAM = ScriptedUpstream.usual();
    private static final HttpClient HTTP =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private static final JsonMapper JSON = new JsonMapper();
    private static final Duration AWAIT_END = Duration.ofMinutes(1);
    private static int port;

    @BeforeAll
    static void start() {
        port = UPSTREAM.start(0);
    }

    @AfterAll
    static void stop() {
        UPSTREAM.close();
    }

    @BeforeEach
    void emptyTheBooks() throws Exception {
        send("POST", "/_counts/reset", "");
    }

    private static HttpResponse<byte[]> send(String method, String path, String body)
            throws Exception {
        return HTTP.send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                        .timeout(Duration.ofSeconds(60))
                        .header("authorization", "Bearer sk-test")
                        .method(method, HttpRequest.BodyPublishers.ofString(body))
                        .build(),
                HttpResponse.BodyHandlers.ofByteArray());
    }

    private static String body(String order, boolean stream) {
        return "{\"model\":\"scripted\",\"stream\":"
                + stream
                + ",\"stream_options\":{\"include_usage\":true},\"messages\":[{\"role\":\"user\",\"content\":\"one"
                + " two [["
                + order
                + "]]\"}]}";
    }

    private static HttpResponse<byte[]> chat(String order, boolean stream) throws Exception {
        return send("POST", "/v1/chat/completions", body(order, stream));
    }

    private static String text(HttpResponse<byte[]> answer) {
        return new String(answer.body(), StandardCharsets.UTF_8);
    }

    private static List<JsonNode> books() throws Exception {
        List<JsonNode> served = new ArrayList<>();
        JSON.readTree(send("GET", "/_counts", "").body()).path("served").forEach(served::add);
        return served;
    }

    private static JsonNode awaitEnd(String end) throws Exception {
        long until = System.nanoTime() + AWAIT_END.toNanos();
        while (System.nanoTime() < until) {
            List<JsonNode> books = books();
            if (books.size() == 1 && books.getFirst().path("end").asString().equals(end))
                return books.getFirst();
            Thread.sleep(20);
        }
        throw new AssertionError("no request ended as " + end + ": " + books());
    }

    @ParameterizedTest
    @CsvSource({
        "true, 8, 11",
        "missing,,",
        "text,,",
        "absurd, 2000000000, 2000000000",
        "negative, -7, -5",
        "zero, 0, 0"
    })
    void keepsItsOwnCountWhateverItTells(String usage, Integer prompt, Integer completion)
            throws Exception {
        for (boolean stream : new boolean[] {false, true}) {
            emptyTheBooks();
            String answer = text(chat("answer usage=" + usage + " tag=here", stream));
            JsonNode book = awaitEnd("complete");
            assertThat(book.path("promptTokens").asInt()).isEqualTo(3 + 2 + 3);
            assertThat(book.path("completionTokens").asInt()).isEqualTo(11);
            assertThat(book.path("tag").asString()).isEqualTo("here");
            assertThat(book.has("toldPrompt")).isEqualTo(prompt != null);
            if (prompt != null && completion != null) {
                assertThat(book.path("toldPrompt").asInt()).isEqualTo(prompt);
                assertThat(book.path("toldCompletion").asInt()).isEqualTo(completion);
                assertThat(answer).contains("\"completion_tokens\":" + completion);
            }
        }
    }

    @Test
    void closesBeforeAnyAnswer() {
        assertThatThrownBy(() -> chat("close", false)).isInstanceOf(IOException.class);
    }

    @Test
    void resetsInTheMiddleOfAFrame() throws Exception {
        try (Socket socket = open(body("break after=4", true))) {
            StringBuilder seen = new StringBuilder();
            assertThatThrownBy(
                            () -> {
                                int b = socket.getInputStream().read();
                                while (b >= 0) {
                                    seen.append((char) b);
                                    b = socket.getInputStream().read();
                                }
                            })
                    .isInstanceOf(SocketException.class);
            assertThat(seen.toString().split("data: ")).hasSize(1 + 5);
        }
        assertThat(awaitEnd("cut").path("completionTokens").asInt()).isEqualTo(3);
    }

    @Test
    void stallsUntilTheCallerLeavesAndCountsThatItLeft() throws Exception {
        try (Socket socket = open(body("stall after=2", true))) {
            socket.setSoTimeout(300);
            assertThatThrownBy(() -> socket.getInputStream().readAllBytes())
                    .isInstanceOf(SocketTimeoutException.class);
        }
        assertThat(awaitEnd("left").path("completionTokens").asInt()).isEqualTo(1);
    }

    @Test
    void answersWithErrorsThatBillNothing() throws Exception {
        HttpResponse<byte[]> busy = chat("status code=429 retry=3", false);
        assertThat(busy.statusCode()).isEqualTo(429);
        assertThat(busy.headers().firstValue("retry-after")).contains("3");
        assertThat(chat("status code=503", true).statusCode()).isEqualTo(503);
        assertThat(books()).isEmpty();
    }

    @Test
    void answersWithThingsThatAreNoAnswer() throws Exception {
        assertThat(chat("html", false).headers().firstValue("content-type")).contains("text/html");
        assertThatThrownBy(() -> JSON.readTree(chat("badjson", false).body())).isNotNull();
        assertThat(text(chat("badjson", true))).contains("data: {\"choices\":[{\"delta\n\n");
        assertThat(chat("garbage bytes=100", false).body()).hasSize(100);
        assertThat(chat("hugeline bytes=1000000", true).body()).hasSizeGreaterThan(1_000_000);
        assertThat(chat("wrongtype", true).headers().firstValue("content-type"))
                .contains("application/json");
    }

    @Test
    void endsStreamsNotAtAllOrTwice() throws Exception {
        assertThat(text(chat("nodone", true))).doesNotContain("[DONE]");
        assertThat(text(chat("twodone", true)).split("\\[DONE]", -1)).hasSize(3);
    }

    @Test
    void compressesUnasked() throws Exception {
        HttpResponse<byte[]> answer = chat("gzip", true);
        assertThat(answer.headers().firstValue("content-encoding")).contains("gzip");
        byte[] plain = new GZIPInputStream(new ByteArrayInputStream(answer.body())).readAllBytes();
        assertThat(new String(plain, StandardCharsets.UTF_8))
                .contains("漢字")
                .endsWith("data: [DONE]\n\n");
    }

    @Test
    void cutsInsideCharactersButLosesNone() throws Exception {
        assertThat(text(chat("utf8", true)))
                .contains("漢字")
                .contains("🙂")
                .endsWith("data: [DONE]\n\n");
        assertThat(JSON.readTree(chat("utf8", false).body()).findValue("content").asString())
                .isEqualTo(ScriptedUpstream.USUAL_TEXT);
    }

    @Test
    void readsRequestsHoweverTheyArrive() throws Exception {
        String json = body("answer", false);
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            var out = socket.getOutputStream();
            String head =
                    "POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nAuthorization: bearer k\r\n"
                            + "Transfer-Encoding: chunked\r\n\r\n";
            String half = json.substring(0, 20);
            String chunks =
                    "14\r\n"
                            + half
                            + "\r\n"
                            + Integer.toHexString(json.length() - 20)
                            + ";x=y\r\n"
                            + json.substring(20)
                            + "\r\n0\r\n\r\n";
            // Two requests at once, byte by byte: neither may be lost.
            for (byte b : (head + chunks + head + chunks).getBytes(StandardCharsets.UTF_8)) {
                out.write(b);
                out.flush();
            }
            socket.setSoTimeout(5_000);
            StringBuilder seen = new StringBuilder();
            while (seen.toString().split("HTTP/1.1 200", -1).length < 3) {
                seen.append((char) socket.getInputStream().read());
            }
        }
        assertThat(books()).hasSize(2);
    }

    @Test
    void refusesOrdersItDoesNotKnow() throws Exception {
        assertThat(chat("dance", false).statusCode()).isEqualTo(400);
        assertThat(chat("answer chunks=many", false).statusCode()).isEqualTo(400);
    }

    @Test
    void takesOrdersFromTheModelToo() throws Exception {
        String ask = "{\"model\":\"scripted/status?code=503\",\"messages\":[]}";
        assertThat(send("POST", "/v1/chat/completions", ask).statusCode()).isEqualTo(503);
    }

    private static Socket open(String json) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.getOutputStream()
                .write(
                        ("POST /v1/chat/completions HTTP/1.1\r\n"
                                        + "host: x\r\n"
                                        + "authorization: Bearer k\r\n"
                                        + "content-length: "
                                        + json.length()
                                        + "\r\n\r\n"
                                        + json)
                                .getBytes(StandardCharsets.UTF_8));
        return socket;
    }
}
