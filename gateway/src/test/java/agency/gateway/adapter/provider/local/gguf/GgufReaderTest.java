package agency.gateway.adapter.provider.local.gguf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import agency.gateway.adapter.provider.local.TestGguf;
import agency.gateway.adapter.provider.local.TestModels;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GgufReaderTest {
    @TempDir Path folder;

    @Test
    void readsWhatTheHeaderSays() throws IOException {
        byte[] bytes =
                TestGguf.of("qwen2")
                        .number("qwen2.context_length", 32_768)
                        .text("general.name", "Qwen")
                        .text("general.license", "apache-2.0")
                        .text("tokenizer.chat_template", "{{ 1 }}")
                        .texts("tokenizer.ggml.tokens", List.of("a", "<|im_end|>", "<tool_call>"))
                        .numbers("tokenizer.ggml.token_type", 1, 3, 4)
                        .number("tokenizer.ggml.eos_token_id", 1)
                        .numbers("something.else", 1, 2, 3)
                        .texts("tokenizer.ggml.merges", List.of("a b", "c d"))
                        .tensor("t", 0)
                        .bytes(256);
        GgufHeader header = read(bytes);
        assertThat(header.architecture()).isEqualTo("qwen2");
        assertThat(header.runnable()).isTrue();
        assertThat(header.name()).contains("Qwen");
        assertThat(header.licence()).contains("apache-2.0");
        assertThat(header.contextTokens()).isEqualTo(32_768);
        assertThat(header.chatTemplate()).contains("{{ 1 }}");
        assertThat(header.controlTokens()).containsExactly("<|im_end|>");
        assertThat(header.endToken()).isEqualTo("<|im_end|>");
        assertThat(header.beginToken()).isEmpty();
        assertThat(header.tensors()).isEqualTo(1);
    }

    @Test
    void readsARealModel() throws IOException {
        GgufHeader header = GgufReader.read(TestModels.smollm2());
        assertThat(header.architecture()).isEqualTo("llama");
        assertThat(header.contextTokens()).isEqualTo(8_192);
        assertThat(header.chatTemplate())
                .hasValueSatisfying(t -> assertThat(t).contains("<|im_start|>"));
        assertThat(header.controlTokens()).contains("<|im_start|>", "<|im_end|>");
        assertThat(header.tensors()).isGreaterThan(200);
    }

    @Test
    void knowsThatANewerArchitectureCannotBeRun() throws IOException {
        assertThat(read(TestGguf.of("qwen3next").bytes(0)).runnable()).isFalse();
        assertThat(read(TestGguf.of("bert").bytes(0)).runnable()).isFalse();
    }

    @Test
    void saysWhatIsWrongWithAFile() {
        assertRefused("hi".getBytes(), "only 2 bytes");
        assertRefused("this is no model at all, but long enough".getBytes(), "not begin with GGUF");
        byte[] version = TestGguf.of("llama").bytes(0);
        version[4] = 9;
        assertRefused(version, "version 9");
        assertRefused(new TestGguf().text("general.name", "x").bytes(0), "architecture");
        assertRefused(TestGguf.of("llama").tensor("t", 1_000_000).bytes(64), "ends early");
        byte[] whole = TestGguf.of("llama").text("general.name", "long enough to be cut").bytes(0);
        assertRefused(Arrays.copyOf(whole, whole.length - 5), "ends inside its header");
        assertRefused(TestGguf.of("llama").raw("x", 77, new byte[8]).bytes(0), "unknown type 77");
        assertRefused(
                TestGguf.of("llama").raw("x", 8, number(Long.MAX_VALUE)).bytes(0),
                "bytes in a string");
        assertRefused(TestGguf.of("llama").raw("x", 8, number(-1)).bytes(0), "bytes in a string");
    }

    @Test
    void refusesAnArrayOfMoreElementsThanAnyModelHas() {
        ByteBuffer array =
                ByteBuffer.allocate(12).order(ByteOrder.LITTLE_ENDIAN).putInt(8).putLong(1L << 40);
        assertRefused(TestGguf.of("llama").raw("x", 9, array.array()).bytes(0), "elements in x");
    }

    @Test
    void survivesAnyDamage() throws IOException {
        byte[] whole =
                TestGguf.of("llama")
                        .number("llama.context_length", 100)
                        .texts("tokenizer.ggml.tokens", List.of("a", "b"))
                        .numbers("tokenizer.ggml.token_type", 1, 3)
                        .tensor("t", 32)
                        .bytes(128);
        long seed = System.nanoTime();
        Random chance = new Random(seed);
        for (int round = 0; round < 2_000; round++) {
            byte[] damaged = whole.clone();
            for (int hit = 0; hit <= chance.nextInt(4); hit++) {
                damaged[4 + chance.nextInt(damaged.length - 4)] = (byte) chance.nextInt();
            }
            try {
                read(Arrays.copyOf(damaged, 24 + chance.nextInt(damaged.length - 23)));
            } catch (NotAModel expected) {
                assertThat(expected.getMessage()).isNotBlank();
            } catch (RuntimeException | Error e) {
                throw new AssertionError("seed " + seed + " round " + round, e);
            }
        }
    }

    private void assertRefused(byte[] bytes, String message) {
        assertThatThrownBy(() -> read(bytes))
                .isInstanceOf(NotAModel.class)
                .hasMessageContaining(message);
    }

    private GgufHeader read(byte[] bytes) throws IOException {
        Path file = folder.resolve("model.gguf");
        Files.write(file, bytes);
        return GgufReader.read(file);
    }

    private static byte[] number(long value) {
        return ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(value).array();
    }
}
