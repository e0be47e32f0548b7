package agency.e2e.client;

import static agency.bench.upstream.ScriptedUpstream.USUAL_TEXT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.langchain4j.agent.tool.ToolSpecification;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.data.segment.TextSegment;
import dev.langchain4j.exception.AuthenticationException;
import dev.langchain4j.exception.InternalServerException;
import dev.langchain4j.exception.ModelNotFoundException;
import dev.langchain4j.exception.RateLimitException;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.json.JsonObjectSchema;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.langchain4j.model.openai.OpenAiChatModel;
import dev.langchain4j.model.openai.OpenAiEmbeddingModel;
import dev.langchain4j.model.openai.OpenAiStreamingChatModel;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Promises to LangChain4j's OpenAI module. */
public interface LangChainContract {

    Endpoint endpoint();

    private OpenAiChatModel chat(String key, String model) {
        return OpenAiChatModel.builder()
                .baseUrl(endpoint().baseUrl())
                .apiKey(key)
                .modelName(model)
                .maxRetries(0)
                .timeout(Duration.ofSeconds(30))
                .build();
    }

    private ChatResponse streamed(ChatRequest request) throws Exception {
        CompletableFuture<ChatResponse> whole = new CompletableFuture<>();
        StringBuilder text = new StringBuilder();
        OpenAiStreamingChatModel.builder()
                .baseUrl(endpoint().baseUrl())
                .apiKey(endpoint().key())
                .modelName(endpoint().chatModel())
                .timeout(Duration.ofSeconds(30))
                .build()
                .chat(
                        request,
                        new StreamingChatResponseHandler() {
                            @Override
                            public void onPartialResponse(String part) {
                                text.append(part);
                            }

                            @Override
                            public void onCompleteResponse(ChatResponse response) {
                                whole.complete(response);
                            }

                            @Override
                            public void onError(Throwable error) {
                                whole.completeExceptionally(error);
                            }
                        });
        ChatResponse response = whole.get(30, TimeUnit.SECONDS);
        if (response.aiMessage().text() != null) {
            assertThat(text).hasToString(response.aiMessage().text());
        }
        return response;
    }

    private static ChatRequest ask(String text) {
        return ChatRequest.builder().messages(UserMessage.from(text)).build();
    }

    @Test
    default void langChainGetsAnAnswerPlainAndStreamed() throws Exception {
        ChatResponse plain =
                chat(endpoint().key(), endpoint().chatModel()).chat(ask("hello there"));
        ChatResponse streamed = streamed(ask("hello there"));
        for (ChatResponse answer : List.of(plain, streamed)) {
            assertThat(answer.aiMessage().text()).isEqualTo(USUAL_TEXT);
            assertThat(answer.tokenUsage().inputTokenCount()).isEqualTo(5);
            assertThat(answer.tokenUsage().outputTokenCount()).isEqualTo(11);
        }
    }

    @Test
    default void langChainGetsToolCallsPlainAndStreamed() throws Exception {
        ChatRequest request =
                ChatRequest.builder()
                        .messages(UserMessage.from("weather? [[answer calls=2]]"))
                        .toolSpecifications(
                                ToolSpecification.builder()
                                        .name("weather")
                                        .parameters(
                                                JsonObjectSchema.builder()
                                                        .addStringProperty("city")
                                                        .build())
                                        .build())
                        .build();
        ChatResponse plain = chat(endpoint().key(), endpoint().chatModel()).chat(request);
        ChatResponse streamed = streamed(request);
        for (ChatResponse answer : List.of(plain, streamed)) {
            assertThat(answer.aiMessage().toolExecutionRequests()).hasSize(2);
            assertThat(answer.aiMessage().toolExecutionRequests())
                    .allSatisfy(call ->
                            assertThat(call.arguments()).isEqualTo("{\"city\":\"Zürich\"}"));
        }
    }

    @Test
    default void langChainGetsEmbeddings() {
        var answer =
                OpenAiEmbeddingModel.builder()
                        .baseUrl(endpoint().baseUrl())
                        .apiKey(endpoint().key())
                        .modelName(endpoint().embeddingModel())
                        .maxRetries(0)
                        .build()
                        .embedAll(List.of(TextSegment.from("one two"), TextSegment.from("three")));
        assertThat(answer.content()).hasSize(2);
        assertThat(answer.tokenUsage().inputTokenCount()).isEqualTo(3);
    }

    @Test
    default void langChainMapsErrorsToItsOwnClasses() {
        String key = endpoint().key();
        String model = endpoint().chatModel();
        assertThatThrownBy(() -> chat("sk-wrong", model).chat(ask("x")))
                .isInstanceOf(AuthenticationException.class);
        assertThatThrownBy(() -> chat(key, "unknown-model").chat(ask("x")))
                .isInstanceOf(ModelNotFoundException.class);
        assertThatThrownBy(() -> chat(key, model).chat(ask("[[status code=429 retry=1]]")))
                .isInstanceOf(RateLimitException.class);
        assertThatThrownBy(() -> chat(key, model).chat(ask("[[status code=500]]")))
                .isInstanceOf(InternalServerException.class);
    }
}
