package agency.gateway.adapter.provider.local.chat;

import static org.assertj.core.api.Assertions.assertThat;

import agency.gateway.adapter.provider.local.TestGguf;
import agency.gateway.adapter.provider.local.TestModels;
import agency.gateway.port.UpstreamFailure;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Arrays;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Loading, unloading and failing of models. */
class ModelLifeTest {
    private static final String BODY =
            "{\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}],\"max_tokens\":3}";

    @TempDir Path folder;

    @Test
    void unloadsAModelThatIsIdleAndLoadsItAgain() throws Exception {
        Path file = TestModels.smollm2();
        try (LocalChat chat = chat(2_000, 1)) {
            assertThat(ask(chat, "a", file).failure).isNull();
            long pid = ((EngineState.Loaded) chat.state("a")).pid();
            await(() -> chat.state("a") instanceof EngineState.Unloaded);
            await(() -> ProcessHandle.of(pid).filter(ProcessHandle::isAlive).isEmpty());
            assertThat(ask(chat, "a", file).failure).isNull();
        }
    }

    @Test
    void makesRoomForAnotherModelByUnloadingAnIdleOne() throws Exception {
        Path file = TestModels.smollm2();
        try (LocalChat chat = chat(600_000, 1)) {
            assertThat(ask(chat, "a", file).failure).isNull();
            assertThat(ask(chat, "b", file).failure).isNull();
            assertThat(chat.state("a")).isInstanceOf(EngineState.Unloaded.class);
            assertThat(chat.state("b")).isInstanceOf(EngineState.Loaded.class);
        }
    }

    @Test
    void noticesAProcessThatDiedWhileIdleWithoutFailingTheNextRequest() throws Exception {
        Path file = TestModels.smollm2();
        try (LocalChat chat = chat(600_000, 1)) {
            ask(chat, "a", file);
            ProcessHandle process =
                    ProcessHandle.of(((EngineState.Loaded) chat.state("a")).pid()).orElseThrow();
            process.destroyForcibly();
            process.onExit().join();
            await(() -> !process.isAlive());
            Collected next = ask(chat, "a", file);
            assertThat(next.failure == null || next.failure instanceof UpstreamFailure.Disconnected)
                    .isTrue();
        }
    }

    @Test
    void endsTheProcessWhenItCloses() throws Exception {
        Path file = TestModels.smollm2();
        long pid;
        try (LocalChat chat = chat(600_000, 1)) {
            ask(chat, "a", file);
            pid = ((EngineState.Loaded) chat.state("a")).pid();
        }
        await(() -> ProcessHandle.of(pid).filter(ProcessHandle::isAlive).isEmpty());
    }

    @Test
    void saysThatAnArchitectureIsTooNewWithoutStartingAProcess() throws Exception {
        assertRefused(
                write(TestGguf.of("qwen3next").bytes(0)),
                "model_not_supported",
                "architecture 'qwen3next'");
    }

    @Test
    void saysWhatIsWrongWithGarbageAndWithATruncatedFile() throws Exception {
        assertRefused(
                write("garbage, long enough for a header".getBytes(StandardCharsets.UTF_8)),
                "model_not_loadable",
                "not a GGUF model");
        byte[] whole = Files.readAllBytes(TestModels.smollm2());
        assertRefused(write(Arrays.copyOf(whole, 1_000_000)), "model_not_loadable", "ends");
        assertRefused(
                write(Arrays.copyOf(whole, whole.length / 2)), "model_not_loadable", "ends early");
    }

    @Test
    void passesOnWhatLlamaCppSaysAboutAModelItDoesNotTake() throws Exception {
        Path file = write(TestGguf.of("llama").bytes(0));
        assertRefused(file, "model_not_loadable", "key not found in model: llama.context_length");
    }

    private Path write(byte[] bytes) throws Exception {
        return Files.write(Files.createTempFile(folder, "model", ".gguf"), bytes);
    }

    private void assertRefused(Path file, String code, String message) throws Exception {
        try (LocalChat chat = chat(600_000, 1)) {
            for (int round = 0; round < 2; round++) {
                assertThat(ask(chat, "m", file).failure)
                        .isInstanceOfSatisfying(
                                UpstreamFailure.Refused.class,
                                refused -> {
                                    assertThat(refused.code()).isEqualTo(code);
                                    assertThat(refused.message()).contains(message);
                                });
            }
        }
    }

    private LocalChat chat(long idleMs, int maxLoaded) {
        return new LocalChat(
                new ChatSettings(folder.resolve("native"), 512, 2, 8, 4, idleMs, maxLoaded, 5_000),
                Clock.systemUTC());
    }

    private static Collected ask(LocalChat chat, String model, Path file) throws Exception {
        Collected answer = new Collected();
        chat.answer(
                new ChatAsk(
                        UUID.randomUUID(),
                        model,
                        BODY.getBytes(StandardCharsets.UTF_8),
                        false,
                        false,
                        UUID.randomUUID()),
                file,
                answer);
        return answer.await();
    }

    private static void await(BooleanSupplier condition) throws InterruptedException {
        long deadline = System.nanoTime() + 60_000_000_000L;
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).isLessThan(deadline);
            LockSupport.parkNanos(5_000_000);
        }
    }
}
