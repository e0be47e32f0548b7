package agency.gateway.adapter.provider.local.embed;

import static org.assertj.core.api.Assertions.assertThat;

import agency.gateway.port.UpstreamFailure;
import agency.kernel.metering.TokenUsage;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Embeddings with the real model. */
class LocalEmbeddingsTest {
    private static final JsonMapper JSON = JsonMapper.shared();

    @TempDir static Path folder;
    static LocalEmbeddings embeddings;

    @BeforeAll
    static void open() {
        embeddings = new LocalEmbeddings(folder, 2, 4, 2, 60_000);
        embeddings.start();
    }

    @AfterAll
    static void close() {
        embeddings.close();
    }

    @Test
    void putsLikeTextsCloseTogetherWithVectorsOfLengthOne() throws Exception {
        JsonNode answer =
                ask(
                        "{\"model\":\"m\",\"input\":[\"A cat sat on the mat.\",\"A kitten is"
                                + " resting on a rug.\",\"The central bank raised rates.\"]}");
        float[] cat = floats(answer, 0);
        assertThat(answer.at("/object").asString()).isEqualTo("list");
        assertThat(cat).hasSize(384);
        assertThat(dot(cat, cat)).isBetween(0.9999, 1.0001);
        assertThat(dot(cat, floats(answer, 1))).isGreaterThan(dot(cat, floats(answer, 2)) + 0.15);
        // [CLS] a cat sat on the mat . [SEP] = 9; the others 10 and 8
        assertThat(answer.at("/usage/prompt_tokens").asInt()).isEqualTo(27);
        assertThat(answer.at("/usage/total_tokens").asInt()).isEqualTo(27);
    }

    @Test
    void givesATextTheSameVectorWhateverIsAskedBesideIt() throws Exception {
        float[] alone = floats(ask("{\"input\":\"the same text\"}"), 0);
        float[] among =
                floats(
                        ask("{\"input\":[\"a much longer neighbour, indeed\",\"the same text\"]}"),
                        1);
        assertThat(among).isEqualTo(alone);
    }

    @Test
    void encodesTheSameNumbersInBase64() throws Exception {
        float[] plain = floats(ask("{\"input\":\"hello\"}"), 0);
        String text =
                ask("{\"input\":\"hello\",\"encoding_format\":\"base64\"}")
                        .at("/data/0/embedding")
                        .asString();
        float[] decoded = new float[384];
        ByteBuffer.wrap(Base64.getDecoder().decode(text))
                .order(ByteOrder.LITTLE_ENDIAN)
                .asFloatBuffer()
                .get(decoded);
        assertThat(decoded).isEqualTo(plain);
    }

    @Test
    void saysWithTheNumberWhichTextIsTooLong() {
        UpstreamFailure failure =
                refused("{\"input\":[\"short\",\"" + "word ".repeat(600) + "\"]}");
        assertThat(failure)
                .isInstanceOfSatisfying(
                        UpstreamFailure.Refused.class,
                        r -> {
                            assertThat(r.code()).isEqualTo("context_length_exceeded");
                            assertThat(r.message())
                                    .contains("512 tokens")
                                    .contains("input 1 has 602 tokens");
                        });
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "not json",
                "[]",
                "{}",
                "{\"input\":\"\"}",
                "{\"input\":[]}",
                "{\"input\":[\"a\",\"\"]}",
                "{\"input\":[1,2]}",
                "{\"input\":[[1,2]]}",
                "{\"input\":{\"a\":1}}",
                "{\"input\":\"a\",\"dimensions\":128}",
                "{\"input\":\"a\",\"encoding_format\":\"int8\"}"
            })
    void refusesWhatItCannotDo(String body) {
        assertThat(refused(body))
                .isInstanceOfSatisfying(
                        UpstreamFailure.Refused.class, r -> assertThat(r.status()).isEqualTo(400));
    }

    @Test
    void acceptsTheSizeThatItMakesAsDimensions() throws Exception {
        assertThat(floats(ask("{\"input\":\"a\",\"dimensions\":384}"), 0)).hasSize(384);
    }

    @Test
    void refusesWhatDoesNotFitIntoTheLineAndForgetsTheCancelled() throws Exception {
        UUID caller = UUID.randomUUID();
        StringBuilder many = new StringBuilder("{\"input\":[\"a\"");
        many.append((",\"" + "word ".repeat(400) + "\"").repeat(400)).append("]}");
        List<Runnable> cancels = new ArrayList<>();
        List<Out> outs = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            Out out = new Out();
            outs.add(out);
            cancels.add(
                    embeddings.answer(
                            many.toString().getBytes(StandardCharsets.UTF_8), caller, out));
        }
        assertThat(outs.getLast().failure.get(60, TimeUnit.SECONDS))
                .isInstanceOf(UpstreamFailure.Busy.class);
        cancels.forEach(Runnable::run);
        assertThat(floats(ask("{\"input\":\"after\"}"), 0)).hasSize(384);
        assertThat(outs.getFirst().wire).isNotDone();
    }

    private static JsonNode ask(String body) throws Exception {
        Out out = new Out();
        embeddings.answer(body.getBytes(StandardCharsets.UTF_8), UUID.randomUUID(), out);
        return JSON.readTree(out.wire.get(60, TimeUnit.SECONDS));
    }

    private static UpstreamFailure refused(String body) {
        Out out = new Out();
        embeddings.answer(body.getBytes(StandardCharsets.UTF_8), UUID.randomUUID(), out);
        return out.failure.orTimeout(60, TimeUnit.SECONDS).join();
    }

    private static float[] floats(JsonNode answer, int index) {
        JsonNode numbers = answer.at("/data/" + index + "/embedding");
        float[] floats = new float[numbers.size()];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = (float) numbers.get(i).asDouble();
        }
        return floats;
    }

    private static double dot(float[] a, float[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += (double) a[i] * b[i];
        }
        return sum;
    }

    private static final class Out implements EmbedOut {
        final CompletableFuture<byte[]> wire = new CompletableFuture<>();
        final CompletableFuture<UpstreamFailure> failure = new CompletableFuture<>();

        @Override
        public void done(byte[] bytes, TokenUsage usage) {
            wire.complete(bytes);
        }

        @Override
        public void failed(UpstreamFailure why) {
            failure.complete(why);
        }
    }
}
