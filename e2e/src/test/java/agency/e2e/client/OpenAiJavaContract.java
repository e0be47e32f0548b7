package agency.e2e.client;

import static agency.bench.upstream.ScriptedUpstream.USUAL_TEXT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.JsonValue;
import com.openai.errors.InternalServerException;
import com.openai.errors.NotFoundException;
import com.openai.errors.OpenAIException;
import com.openai.errors.RateLimitException;
import com.openai.errors.UnauthorizedException;
import com.openai.helpers.ChatCompletionAccumulator;
import com.openai.models.FunctionDefinition;
import com.openai.models.FunctionParameters;
import com.openai.models.ResponseFormatJsonSchema;
import com.openai.models.chat.completions.ChatCompletion;
import com.openai.models.chat.completions.ChatCompletionChunk;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.chat.completions.ChatCompletionStreamOptions;
import com.openai.models.embeddings.EmbeddingCreateParams;
import com.openai.models.models.Model;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Promises to {@code com.openai:openai-java}. */
public interface OpenAiJavaContract {

    Endpoint endpoint();

    private OpenAIClient client(String key) {
        return OpenAIOkHttpClient.builder()
                .baseUrl(endpoint().baseUrl())
                .apiKey(key)
                .maxRetries(0)
                .timeout(Duration.ofSeconds(30))
                .build();
    }

    private ChatCompletionCreateParams.Builder ask(String text) {
        return ChatCompletionCreateParams.builder()
                .model(endpoint().chatModel())
                .addUserMessage(text);
    }

    private ChatCompletion complete(ChatCompletionCreateParams.Builder request) {
        return client(endpoint().key()).chat().completions().create(request.build());
    }

    private List<ChatCompletionChunk> stream(ChatCompletionCreateParams.Builder request) {
        List<ChatCompletionChunk> chunks = new ArrayList<>();
        streamInto(request, chunks);
        return chunks;
    }

    private void streamInto(
            ChatCompletionCreateParams.Builder request, List<ChatCompletionChunk> chunks) {
        try (var stream =
                client(endpoint().key()).chat().completions().createStreaming(request.build())) {
            stream.stream().forEach(chunks::add);
        }
    }

    private static ChatCompletion gathered(List<ChatCompletionChunk> chunks) {
        ChatCompletionAccumulator accumulator = ChatCompletionAccumulator.create();
        chunks.forEach(accumulator::accumulate);
        return accumulator.chatCompletion();
    }

    private static FunctionDefinition weather() {
        return FunctionDefinition.builder()
                .name("weather")
                .parameters(
                        FunctionParameters.builder()
                                .putAdditionalProperty("type", JsonValue.from("object"))
                                .putAdditionalProperty(
                                        "properties",
                                        JsonValue.from(
                                                Map.of(
                                                        "city",
                                                        Map.of("type", "string"),
                                                        "days",
                                                        Map.of("type", "integer"))))
                                .build())
                .build();
    }

    @Test
    default void openAiJavaGetsAPlainAnswerWithItsUsage() {
        ChatCompletion answer = complete(ask("hello there"));
        assertThat(answer.choices().getFirst().message().content()).contains(USUAL_TEXT);
        assertThat(answer.choices().getFirst().finishReason().asString()).isEqualTo("stop");
        assertThat(answer.usage().orElseThrow().promptTokens()).isEqualTo(5);
        assertThat(answer.usage().orElseThrow().completionTokens()).isEqualTo(11);
    }

    @Test
    default void openAiJavaGetsAStreamAndUsageOnlyWhenItAsks() {
        ChatCompletionStreamOptions usage =
                ChatCompletionStreamOptions.builder().includeUsage(true).build();
        List<ChatCompletionChunk> asked = stream(ask("hello [[answer ms=2]]").streamOptions(usage));
        assertThat(gathered(asked).choices().getFirst().message().content()).contains(USUAL_TEXT);
        assertThat(asked.getLast().usage().orElseThrow().completionTokens()).isEqualTo(11);

        List<ChatCompletionChunk> unasked = stream(ask("hello [[answer ms=2]]"));
        assertThat(gathered(unasked).choices().getFirst().message().content()).contains(USUAL_TEXT);
        assertThat(unasked)
                .allSatisfy(chunk -> {
                    assertThat(chunk.usage()).isEmpty();
                    assertThat(chunk.choices()).hasSize(1);
                });
    }

    @Test
    default void openAiJavaGetsCharactersWholeThatWereCutBetweenPackets() {
        assertThat(gathered(stream(ask("[[utf8]]"))).choices().getFirst().message().content())
                .contains(USUAL_TEXT);
        assertThat(complete(ask("[[utf8]]")).choices().getFirst().message().content())
                .contains(USUAL_TEXT);
    }

    @Test
    default void openAiJavaGetsParallelToolCallsWholeAndStreamed() {
        ChatCompletion plain =
                complete(ask("weather? [[answer calls=2]]").addFunctionTool(weather()));
        ChatCompletion streamed =
                gathered(stream(ask("weather? [[answer calls=2]]").addFunctionTool(weather())));
        for (ChatCompletion answer : List.of(plain, streamed)) {
            var calls = answer.choices().getFirst().message().toolCalls().orElseThrow();
            assertThat(calls).hasSize(2);
            assertThat(calls)
                    .allSatisfy(call -> {
                        assertThat(call.asFunction().function().name()).isEqualTo("weather");
                        assertThat(call.asFunction().function().arguments())
                                .contains("\"city\":\"Zürich\"")
                                .contains("\"days\":1");
                    });
            assertThat(answer.choices().getFirst().finishReason().asString())
                    .isEqualTo("tool_calls");
        }
    }

    @Test
    default void openAiJavaGetsStructuredOutput() {
        var schema =
                ResponseFormatJsonSchema.JsonSchema.Schema.builder()
                        .putAdditionalProperty("type", JsonValue.from("object"))
                        .putAdditionalProperty(
                                "properties",
                                JsonValue.from(Map.of("city", Map.of("type", "string"))))
                        .build();
        ChatCompletion answer =
                complete(
                        ask("where?")
                                .responseFormat(
                                        ResponseFormatJsonSchema.builder()
                                                .jsonSchema(
                                                        ResponseFormatJsonSchema.JsonSchema
                                                                .builder()
                                                                .name("place")
                                                                .schema(schema)
                                                                .build())
                                                .build()));
        assertThat(answer.choices().getFirst().message().content())
                .contains("{\"city\":\"Zürich\"}");
    }

    @Test
    default void openAiJavaGetsChoicesLogprobsAndFieldsNobodyKnows() {
        ChatCompletion answer =
                complete(
                        ask("hello")
                                .n(2)
                                .putAdditionalBodyProperty("seed", JsonValue.from(7))
                                .logprobs(true)
                                .stop("###")
                                .putAdditionalBodyProperty(
                                        "some_future_field", JsonValue.from(Map.of("a", 1))));
        assertThat(answer.choices()).hasSize(2);
        assertThat(answer.choices().getLast().logprobs().orElseThrow().content().orElseThrow())
                .hasSize(11);
        assertThat(answer.usage().orElseThrow().completionTokens()).isEqualTo(22);
    }

    @Test
    default void openAiJavaGetsEmbeddingsAsNumbersAndAsBase64() {
        EmbeddingCreateParams.Builder request =
                EmbeddingCreateParams.builder()
                        .model(endpoint().embeddingModel())
                        .inputOfArrayOfStrings(List.of("one two", "three"));
        var usual = client(endpoint().key()).embeddings().create(request.build());
        var numbers =
                client(endpoint().key())
                        .embeddings()
                        .create(
                                request.encodingFormat(EmbeddingCreateParams.EncodingFormat.FLOAT)
                                        .build());
        assertThat(usual.data()).hasSize(2);
        assertThat(usual.usage().promptTokens()).isEqualTo(3);
        assertThat(usual.data().getLast().embedding())
                .isEqualTo(numbers.data().getLast().embedding());
    }

    @Test
    default void openAiJavaListsModelsAndRetrievesOne() {
        OpenAIClient client = client(endpoint().key());
        assertThat(client.models().list().autoPager().stream().map(Model::id))
                .contains(endpoint().chatModel());
        assertThat(client.models().retrieve(endpoint().chatModel()).id())
                .isEqualTo(endpoint().chatModel());
    }

    @Test
    default void openAiJavaMapsErrorsToItsOwnClasses() {
        assertThatThrownBy(() -> client("sk-wrong").chat().completions().create(ask("x").build()))
                .isInstanceOf(UnauthorizedException.class);
        assertThatThrownBy(() -> complete(ask("x").model("unknown-model")))
                .isInstanceOf(NotFoundException.class);
        assertThatThrownBy(() -> complete(ask("[[status code=429 retry=1]]")))
                .isInstanceOfSatisfying(
                        RateLimitException.class,
                        e -> assertThat(e.headers().values("retry-after")).isNotEmpty());
        assertThatThrownBy(() -> complete(ask("[[status code=500]]")))
                .isInstanceOf(InternalServerException.class);
    }

    @Test
    default void openAiJavaSeesABrokenStreamAsAnError() {
        List<ChatCompletionChunk> chunks = new ArrayList<>();
        assertThatThrownBy(() -> streamInto(ask("[[break after=3]]"), chunks))
                .isInstanceOf(OpenAIException.class);
        assertThat(chunks).hasSizeGreaterThanOrEqualTo(2);
    }
}
