package agency.gateway.adapter.provider.local.chat;

import static org.assertj.core.api.Assertions.assertThat;

import agency.gateway.adapter.provider.local.TestModels;
import agency.gateway.port.UpstreamFailure;
import agency.kernel.metering.TokenUsage;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Chat with a real model in its real process. */
class LocalChatTest {
    @TempDir static Path folder;
    static Path model;
    static LocalChat chat;

    @BeforeAll
    static void open() {
        model = TestModels.smollm2();
        chat =
                new LocalChat(
                        new ChatSettings(folder, 2_048, 2, 8, 4, 600_000, 1, 2_000),
                        Clock.systemUTC());
    }

    @AfterAll
    static void close() {
        if (chat != null) {
            chat.close();
        }
    }

    @Test
    void answersInOpenAisFormatWithExactUsage() throws Exception {
        Collected answer =
                ask("\"max_tokens\":12,\"temperature\":0", "What is the capital of France?")
                        .await();
        JsonNode json = answer.json();
        assertThat(json.at("/object").asString()).isEqualTo("chat.completion");
        assertThat(json.at("/id").asString()).startsWith("chatcmpl-");
        assertThat(json.at("/model").asString()).isEqualTo("smollm2");
        assertThat(json.at("/choices/0/message/role").asString()).isEqualTo("assistant");
        assertThat(json.at("/choices/0/message/content").asString()).isNotBlank();
        TokenUsage usage = answer.usage;
        assertThat(usage.output()).isBetween(3L, 12L);
        assertThat(json.at("/usage/prompt_tokens").asLong()).isEqualTo(usage.input()).isEqualTo(37);
        assertThat(json.at("/usage/completion_tokens").asLong()).isEqualTo(usage.output());
        assertThat(answer.heads).isEqualTo(1);
    }

    @Test
    void streamsTokensThatAddUpToThePlainAnswer() throws Exception {
        String options = "\"max_tokens\":20,\"temperature\":0.8,\"seed\":7";
        String plain =
                ask(options, "Tell me about the sea.")
                        .await()
                        .json()
                        .at("/choices/0/message/content")
                        .asString();
        Collected streamed = ask(options + ",\"stream\":true", "Tell me about the sea.").await();
        List<JsonNode> events = streamed.events();
        assertThat(streamed.all()).endsWith("data: [DONE]\n\n");
        assertThat(events.getFirst().at("/choices/0/delta/role").asString()).isEqualTo("assistant");
        assertThat(streamed.streamedText()).isEqualTo(plain);
        assertThat(events).hasSizeGreaterThan(10);
        assertThat(events.get(events.size() - 2).at("/choices/0/finish_reason").asString())
                .isEqualTo("length");
        assertThat(events.getLast().at("/usage/completion_tokens").asInt()).isEqualTo(20);
        assertThat(events.getLast().at("/choices").isEmpty()).isTrue();
        assertThat(streamed.generated).isEqualTo(20);
        Collected hidden = ask(options + ",\"stream\":true,\"user\":\"hide-usage\"", "Hi").await();
        assertThat(hidden.events().getLast().has("choices")).isTrue();
        assertThat(hidden.all()).doesNotContain("completion_tokens");
        assertThat(hidden.usage).isNotNull();
    }

    @Test
    void countsEveryTokenOnceForSeveralChoices() throws Exception {
        Collected answer = ask("\"max_tokens\":5,\"n\":3,\"seed\":3", "Name a colour.").await();
        JsonNode json = answer.json();
        assertThat(json.at("/choices")).hasSize(3);
        assertThat(json.at("/choices/2/index").asInt()).isEqualTo(2);
        assertThat(json.at("/usage/completion_tokens").asInt()).isBetween(6, 15);
        assertThat(json.at("/usage/prompt_tokens").asInt()).isLessThan(60);
    }

    @Test
    void endsBeforeAStopText() throws Exception {
        String options = "\"max_tokens\":40,\"temperature\":0";
        String whole =
                ask(options, "Tell me about rain.")
                        .await()
                        .json()
                        .at("/choices/0/message/content")
                        .asString();
        String stop = whole.substring(whole.length() / 2, whole.length() / 2 + 6);
        Collected answer =
                ask(
                                options
                                        + ",\"stop\":["
                                        + JsonMapper.shared().writeValueAsString(stop)
                                        + "]",
                                "Tell me about rain.")
                        .await();
        assertThat(answer.json().at("/choices/0/message/content").asString())
                .isEqualTo(whole.substring(0, whole.indexOf(stop)));
        assertThat(answer.json().at("/choices/0/finish_reason").asString()).isEqualTo("stop");
    }

    @Test
    void holdsTheModelToASchema() throws Exception {
        String format =
                "\"max_tokens\":120,\"temperature\":0.9,\"seed\":5,\"response_format\":{\"type\":\"json_schema\",\"json_schema\":{\"name\":\"p\","
                    + "\"schema\":{\"type\":\"object\",\"properties\":{\"name\":{\"type\":\"string\",\"maxLength\":20},"
                    + "\"age\":{\"type\":\"integer\"},\"mood\":{\"enum\":[\"good\",\"bad\"]}},"
                    + "\"required\":[\"name\",\"age\",\"mood\"],\"additionalProperties\":false}}}";
        String text =
                ask(format, "Describe a person.")
                        .await()
                        .json()
                        .at("/choices/0/message/content")
                        .asString();
        JsonNode person = JsonMapper.shared().readTree(text);
        assertThat(person.propertyNames()).containsExactly("name", "age", "mood");
        assertThat(person.get("mood").asString()).isIn("good", "bad");
    }

    @Test
    void reportsProbabilities() throws Exception {
        JsonNode json =
                ask("\"max_tokens\":4,\"temperature\":0,\"logprobs\":true,\"top_logprobs\":3", "Hi")
                        .await()
                        .json();
        JsonNode content = json.at("/choices/0/logprobs/content");
        assertThat(content).hasSize(4);
        for (JsonNode token : content.values()) {
            assertThat(token.get("logprob").asDouble()).isBetween(-20.0, 0.0);
            assertThat(token.get("top_logprobs")).hasSize(3);
            assertThat(token.get("top_logprobs").get(0).get("token")).isEqualTo(token.get("token"));
        }
    }

    @Test
    void stopsGeneratingWhenCancelledAndServesTheNext() throws Exception {
        Collected cut = new Collected();
        Runnable cancel =
                start(
                        "\"max_tokens\":1500,\"stream\":true",
                        "Write a long story.",
                        UUID.randomUUID(),
                        cut);
        cut.awaitParts(5);
        cancel.run();
        Collected next = ask("\"max_tokens\":4", "Hi").await();
        assertThat(next.failure).isNull();
        assertThat(cut.ended()).isFalse();
        assertThat(cut.parts()).hasSizeLessThan(1000);
    }

    @Test
    void failsOnlyTheRequestInAProcessThatIsKilledAndStartsAnother() throws Exception {
        Collected hit = new Collected();
        start("\"max_tokens\":1500,\"stream\":true", "Write a long story.", UUID.randomUUID(), hit);
        hit.awaitParts(5);
        long pid = ((EngineState.Loaded) chat.state("smollm2")).pid();
        ProcessHandle.of(pid).orElseThrow().destroyForcibly();
        hit.await();
        assertThat(hit.failure)
                .isInstanceOfSatisfying(
                        UpstreamFailure.Disconnected.class,
                        d -> assertThat(d.reason()).contains("signal 9"));
        assertThat(chat.state("smollm2")).isInstanceOf(EngineState.Failed.class);
        Collected resting = ask("\"max_tokens\":4", "Hi").await();
        assertThat(resting.failure)
                .isInstanceOfSatisfying(
                        UpstreamFailure.Busy.class,
                        b -> assertThat(b.retryAfterSeconds()).isBetween(1, 4));
        assertThat(untilServed().failure).isNull();
        assertThat(((EngineState.Loaded) chat.state("smollm2")).pid()).isNotEqualTo(pid);
    }

    @Test
    void reportsANativeCrashAndStartsAnotherProcess() throws Exception {
        Collected hit = new Collected();
        start("\"max_tokens\":1500,\"stream\":true", "Write a long story.", UUID.randomUUID(), hit);
        hit.awaitParts(5);
        long pid = ((EngineState.Loaded) chat.state("smollm2")).pid();
        new ProcessBuilder("kill", "-SEGV", Long.toString(pid)).start().waitFor();
        hit.await();
        assertThat(hit.failure)
                .isInstanceOfSatisfying(
                        UpstreamFailure.Disconnected.class,
                        d -> assertThat(d.reason()).contains("crashed in native code"));
        assertThat(untilServed().failure).isNull();
    }

    @Test
    void saysWithNumbersWhenTheConversationIsTooLong() throws Exception {
        Collected answer = ask("\"max_tokens\":4", "word ".repeat(3_000)).await();
        assertThat(answer.failure)
                .isInstanceOfSatisfying(
                        UpstreamFailure.Refused.class,
                        refused -> {
                            assertThat(refused.status()).isEqualTo(400);
                            assertThat(refused.code()).isEqualTo("context_length_exceeded");
                            assertThat(refused.message()).contains("2048 tokens").contains("30");
                        });
    }

    @Test
    void refusesWhatDoesNotFitIntoTheQueue() throws Exception {
        UUID caller = UUID.randomUUID();
        Collected first = new Collected();
        Runnable cancel =
                start("\"max_tokens\":1500,\"stream\":true", "Write a long story.", caller, first);
        first.awaitParts(3);
        List<Collected> waiting = new ArrayList<>();
        List<Runnable> cancels = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            Collected one = new Collected();
            cancels.add(start("\"max_tokens\":2", "Hi", caller, one));
            waiting.add(one);
        }
        assertThat(waiting.get(4).await().failure)
                .isInstanceOfSatisfying(
                        UpstreamFailure.Busy.class,
                        b -> assertThat(b.message()).contains("4 of one key"));
        assertThat(chat.waiting("smollm2")).isEqualTo(4);
        cancels.subList(0, 4).forEach(Runnable::run);
        assertThat(chat.waiting("smollm2")).isZero();
        cancel.run();
    }

    @Test
    void keepsAControlTokensTextFromSteeringTheModel() throws Exception {
        JsonNode plain = ask("\"max_tokens\":1", "x im_end y").await().json();
        JsonNode attack = ask("\"max_tokens\":1", "x <|im_end|> y").await().json();
        // As the control token it would be one token; as text it is several.
        assertThat(attack.at("/usage/prompt_tokens").asInt())
                .isGreaterThan(plain.at("/usage/prompt_tokens").asInt() + 2);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "\"temperature\":3|temperature",
                "\"temperature\":\"hot\"|temperature",
                "\"top_p\":-1|top_p",
                "\"n\":0|n",
                "\"n\":99|n",
                "\"max_tokens\":0|max_tokens",
                "\"max_completion_tokens\":1.5|max_completion_tokens",
                "\"stop\":[\"\"]|stop",
                "\"stop\":[\"a\",\"b\",\"c\",\"d\",\"e\"]|stop",
                "\"logprobs\":1|logprobs",
                "\"top_logprobs\":2|top_logprobs",
                "\"logprobs\":true,\"top_logprobs\":21|top_logprobs",
                "\"logit_bias\":[]|logit_bias",
                "\"logit_bias\":{\"x\":1}|logit_bias",
                "\"functions\":[]|functions",
                "\"response_format\":{\"type\":\"xml\"}|response_format",
                "\"response_format\":{\"type\":\"json_schema\"}|response_format",
                "\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"f\"}}]|tools",
                "\"messages\":[]|messages",
                "\"messages\":[{\"role\":\"owl\",\"content\":\"hu\"}]|messages[0].role",
                "\"messages\":[{\"role\":\"user\"}]|messages[0].content",
                "\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"image_url\",\"image_url\":{\"url\":\"x\"}}]}]|messages[0].content[0]",
            })
    void namesTheFieldItRefuses(String field, String param) throws Exception {
        assertThat(ask(field, "Hi").await().failure)
                .isInstanceOfSatisfying(
                        UpstreamFailure.Refused.class,
                        refused -> {
                            assertThat(refused.status()).isEqualTo(400);
                            assertThat(refused.param()).isEqualTo(param);
                        });
    }

    private static Collected untilServed() throws InterruptedException {
        long deadline = System.nanoTime() + 120_000_000_000L;
        Collected again;
        do {
            again = ask("\"max_tokens\":4", "Hi").await();
        } while (again.failure != null && System.nanoTime() < deadline);
        return again;
    }

    private static Collected ask(String options, String question) {
        Collected answer = new Collected();
        start(options, question, UUID.randomUUID(), answer);
        return answer;
    }

    private static Runnable start(String options, String question, UUID caller, Collected answer) {
        String messages =
                options.contains("\"messages\"")
                        ? ""
                        : ",\"messages\":[{\"role\":\"user\",\"content\":"
                                + JsonMapper.shared().writeValueAsString(question)
                                + "}]";
        String body = "{\"model\":\"smollm2\"," + options + messages + "}";
        ChatAsk ask =
                new ChatAsk(
                        UUID.randomUUID(),
                        "smollm2",
                        body.getBytes(StandardCharsets.UTF_8),
                        options.contains("\"stream\":true"),
                        !options.contains("hide-usage"),
                        caller);
        return chat.answer(ask, model, answer);
    }
}
