package agency.gateway.flow;

import static org.assertj.core.api.Assertions.assertThat;

import agency.gateway.testing.BookOfTests.Settled;
import agency.gateway.testing.GatewayUnderTest;
import agency.gateway.testing.RawUpstream.Asked;
import agency.kernel.metering.Ending;
import agency.kernel.metering.TokenUsage;
import agency.kernel.metering.UsageClass;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class CompleteChatTest {
    static final String ANSWER =
            "{\"id\":\"c1\",\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\","
                + "\"content\":\"Hi\"}}],\"extra\":{\"kept\":1},\"usage\":{\"prompt_tokens\":9,"
                + "\"completion_tokens\":2,\"total_tokens\":11,\"prompt_tokens_details\":"
                + "{\"cached_tokens\":4},\"completion_tokens_details\":{\"reasoning_tokens\":1}}}";
    static final String ASK =
            "{\"model\":\"gpt-4o-mini\",\"messages\":[{\"role\":\"user\",\"content\":\"Hello\"}]%s}";

    private GatewayUnderTest gateway;

    @BeforeEach
    void start() throws Exception {
        gateway = GatewayUnderTest.usual();
    }

    @AfterEach
    void stop() {
        gateway.close();
    }

    static String event(String content) {
        return "data: {\"id\":\"c1\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\""
                + content
                + "\"},\"finish_reason\":null}],\"usage\":null}\n\n";
    }

    static final String LAST =
            "data: {\"id\":\"c1\",\"choices\":[{\"index\":0,\"delta\":{},"
                    + "\"finish_reason\":\"stop\"}],\"usage\":null}\n\n";
    static final String USAGE =
            "data: {\"id\":\"c1\",\"choices\":[],\"usage\":{\"prompt_tokens\":9,"
                    + "\"completion_tokens\":3,\"total_tokens\":12}}\n\n";
    static final String DONE = "data: [DONE]\n\n";

    @Test
    void passesAPlainAnswerThroughAsItIs() throws Exception {
        gateway.upstream.next((asked, line) ->
                line.json(
                        200,
                        ANSWER,
                        "x-request-id: req_7",
                        "x-ratelimit-remaining-requests: 59",
                        "openai-processing-ms: 12",
                        "openai-organization: secret-org"));
        String request = String.format(ASK, ",\"seed\":7,\"unknown\":{\"a\":[1,2]}");
        HttpResponse<String> answer = gateway.chat(request);

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).isEqualTo(ANSWER);
        assertThat(answer.headers().firstValue("x-request-id")).isPresent();
        assertThat(answer.headers().firstValue("x-agency-provider")).hasValue("up");
        assertThat(answer.headers().firstValue("x-agency-attempts")).hasValue("1");
        assertThat(answer.headers().firstValue("x-agency-overhead-us")).isPresent();
        assertThat(answer.headers().firstValue("x-ratelimit-remaining-requests")).hasValue("59");
        assertThat(answer.headers().firstValue("openai-processing-ms")).hasValue("12");
        assertThat(answer.headers().firstValue("openai-organization")).isEmpty();

        Asked asked = gateway.upstream.asked();
        assertThat(asked.body()).isEqualTo(request);
        assertThat(asked.header("authorization")).isEqualTo("Bearer sk-provider-secret");
        assertThat(asked.head()).startsWith("POST /v1/chat/completions HTTP/1.1");

        Settled settled = gateway.book.settlement();
        assertThat(settled.outcome().ending()).isEqualTo(Ending.COMPLETED);
        assertThat(settled.outcome().usageClass()).isEqualTo(UsageClass.REPORTED);
        assertThat(settled.outcome().usage()).isEqualTo(new TokenUsage(9, 2, 4, 1));
        assertThat(settled.outcome().providerRequestId()).isEqualTo("req_7");
        assertThat(settled.intent().provider()).isEqualTo("up");
        assertThat(settled.intent().model()).isEqualTo("gpt-4o-mini");
    }

    @Test
    void streamsAndHidesTheUsageThatNobodyAskedFor() throws Exception {
        gateway.upstream.next((asked, line) ->
                line.streamHead()
                        .chunk(event("Hel"))
                        .chunk(event("lo"))
                        .chunk(LAST)
                        .chunk(USAGE + DONE)
                        .lastChunk());
        HttpResponse<String> answer = gateway.chat(String.format(ASK, ",\"stream\":true"));

        assertThat(answer.body()).isEqualTo(event("Hel") + event("lo") + LAST + DONE);
        assertThat(answer.headers().firstValue("content-type")).hasValue("text/event-stream");
        assertThat(gateway.upstream.asked().body())
                .isEqualTo(
                        "{\"stream_options\":{\"include_usage\":true},"
                                + String.format(ASK, ",\"stream\":true").substring(1));
        Settled settled = gateway.book.settlement();
        assertThat(settled.outcome().usageClass()).isEqualTo(UsageClass.REPORTED);
        assertThat(settled.outcome().usage()).isEqualTo(new TokenUsage(9, 3, 0, 0));
        assertThat(settled.outcome().firstByteMicros()).isPositive();
    }
}
