package agency.e2e.product;

import static org.assertj.core.api.Assertions.assertThat;

import agency.bench.product.StartedAgency;
import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.helpers.ChatCompletionAccumulator;
import com.openai.models.chat.completions.ChatCompletion;
import com.openai.models.chat.completions.ChatCompletionChunk;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.chat.completions.ChatCompletionStreamOptions;
import com.openai.models.embeddings.EmbeddingCreateParams;
import com.openai.models.models.Model;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/**
 * An official client talks to models that run on this machine: a real answer, streamed, and
 * counted.
 */
class LocalModelTest {

    private static final String CHAT = "smollm2-135m-instruct";
    private static final String EMBEDDING = "bge-small-en-v1.5";
    private static final Duration PULL = Duration.ofMinutes(3);

    private final AgencyFixture fixture = AgencyFixture.shared();
    private final OpenAIClient client =
            OpenAIOkHttpClient.builder()
                    .baseUrl(fixture.endpoint().baseUrl())
                    .apiKey(fixture.key())
                    .maxRetries(0)
                    .timeout(Duration.ofMinutes(2))
                    .build();

    @Test
    void aSmallModelStreamsARealAnswerAndItsTokensAreOnTheRecord() throws Exception {
        String model = pulled();
        ChatCompletionCreateParams ask =
                ChatCompletionCreateParams.builder()
                        .model(model)
                        .addUserMessage(
                                "What is the capital of France? Answer in one short sentence.")
                        .maxCompletionTokens(40)
                        .temperature(0)
                        .streamOptions(
                                ChatCompletionStreamOptions.builder().includeUsage(true).build())
                        .build();
        List<ChatCompletionChunk> chunks = new ArrayList<>();
        try (var stream = client.chat().completions().createStreaming(ask)) {
            stream.stream().forEach(chunks::add);
        }
        ChatCompletionAccumulator accumulator = ChatCompletionAccumulator.create();
        chunks.forEach(accumulator::accumulate);
        ChatCompletion answer = accumulator.chatCompletion();
        assertThat(answer.choices().getFirst().message().content().orElseThrow()).contains("Paris");
        assertThat(chunks).hasSizeGreaterThan(4);
        long output = answer.usage().orElseThrow().completionTokens();
        assertThat(output).isBetween(1L, 40L);
        Await.within(
                Duration.ofSeconds(60),
                "the request is on the record",
                () -> {
                    JsonNode requests =
                            fixture.agency().manage("GET", "/api/v1/requests?limit=100", "");
                    for (JsonNode item : requests.path("items")) {
                        if (item.path("model").asString("").equals(model)
                                && item.path("usage_class").asString("").equals("reported")
                                && item.path("output_tokens").asLong(-1) == output) return true;
                    }
                    return false;
                });
    }

    @Test
    void textsThatMeanTheSameAreNearerThanOthers() {
        String model =
                client.models().list().autoPager().stream()
                        .map(Model::id)
                        .filter(id -> id.contains(EMBEDDING))
                        .findFirst()
                        .orElseThrow(
                                () -> new AssertionError("no local embedding model in the list"));
        var answer =
                client.embeddings()
                        .create(
                                EmbeddingCreateParams.builder()
                                        .model(model)
                                        .inputOfArrayOfStrings(
                                                List.of(
                                                        "a cat sleeps",
                                                        "a kitten is napping",
                                                        "tax law of 1987"))
                                        .build());
        List<List<Float>> vectors = answer.data().stream().map(e -> e.embedding()).toList();
        assertThat(vectors.getFirst()).hasSize(384);
        assertThat(dot(vectors.get(0), vectors.get(1)))
                .isGreaterThan(dot(vectors.get(0), vectors.get(2)) + 0.1);
        assertThat(answer.usage().promptTokens()).isPositive();
    }

    private String pulled() throws Exception {
        StartedAgency agency = fixture.agency();
        agency.manage(
                "POST",
                "/api/v1/models/pull",
                "{\"source\":\"" + CHAT + "\",\"accept_terms\":false}");
        AtomicReference<JsonNode> last = new AtomicReference<>();
        Await.within(
                PULL,
                "the model is here",
                () -> {
                    for (JsonNode model :
                            agency.manage("GET", "/api/v1/models/local", "").path("items")) {
                        if (model.path("name").asString("").equals(CHAT)) last.set(model);
                    }
                    JsonNode now = last.get();
                    return now != null
                            && List.of("ready", "failed").contains(now.path("state").asString(""));
                });
        if (last.get().path("state").asString().equals("failed")) {
            String why =
                    "skipped, "
                            + CHAT
                            + " cannot be had here: "
                            + last.get().path("detail").asString("");
            if ("true".equals(System.getenv("CI"))) throw new AssertionError(why);
            Assumptions.abort(why);
        }
        return last.get().path("model").asString(CHAT);
    }

    private static double dot(List<Float> a, List<Float> b) {
        double sum = 0;
        for (int i = 0; i < a.size(); i++) sum += a.get(i) * b.get(i);
        return sum;
    }
}
