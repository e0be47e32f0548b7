package agency.gateway.flow;

import static agency.gateway.flow.CompleteChatTest.ANSWER;
import static agency.gateway.flow.CompleteChatTest.ASK;
import static agency.gateway.flow.CompleteChatTest.DONE;
import static agency.gateway.flow.CompleteChatTest.LAST;
import static agency.gateway.flow.CompleteChatTest.USAGE;
import static agency.gateway.flow.CompleteChatTest.event;
import static agency.gateway.flow.UpstreamFaultsTest.LONG;
import static org.assertj.core.api.Assertions.assertThat;

import agency.gateway.domain.routing.Catalogue;
import agency.gateway.domain.routing.ModelCard;
import agency.gateway.domain.vendor.VendorTable;
import agency.gateway.port.Callers.Bearer;
import agency.gateway.testing.BookOfTests.Settled;
import agency.gateway.testing.GatewayUnderTest;
import agency.gateway.testing.RecordedTraces;
import agency.kernel.metering.Admission;
import agency.kernel.metering.Caller;
import agency.kernel.metering.Ending;
import agency.kernel.metering.UsageClass;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DoorTest {
    private static final String PLAIN = String.format(ASK, "");
    private static final String STREAM = String.format(ASK, ",\"stream\":true");

    private GatewayUnderTest gateway;

    @BeforeEach
    void start() throws Exception {
        gateway =
                new GatewayUnderTest(
                        UpstreamFaultsTest.waiting(LONG, LONG, LONG, Duration.ofSeconds(1)));
    }

    @AfterEach
    void stop() {
        gateway.close();
    }

    private static void error(HttpResponse<String> answer, int status, String code) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        assertThat(answer.body()).contains("\"code\":\"" + code + "\"");
    }

    private HttpResponse<String> with(String authorization) throws Exception {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(gateway.uri("/v1/chat/completions"))
                        .POST(HttpRequest.BodyPublishers.ofString(PLAIN));
        if (!authorization.isEmpty()) request.header("authorization", authorization);
        return gateway.send(request.build());
    }

    @Test
    void refusesWhoHasNoGoodKey() throws Exception {
        error(with(""), 401, "missing_api_key");
        error(with("Basic abc"), 401, "missing_api_key");
        error(with("Bearer "), 401, "missing_api_key");
        error(with("Bearer sk-proj-of-openai"), 401, "invalid_api_key");
        error(with("Bearer sk-agency-" + "ä".repeat(43)), 401, "invalid_api_key");
        error(with("Bearer sk-agency-" + "b".repeat(43)), 401, "invalid_api_key");
        String key = "sk-agency-" + "c".repeat(43);
        gateway.bearers.put(key, new Bearer.Revoked());
        error(with("Bearer " + key), 401, "revoked_api_key");
        gateway.bearers.put(key, new Bearer.Expired());
        error(with("bearer " + key), 401, "expired_api_key");
        gateway.bearers.put(key, new Bearer.Adrift(3));
        HttpResponse<String> adrift = with("Bearer " + key);
        error(adrift, 503, "overloaded");
        assertThat(adrift.headers().firstValue("retry-after")).hasValue("3");
        assertThat(gateway.refused).hasSize(9);
        assertThat(gateway.book.intents()).isEmpty();
    }

    @Test
    void admitsNothingForAKeyThatWasRevokedWhileTheBodyCame() throws Exception {
        try (Socket socket = new Socket("127.0.0.1", gateway.port())) {
            String head =
                    "POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\nconnection: close\r\n"
                            + "authorization: Bearer "
                            + GatewayUnderTest.KEY
                            + "\r\ncontent-length: "
                            + PLAIN.length()
                            + "\r\n\r\n";
            CountDownLatch looked = new CountDownLatch(1);
            Bearer known = gateway.bearers.get(GatewayUnderTest.KEY);
            gateway.onLookup = looked::countDown;
            socket.getOutputStream()
                    .write((head + PLAIN.substring(0, 10)).getBytes(StandardCharsets.UTF_8));
            assertThat(looked.await(60, TimeUnit.SECONDS)).isTrue();
            assertThat(known).isInstanceOf(Bearer.Known.class);
            gateway.bearers.put(GatewayUnderTest.KEY, new Bearer.Revoked());
            socket.getOutputStream().write(PLAIN.substring(10).getBytes(StandardCharsets.UTF_8));
            error(RawAnswer.of(socket.getInputStream()), 401, "revoked_api_key");
        }
        assertThat(gateway.book.intents()).isEmpty();
    }

    @Test
    void letsAKeyUseItsModelsOnly() throws Exception {
        gateway.upstream.always((a, line) -> line.json(200, ANSWER));
        allow(Set.of("org/other"));
        error(gateway.chat(PLAIN), 403, "model_not_allowed");
        allow(Set.of("gpt-4o-mini"));
        assertThat(gateway.chat(PLAIN).statusCode()).isEqualTo(200);
        allow(Set.of("up/gpt-4o-mini"));
        assertThat(gateway.chat(PLAIN).statusCode()).isEqualTo(200);
    }

    @Test
    void letsAKeyInFromItsNetworksOnly() throws Exception {
        gateway.upstream.always((a, line) -> line.json(200, ANSWER));
        Caller caller = new Caller(1, new UUID(2, 2), null, GatewayUnderTest.KEY_ID);
        gateway.bearers.put(
                GatewayUnderTest.KEY,
                new Bearer.Known(caller, Set.of(), address -> !address.isLoopbackAddress()));
        error(gateway.chat(PLAIN), 401, "ip_not_authorized");
        gateway.bearers.put(
                GatewayUnderTest.KEY,
                new Bearer.Known(caller, Set.of(), InetAddress::isLoopbackAddress));
        assertThat(gateway.chat(PLAIN).statusCode()).isEqualTo(200);
    }

    private void allow(Set<String> models) {
        gateway.bearers.put(
                GatewayUnderTest.KEY,
                new Bearer.Known(
                        new Caller(1, new UUID(2, 2), null, GatewayUnderTest.KEY_ID),
                        models,
                        null));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            textBlock =
                    """
                    {"model":"gpt-4o-mini",|400|invalid_json
                    {"model":7}|400|invalid_value
                    {"messages":[]}|400|missing_required_parameter
                    {"model":"gpt-4o-mimi"}|404|model_not_found
                    {"model":"nothing-like-it-at-all-anywhere"}|404|model_not_found
                    """)
    void saysWhatIsWrongWithARequest(String body, int status, String code) throws Exception {
        error(gateway.chat(body), status, code);
        assertThat(gateway.book.intents()).isEmpty();
    }

    @Test
    void tellsLineAndColumnAndTheNearestName() throws Exception {
        assertThat(gateway.chat("{\n\"model\" 1}").body()).contains("line 2, column 9");
        assertThat(gateway.chat("{\"model\":\"gpt-4o-mimi\"}").body())
                .contains("Did you mean gpt-4o-mini?");
    }

    @Test
    void rewritesTheModelsFullName() throws Exception {
        gateway.upstream.always((a, line) -> line.json(200, ANSWER));
        gateway.chat("{\"model\":\"up/org/other\",\"messages\":[]}");
        assertThat(gateway.upstream.asked().body())
                .isEqualTo("{\"model\":\"org/other\",\"messages\":[]}");
        gateway.chat("{\"model\":\"up/not-listed\",\"messages\":[]}");
        assertThat(gateway.upstream.asked().body()).contains("\"not-listed\"");
    }

    @Test
    void asksWhichWhenSeveralProvidersOfferAModel() throws Exception {
        gateway.directory.replace(
                new Catalogue(
                        new TreeMap<>(
                                Map.of(
                                        "a", List.of(new ModelCard("gpt-4o-mini", 0)),
                                        "b", List.of(new ModelCard("gpt-4o-mini", 0)),
                                        "c", List.of(new ModelCard("gpt-4o-mini", 0))))),
                Map.of());
        HttpResponse<String> answer = gateway.chat(PLAIN);
        error(answer, 404, "model_ambiguous");
        assertThat(answer.body()).contains("a/gpt-4o-mini or b/gpt-4o-mini or c/gpt-4o-mini");
        error(gateway.chat(PLAIN.replace("gpt", "b/gpt")), 502, "provider_unreachable");
        assertThat(gateway.book.settlement().outcome().ending()).isEqualTo(Ending.UPSTREAM_BROKEN);
    }

    @Test
    void saysWhyTheLedgerRefuses() throws Exception {
        gateway.book.refuse(
                i -> new Admission.Exhausted("key k", false, 1_000_000_000, 500_000_000, 7, 0));
        HttpResponse<String> exhausted = gateway.chat(PLAIN);
        error(exhausted, 429, "insufficient_quota");
        assertThat(exhausted.headers().firstValue("x-should-retry")).hasValue("false");
        assertThat(exhausted.body()).contains("0.5 of 1 are left");
        gateway.book.refuse(i -> new Admission.Unpriced(i.provider(), i.model(), "key k"));
        error(gateway.chat(PLAIN), 403, "model_unpriced");
        gateway.book.refuse(i -> new Admission.Overloaded(4));
        HttpResponse<String> overloaded = gateway.chat(PLAIN);
        error(overloaded, 503, "overloaded");
        assertThat(overloaded.headers().firstValue("retry-after")).hasValue("4");
        assertThat(gateway.upstream.others()).isEmpty();
    }

    @Test
    void showsTheUsageToWhoAsked() throws Exception {
        gateway.upstream.next((a, line) ->
                line.streamHead().chunk(event("Hi") + LAST + USAGE + DONE).lastChunk());
        String body =
                String.format(ASK, ",\"stream\":true,\"stream_options\":{\"include_usage\":true}");
        assertThat(gateway.chat(body).body()).isEqualTo(event("Hi") + LAST + USAGE + DONE);
        assertThat(gateway.upstream.asked().body()).isEqualTo(body);
    }

    @Test
    void doesNotAskAVendorForUsageThatTellsItUnasked() throws Exception {
        gateway.connect("mistral", VendorTable.named("mistral").orElseThrow());
        gateway.upstream.always((a, line) ->
                line.streamHead().chunk(event("Hi") + LAST + USAGE + DONE).lastChunk());
        gateway.chat(STREAM);
        assertThat(gateway.upstream.asked().body()).isEqualTo(STREAM);
        gateway.chat(
                String.format(ASK, ",\"stream\":true,\"stream_options\":{\"include_usage\":true}"));
        assertThat(gateway.upstream.asked().body()).contains("\"stream_options\":null");
    }

    @Test
    void callsAzureInItsOwnWay() throws Exception {
        gateway.connect("azure", VendorTable.named("azure").orElseThrow());
        gateway.upstream.always((a, line) -> line.json(200, ANSWER));
        gateway.chat(PLAIN);
        var asked = gateway.upstream.asked();
        assertThat(asked.head())
                .startsWith(
                        "POST /v1/openai/deployments/gpt-4o-mini/chat/completions?api-version=");
        assertThat(asked.header("api-key")).isEqualTo("sk-provider-secret");
        assertThat(asked.header("authorization")).isEmpty();
    }

    @Test
    void tracesRequestAndAttempt() throws Exception {
        gateway.upstream.next((a, line) -> line.json(200, ANSWER));
        HttpResponse<String> answer =
                gateway.send(
                        gateway.request("/v1/chat/completions", PLAIN)
                                .header("traceparent", "00-aa-bb-01")
                                .build());
        assertThat(answer.headers().firstValue("x-test-trace"))
                .as("the server knows the trace that its log lines must name")
                .hasValue(RecordedTraces.TRACE);
        gateway.book.settlement();
        gateway.traces.await("request ended 200");
        assertThat(gateway.traces.lines())
                .startsWith("request 00-aa-bb-01 chat gpt-4o-mini", "attempt up gpt-4o-mini 1")
                .contains("attempt used 9 2", "attempt ended 200");
        gateway.upstream.next((a, line) -> line.json(500, "{}"));
        gateway.chat(PLAIN);
        gateway.book.settlement();
        gateway.traces.await("request failed 500 upstream_error");
        assertThat(gateway.traces.lines()).contains("attempt failed 500 upstream_error");
    }

    @Test
    void passesEmbeddingsThrough() throws Exception {
        String answer = "{\"data\":[{\"embedding\":[0.1]}],\"usage\":{\"prompt_tokens\":4}}";
        gateway.upstream.next((a, line) -> line.json(200, answer));
        String body = "{\"model\":\"text-embedding-3-small\",\"input\":[\"a\",\"b\"]}";
        assertThat(gateway.send(gateway.request("/v1/embeddings", body).build()).body())
                .isEqualTo(answer);
        assertThat(gateway.upstream.asked().head()).startsWith("POST /v1/embeddings ");
        Settled settled = gateway.book.settlement();
        assertThat(settled.intent().boundOutputTokens()).isZero();
        assertThat(settled.outcome().usage().input()).isEqualTo(4);
    }

    @Test
    void listsTheModelsAKeyMayUse() throws Exception {
        assertThat(get("/v1/models").body())
                .contains("\"id\":\"gpt-4o-mini\"", "\"id\":\"org/other\"", "\"owned_by\":\"up\"");
        assertThat(get("/v1/models/org%2Fother").body()).contains("\"id\":\"org/other\"");
        assertThat(get("/v1/models/up%2Fgpt-4o-mini").statusCode()).isEqualTo(200);
        error(get("/v1/models/nope"), 404, "model_not_found");
        error(get("/v1/models/%zz"), 404, "model_not_found");
        allow(Set.of("gpt-4o-mini"));
        assertThat(get("/v1/models").body()).doesNotContain("org/other");
        error(get("/v1/models/org%2Fother"), 403, "model_not_allowed");
        gateway.bearers.clear();
        error(get("/v1/models"), 401, "invalid_api_key");
        error(get("/v1/models/x"), 401, "invalid_api_key");
    }

    private HttpResponse<String> get(String path) throws Exception {
        try (Socket socket = new Socket("127.0.0.1", gateway.port())) {
            // A raw request: Java's client refuses a path that is not escaped well.
            socket.getOutputStream()
                    .write(
                            ("GET "
                                            + path
                                            + " HTTP/1.1\r\nhost: x\r\nconnection: close\r\n"
                                            + "authorization: Bearer "
                                            + GatewayUnderTest.KEY
                                            + "\r\n\r\n")
                                    .getBytes(StandardCharsets.US_ASCII));
            return RawAnswer.of(socket.getInputStream());
        }
    }

    /** Opens a stream by hand, so that it can be read slowly or left. */
    private Socket open(String body) throws Exception {
        Socket socket = new Socket();
        socket.setReceiveBufferSize(4_096);
        socket.connect(new java.net.InetSocketAddress("127.0.0.1", gateway.port()));
        socket.getOutputStream()
                .write(
                        ("POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\nauthorization: Bearer "
                                        + GatewayUnderTest.KEY
                                        + "\r\ncontent-length: "
                                        + body.length()
                                        + "\r\n\r\n"
                                        + body)
                                .getBytes(StandardCharsets.UTF_8));
        return socket;
    }

    @Test
    void stopsTheProviderWhenTheClientLeavesAndKeepsTheBooks() throws Exception {
        CompletableFuture<Void> stopped = new CompletableFuture<>();
        gateway.upstream.next((a, line) -> {
            line.streamHead().chunk(event("Hello")).chunk(event(" world"));
            line.awaitClosed();
            stopped.complete(null);
        });
        try (Socket socket = open(STREAM)) {
            InputStream in = socket.getInputStream();
            StringBuilder seen = new StringBuilder();
            while (seen.indexOf("world") < 0) seen.append((char) in.read());
        }
        stopped.get(60, TimeUnit.SECONDS);
        Settled settled = gateway.book.settlement();
        assertThat(settled.outcome().ending()).isEqualTo(Ending.CLIENT_LEFT);
        assertThat(settled.outcome().usageClass()).isEqualTo(UsageClass.ESTIMATED);
        assertThat(settled.outcome().usage().output()).isBetween(2L, 4L);
        assertThat(settled.outcome().usage().input()).isPositive();
    }

    @Test
    void slowsTheProviderDownForASlowClientAndLetsAStuckOneGo() throws Exception {
        CountDownLatch blocked = new CountDownLatch(1);
        gateway.upstream.next((a, line) -> {
            line.streamHead();
            String big = event("x".repeat(60_000));
            Thread watch =
                    Thread.ofVirtual()
                            .start(() -> {
                                try {
                                    while (true) line.chunk(big);
                                } catch (Exception e) {
                                    blocked.countDown();
                                }
                            });
            watch.join();
        });
        try (Socket socket = open(STREAM)) {
            // Reads nothing: the gateway must neither gather for ever nor wait for ever.
            assertThat(blocked.await(60, TimeUnit.SECONDS)).isTrue();
            assertThat(socket.isConnected()).isTrue();
        }
        assertThat(gateway.book.settlement().outcome().ending()).isEqualTo(Ending.CLIENT_LEFT);
    }

    @Test
    void aSlowClientGetsEverythingInTheEnd() throws Exception {
        String big = event("y".repeat(50_000));
        gateway.upstream.next((a, line) -> {
            line.streamHead();
            for (int i = 0; i < 40; i++) line.chunk(big);
            line.chunk(LAST + USAGE + DONE).lastChunk();
        });
        try (Socket socket = open(STREAM)) {
            InputStream in = socket.getInputStream();
            long total = 0;
            byte[] buffer = new byte[100_000];
            StringBuilder tail = new StringBuilder();
            while (tail.indexOf("[DONE]") < 0) {
                int n = in.read(buffer);
                assertThat(n).isPositive();
                total += n;
                tail.append(new String(buffer, 0, n, StandardCharsets.US_ASCII));
                if (tail.length() > 200_000) tail.delete(0, tail.length() - 100);
            }
            assertThat(total).isGreaterThan(40L * big.length());
        }
        assertThat(gateway.book.settlement().outcome().ending()).isEqualTo(Ending.COMPLETED);
    }

    @Test
    void endsTheStreamsOfARevokedKey() throws Exception {
        gateway.upstream.always((a, line) -> {
            line.streamHead().chunk(event("Hi"));
            line.awaitClosed();
        });
        CompletableFuture<HttpResponse<String>> answer =
                gateway.client()
                        .sendAsync(
                                gateway.request("/v1/chat/completions", STREAM).build(),
                                HttpResponse.BodyHandlers.ofString());
        gateway.upstream.asked();
        assertThat(gateway.inFlight.endStreamsOf(new UUID(9, 9), 1_000)).isTrue();
        assertThat(gateway.book.unseen()).isZero();
        assertThat(gateway.inFlight.endStreamsOf(GatewayUnderTest.KEY_ID, 1_000)).isTrue();
        assertThat(answer.get(60, TimeUnit.SECONDS).body())
                .contains("the key was revoked")
                .doesNotContain("[DONE]");
        assertThat(gateway.book.settlement().outcome().ending()).isEqualTo(Ending.CUT_SHORT);
    }

    @Test
    void cutsShortWhatDoesNotEndInTimeWhenStopping() throws Exception {
        gateway.upstream.always((a, line) -> {
            line.streamHead().chunk(event("Hi"));
            line.awaitClosed();
        });
        CompletableFuture<HttpResponse<String>> answer =
                gateway.client()
                        .sendAsync(
                                gateway.request("/v1/chat/completions", STREAM).build(),
                                HttpResponse.BodyHandlers.ofString());
        gateway.upstream.asked();
        gateway.inFlight.stop(150);
        assertThat(answer.get(60, TimeUnit.SECONDS).body()).contains("we are stopping");
        assertThat(gateway.book.settlement().outcome().ending()).isEqualTo(Ending.CUT_SHORT);
        error(gateway.chat(PLAIN), 503, "cut_short");
        assertThat(gateway.book.settlement().outcome().ending()).isEqualTo(Ending.CUT_SHORT);
    }
}
