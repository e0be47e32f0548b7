package agency.gateway.flow;

import static agency.gateway.flow.CompleteChatTest.ANSWER;
import static agency.gateway.flow.CompleteChatTest.ASK;
import static agency.gateway.flow.CompleteChatTest.DONE;
import static agency.gateway.flow.CompleteChatTest.LAST;
import static agency.gateway.flow.CompleteChatTest.USAGE;
import static agency.gateway.flow.CompleteChatTest.event;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import agency.gateway.api.GatewaySettings;
import agency.gateway.testing.BookOfTests.Settled;
import agency.gateway.testing.GatewayUnderTest;
import agency.kernel.metering.Ending;
import agency.kernel.metering.TokenUsage;
import agency.kernel.metering.UsageClass;
import agency.platform.config.Bytes;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class UpstreamFaultsTest {
    static final Duration LONG = Duration.ofMinutes(1);

    private static final String PLAIN = String.format(ASK, "");
    private static final String STREAM = String.format(ASK, ",\"stream\":true");

    private GatewayUnderTest gateway;

    /** Only what a test is about is short: a slow machine must not run into the other limits. */
    @BeforeEach
    void start() throws Exception {
        gateway = new GatewayUnderTest(waiting(LONG, LONG, LONG, LONG));
    }

    private void restart(GatewaySettings settings) throws Exception {
        gateway.close();
        gateway = new GatewayUnderTest(settings);
    }

    static GatewaySettings waiting(
            Duration firstByte, Duration idle, Duration total, Duration clientIdle) {
        return new GatewaySettings(
                new Bytes(1 << 20),
                LONG,
                firstByte,
                idle,
                total,
                clientIdle,
                Duration.ofMillis(300),
                1_000,
                8,
                8);
    }

    @AfterEach
    void stop() {
        gateway.close();
    }

    private Settled settled(Ending ending, UsageClass known) throws Exception {
        Settled settled = gateway.book.settlement();
        assertThat(settled.outcome().ending()).isEqualTo(ending);
        assertThat(settled.outcome().usageClass()).isEqualTo(known);
        assertThat(gateway.book.unseen()).isZero();
        return settled;
    }

    private static void error(HttpResponse<String> answer, int status, String code) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        assertThat(answer.body()).contains("\"code\":\"" + code + "\"");
        assertThat(answer.headers().firstValue("content-type")).hasValue("application/json");
        assertThat(answer.headers().firstValue("x-request-id")).isPresent();
    }

    @Test
    void passesAProvidersRefusalThrough() throws Exception {
        String body =
                "{\"error\":{\"message\":\"This model's maximum context length is 8 tokens.\","
                        + "\"type\":\"invalid_request_error\",\"param\":\"messages\","
                        + "\"code\":\"context_length_exceeded\"}}";
        gateway.upstream.next((a, line) -> line.json(400, body, "x-request-id: req_1"));
        HttpResponse<String> answer = gateway.chat(PLAIN);
        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(answer.body()).isEqualTo(body);
        Settled settled = settled(Ending.UPSTREAM_ERROR, UsageClass.REPORTED);
        assertThat(settled.outcome().usage()).isEqualTo(TokenUsage.NONE);
        assertThat(settled.outcome().status()).isEqualTo(400);
        assertThat(settled.outcome().providerRequestId()).isEqualTo("req_1");
    }

    @ParameterizedTest
    @ValueSource(ints = {401, 403})
    void neverShowsWhatAProviderSaysAboutOurKey(int status) throws Exception {
        gateway.upstream.next((a, line) ->
                line.json(
                        status, "{\"error\":{\"message\":\"Incorrect key sk-provider-secret\"}}"));
        HttpResponse<String> answer = gateway.chat(PLAIN);
        error(answer, 502, "provider_auth");
        assertThat(answer.body()).doesNotContain("sk-provider-secret");
        settled(Ending.UPSTREAM_ERROR, UsageClass.REPORTED);
    }

    @Test
    void passesALimitAndItsRetryAfterThrough() throws Exception {
        gateway.upstream.next((a, line) ->
                line.json(429, "{\"error\":{\"message\":\"slow down\"}}", "retry-after: 7"));
        HttpResponse<String> answer = gateway.chat(PLAIN);
        assertThat(answer.statusCode()).isEqualTo(429);
        assertThat(answer.headers().firstValue("retry-after")).hasValue("7");
    }

    @ParameterizedTest
    @CsvSource({
        "404,404,provider_404",
        "500,502,provider_error",
        "503,503,provider_error",
        "302,502,provider_error",
        "529,502,provider_error"
    })
    void saysWhatAProviderAnsweredWhoseWordsAreNotOurs(int status, int ours, String code)
            throws Exception {
        gateway.upstream.next((a, line) ->
                line.answer(status, "text/html", "<html>oh</html>", "location: http://x/"));
        error(gateway.chat(PLAIN), ours, code);
        settled(Ending.UPSTREAM_ERROR, UsageClass.REPORTED);
    }

    @Test
    void tellsAProvidersOwnWordsAboutItsFailure() throws Exception {
        gateway.upstream.next((a, line) ->
                line.json(500, "{\"error\":{\"message\":\"" + "overheated".repeat(80) + "\"}}"));
        assertThat(gateway.chat(PLAIN).body()).contains("overheated").contains("…");
    }

    @Test
    void readsNoMoreOfAnErrorThanItKeeps() throws Exception {
        gateway.upstream.next((a, line) -> line.answer(500, "text/plain", "x".repeat(300_000)));
        error(gateway.chat(PLAIN), 502, "provider_error");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "text/html|<html>",
                "application/json|{\"id\":\"c1\",\"choices\":[",
                "application/json|nonsense",
                "text/event-stream|data: {}"
            })
    void takesNoGarbageForAnAnswer(String typeAndBody) throws Exception {
        String[] parts = typeAndBody.split("\\|");
        gateway.upstream.next((a, line) -> line.answer(200, parts[0], parts[1]));
        error(gateway.chat(PLAIN), 502, "provider_garbage");
        settled(Ending.UPSTREAM_BROKEN, UsageClass.ESTIMATED);
    }

    @Test
    void takesNoPlainAnswerForAStream() throws Exception {
        gateway.upstream.next((a, line) -> line.json(200, ANSWER));
        error(gateway.chat(STREAM), 502, "provider_garbage");
    }

    @Test
    void saysWhenAProviderDoesNotSpeakHttp() throws Exception {
        gateway.upstream.next((a, line) -> line.send("SSH-2.0-OpenSSH\r\n\r\n").close());
        HttpResponse<String> answer = gateway.chat(PLAIN);
        assertThat(answer.statusCode()).isEqualTo(502);
        assertThat(gateway.book.settlement().outcome().ending()).isEqualTo(Ending.UPSTREAM_BROKEN);
    }

    @Test
    void saysWhenAProviderClosesWithoutAWord() throws Exception {
        gateway.upstream.next((a, line) -> line.close());
        error(gateway.chat(PLAIN), 502, "provider_disconnected");
        settled(Ending.UPSTREAM_BROKEN, UsageClass.ESTIMATED);
    }

    @Test
    void saysWhenAProviderResetsWithinItsAnswer() throws Exception {
        gateway.upstream.next((a, line) -> {
            line.send(
                    "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n"
                            + "content-length: 500\r\n\r\n{\"id\":");
            line.reset();
        });
        error(gateway.chat(PLAIN), 502, "provider_disconnected");
    }

    @Test
    void saysWhenAProviderCannotBeReached() throws Exception {
        gateway.upstream.close();
        error(gateway.chat(PLAIN), 502, "provider_unreachable");
        Settled settled = settled(Ending.UPSTREAM_BROKEN, UsageClass.REPORTED);
        assertThat(settled.outcome().usage()).isEqualTo(TokenUsage.NONE);
    }

    @Test
    void waitsNoLongerForAHeadThanAllowed() throws Exception {
        restart(waiting(Duration.ofSeconds(1), LONG, LONG, LONG));
        gateway.upstream.next((a, line) -> line.awaitClosed());
        error(gateway.chat(PLAIN), 504, "provider_timeout");
        Settled settled = settled(Ending.UPSTREAM_TIMEOUT, UsageClass.ESTIMATED);
        assertThat(settled.outcome().usage().input()).isPositive();
    }

    @Test
    void endsABrokenStreamWithAnErrorEventAndNoDone() throws Exception {
        CountDownLatch seen = new CountDownLatch(1);
        gateway.upstream.next((a, line) -> {
            line.streamHead().chunk(event("Hel")).chunk(event("lo").substring(0, 20));
            seen.await();
            line.reset();
        });
        assertThat(gateway.streamed(STREAM, "Hel", seen::countDown))
                .startsWith("HTTP/1.1 200")
                .contains(event("Hel"), "data: {\"error\":{", "provider_disconnected")
                .endsWith("}}\n\n\r\n0\r\n\r\n")
                .doesNotContain("[DONE]");
        Settled settled = settled(Ending.UPSTREAM_BROKEN, UsageClass.ESTIMATED);
        assertThat(settled.outcome().usage().output()).isEqualTo(1);
    }

    @RepeatedTest(5)
    void answersWithAStatusWhenAStreamBreaksBeforeAnythingWentOut() throws Exception {
        gateway.upstream.next((a, line) -> line.streamHead().reset());
        assertThat(gateway.chat(STREAM).statusCode()).isEqualTo(502);
    }

    @Test
    void endsASilentStreamWithAnErrorEvent() throws Exception {
        restart(waiting(LONG, Duration.ofSeconds(1), LONG, LONG));
        gateway.upstream.next((a, line) -> {
            line.streamHead().chunk(event("Hel"));
            line.awaitClosed();
        });
        HttpResponse<String> answer = gateway.chat(STREAM);
        assertThat(answer.body()).contains("provider_timeout").doesNotContain("[DONE]");
        assertThat(answer.body()).contains(": still working");
        settled(Ending.UPSTREAM_TIMEOUT, UsageClass.ESTIMATED);
    }

    @Test
    void endsAStreamThatNeverEnds() throws Exception {
        restart(waiting(LONG, LONG, Duration.ofSeconds(2), LONG));
        gateway.upstream.next((a, line) -> {
            line.streamHead();
            while (true) {
                line.chunk(event("x"));
                Thread.sleep(50);
            }
        });
        assertThat(gateway.chat(STREAM).body()).contains("total").doesNotContain("[DONE]");
        settled(Ending.UPSTREAM_TIMEOUT, UsageClass.ESTIMATED);
    }

    @Test
    void endsAStreamThatTurnsIntoGarbage() throws Exception {
        CountDownLatch seen = new CountDownLatch(1);
        gateway.upstream.next((a, line) -> {
            line.streamHead().chunk(event("Hel"));
            seen.await();
            line.chunk("data: {\"id\":\n\n").chunk(DONE);
        });
        assertThat(gateway.streamed(STREAM, "Hel", seen::countDown))
                .contains("data: {\"error\":{", "provider_garbage")
                .doesNotContain("[DONE]");
        settled(Ending.UPSTREAM_BROKEN, UsageClass.ESTIMATED);
    }

    @Test
    void tellsAnErrorThatAProviderSendsWithinAStream() throws Exception {
        CountDownLatch seen = new CountDownLatch(1);
        gateway.upstream.next((a, line) -> {
            line.streamHead().chunk(event("Hel"));
            seen.await();
            line.chunk("data: {\"error\":{\"message\":\"overloaded\"}}\n\n").lastChunk();
        });
        assertThat(gateway.streamed(STREAM, "Hel", seen::countDown))
                .contains("overloaded")
                .doesNotContain("[DONE]");
        settled(Ending.UPSTREAM_ERROR, UsageClass.ESTIMATED);
    }

    @Test
    void saysTheLastWordForAProviderThatForgetsIt() throws Exception {
        gateway.upstream.next(
                (a, line) -> line.streamHead().chunk(event("Hi") + LAST + USAGE).lastChunk());
        assertThat(gateway.chat(STREAM).body()).isEqualTo(event("Hi") + LAST + DONE);
        settled(Ending.COMPLETED, UsageClass.REPORTED);
    }

    @Test
    void takesAnEndWithoutAReasonForABreak() throws Exception {
        gateway.upstream.next((a, line) -> line.streamHead().chunk(event("Hi")).lastChunk());
        assertThat(gateway.chat(STREAM).body()).contains("provider_disconnected");
        settled(Ending.UPSTREAM_BROKEN, UsageClass.ESTIMATED);
    }

    @Test
    void capsAUsageBeyondWhatCanHaveBeen() throws Exception {
        gateway.upstream.next((a, line) ->
                line.json(
                        200, "{\"usage\":{\"prompt_tokens\":999999999,\"completion_tokens\":1}}"));
        gateway.chat(PLAIN);
        Settled settled = settled(Ending.COMPLETED, UsageClass.REPORTED);
        assertThat(settled.outcome().usage().input())
                .isEqualTo(settled.intent().boundInputTokens());
    }

    @Test
    void estimatesWhereAUsageCannotBe() throws Exception {
        gateway.upstream.next((a, line) ->
                line.json(200, "{\"usage\":{\"prompt_tokens\":-9,\"completion_tokens\":1}}"));
        assertThat(gateway.chat(PLAIN).statusCode()).isEqualTo(200);
        settled(Ending.COMPLETED, UsageClass.ESTIMATED);
    }

    @Test
    void readsAnAnswerThatIsPackedThoughNobodyAskedForIt() throws Exception {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
            gzip.write(ANSWER.getBytes(java.nio.charset.StandardCharsets.UTF_8));
        }
        gateway.upstream.next((a, line) ->
                line.send(
                                "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n"
                                        + "content-encoding: gzip\r\ncontent-length: "
                                        + packed.size()
                                        + "\r\n\r\n")
                        .send(packed.toByteArray()));
        HttpResponse<String> answer = gateway.chat(PLAIN);
        assertThat(answer.body()).isEqualTo(ANSWER);
        assertThat(answer.headers().firstValue("content-encoding")).isEmpty();
        settled(Ending.COMPLETED, UsageClass.REPORTED);
    }

    @Test
    void passesALongAnswerThroughPieceByPiece() throws Exception {
        String long_ =
                "{\"data\":\"" + "x".repeat(3_000_000) + "\",\"usage\":{\"prompt_tokens\":3}}";
        gateway.upstream.next((a, line) -> line.json(200, long_));
        HttpResponse<String> answer = gateway.chat(PLAIN);
        assertThat(answer.body()).isEqualTo(long_);
        assertThat(answer.headers().firstValueAsLong("content-length")).hasValue(long_.length());
        assertThat(settled(Ending.COMPLETED, UsageClass.REPORTED).outcome().usage().input())
                .isEqualTo(3);
    }

    @RepeatedTest(5)
    void breaksOffALongAnswerThatBreaks() throws Exception {
        gateway.upstream.next((a, line) -> {
            line.send(
                    "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n"
                            + "content-length: 3000000\r\n\r\n{\"data\":\""
                            + "x".repeat(1_000_000));
            // In order: a reset would throw away what we have not read yet, and when that is nearly
            // all, nothing has gone out and the answer is a proper 502.
            line.close();
        });
        assertThat(catchThrowable(() -> gateway.chat(PLAIN))).isInstanceOf(IOException.class);
        settled(Ending.UPSTREAM_BROKEN, UsageClass.ESTIMATED);
    }

    @Test
    void usesAConnectionAgain() throws Exception {
        gateway.upstream.always((a, line) -> line.json(200, ANSWER));
        for (int i = 0; i < 20; i++) assertThat(gateway.chat(PLAIN).statusCode()).isEqualTo(200);
        for (int i = 0; i < 20; i++) gateway.book.settlement();
        assertThat(gateway.upstream.others()).hasSize(20);
        assertThat(gateway.upstream.connections()).isLessThanOrEqualTo(2);
    }
}
