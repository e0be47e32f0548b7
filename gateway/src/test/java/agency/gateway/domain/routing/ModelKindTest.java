package agency.gateway.domain.routing;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ModelKindTest {
    @ParameterizedTest
    @CsvSource({
        "gpt-4o-mini, CHAT",
        "openai/gpt-4.1, CHAT",
        "meta-llama/Llama-3.3-70B-Instruct, CHAT",
        "qwen2.5:0.5b, CHAT",
        "text-embedding-3-small, EMBEDDING",
        "nomic-embed-text:latest, EMBEDDING",
        "BAAI/bge-m3, EMBEDDING",
        "all-minilm-l6, EMBEDDING",
        "whisper-large-v3, OTHER",
        "gpt-4o-mini-tts, OTHER",
        "gpt-3.5-turbo-instruct, OTHER",
        "omni-moderation-latest, OTHER"
    })
    void tellsTheKindByTheName(String name, ModelKind kind) {
        assertThat(ModelKind.of(name)).isEqualTo(kind);
    }

    @Test
    void suggestsASmallChatModelAndNoOther() {
        assertThat(toTry("whisper-1", "gpt-4o", "text-embedding-3-small", "gpt-4o-mini"))
                .isEqualTo("up/gpt-4o-mini");
        assertThat(toTry("text-embedding-3-small", "gpt-4o")).isEqualTo("up/gpt-4o");
        assertThat(toTry("whisper-1")).isEqualTo("none");
        assertThat(toTry()).isEqualTo("none");
    }

    private static String toTry(String... models) {
        List<Routed.To> offered =
                Stream.of(models).map(model -> new Routed.To("up", model, 0)).toList();
        return ModelKind.toTry(offered).map(Routed.To::fullName).orElse("none");
    }
}
