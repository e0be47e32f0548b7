package agency.gateway.adapter.provider.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import agency.gateway.adapter.provider.local.LocalModel.State;
import agency.gateway.adapter.provider.local.chat.ChatSettings;
import agency.gateway.adapter.provider.local.store.PullAnswer;
import agency.gateway.adapter.provider.local.store.PullState;
import agency.gateway.port.AnswerHead;
import agency.gateway.port.AnswerSink;
import agency.gateway.port.ModelRequest;
import agency.gateway.port.RunningAttempt;
import agency.gateway.port.UpstreamFailure;
import agency.kernel.metering.Operation;
import agency.kernel.metering.TokenUsage;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The provider as the gateway sees it, on an event loop. */
class LocalProviderTest {
    private static final String CHAT =
            "{\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}],\"max_tokens\":%d}";

    @TempDir static Path folder;
    static Vertx vertx;
    static LocalProvider provider;

    @BeforeAll
    static void open() throws Exception {
        vertx = Vertx.vertx();
        Path natives = folder.resolve("native");
        LocalSettings settings =
                new LocalSettings(
                        folder.resolve("models"),
                        natives,
                        URI.create("http://127.0.0.1:1"),
                        new ChatSettings(natives, 1_024, 2, 8, 4, 60_000, 1, 1_000));
        provider =
                new LocalProvider(
                        settings,
                        (uri, from) -> {
                            throw new IOException("no network in this test");
                        },
                        Clock.systemUTC());
        provider.start();
        Path model = TestModels.smollm2();
        assertThat(provider.pull(model.toString(), false)).isInstanceOf(PullAnswer.Begun.class);
        await(() -> provider.pulls().get(model.toString()) instanceof PullState.Done);
    }

    @AfterAll
    static void close() throws Exception {
        provider.close();
        vertx.close().await(60, TimeUnit.SECONDS);
    }

    @Test
    void streamsAnAnswerOnTheEventLoopThatAskedForIt() throws Exception {
        Sink sink = start("smollm2", Operation.CHAT, CHAT.formatted(6), true).end();
        assertThat(sink.failure).isNull();
        assertThat(sink.head.contentType()).isEqualTo("text/event-stream");
        assertThat(sink.text.toString()).endsWith("data: [DONE]\n\n");
        assertThat(sink.usage.output()).isBetween(1L, 6L);
        assertThat(sink.foreignThread).isFalse();
        assertThat(sink.attempt.get().outputSoFar()).isBetween(1L, 6L);
    }

    @Test
    void holdsPartsBackWhileTheClientDoesNotRead() throws Exception {
        Sink sink = new Sink();
        sink.pauseAtFirst = true;
        begin("smollm2", Operation.CHAT, CHAT.formatted(10), true, sink);
        assertThat(sink.first.await(120, TimeUnit.SECONDS)).isTrue();
        await(() -> sink.attempt.get().outputSoFar() >= 5);
        int before = sink.chunks;
        assertThat(before).isEqualTo(1);
        sink.context.runOnContext(_ -> sink.attempt.get().resume());
        assertThat(sink.end().chunks).isGreaterThan(5);
    }

    @Test
    void saysNothingMoreAfterACancellation() throws Exception {
        Sink sink = new Sink();
        begin("smollm2", Operation.CHAT, CHAT.formatted(900), true, sink);
        assertThat(sink.first.await(120, TimeUnit.SECONDS)).isTrue();
        CompletableFuture<Integer> seen = new CompletableFuture<>();
        sink.context.runOnContext(_ -> {
            sink.attempt.get().cancel();
            seen.complete(sink.chunks);
        });
        int chunks = seen.get(60, TimeUnit.SECONDS);
        assertThat(start("smollm2", Operation.CHAT, CHAT.formatted(3), false).end().failure)
                .isNull();
        assertThat(sink.chunks).isEqualTo(chunks);
        assertThat(sink.done).isNotDone();
    }

    /** Whether or not another that Agency knows could not be fetched. */
    @Test
    void localStillStandsForAModelWhoseProcessCrashed() throws Exception {
        provider.pull("qwen2.5-0.5b-instruct", false);
        await(() -> provider.pulls().get("qwen2.5-0.5b-instruct") instanceof PullState.Failed);
        Sink sink = new Sink();
        begin("local", Operation.CHAT, CHAT.formatted(900), true, sink);
        assertThat(sink.first.await(120, TimeUnit.SECONDS)).isTrue();
        LocalModel loaded = provider.first().orElseThrow();
        long pid = ((State.Loaded) loaded.state()).pid();
        ProcessHandle.of(pid).orElseThrow().destroyForcibly();
        assertThat(sink.end().failure).isInstanceOf(UpstreamFailure.Disconnected.class);
        assertThat(provider.first().orElseThrow().name()).isEqualTo("smollm2");
        Sink next = start("local", Operation.CHAT, CHAT.formatted(3), false).end();
        for (int i = 0; i < 1_000 && next.failure instanceof UpstreamFailure.Busy; i++) {
            LockSupport.parkNanos(50_000_000); // it rests for a second
            next = start("local", Operation.CHAT, CHAT.formatted(3), false).end();
        }
        assertThat(next.failure).isNull();
    }

    @Test
    void makesEmbeddings() throws Exception {
        Sink sink =
                start("bge-small-en-v1.5", Operation.EMBEDDINGS, "{\"input\":\"hello\"}", false)
                        .end();
        assertThat(sink.failure).isNull();
        assertThat(sink.head.contentType()).isEqualTo("application/json");
        assertThat(sink.text.toString()).contains("\"embedding\":[");
        assertThat(sink.usage).isEqualTo(new TokenUsage(3, 0, 0, 0));
    }

    @Test
    void refusesAModelForWhatItCannotDo() throws Exception {
        assertRefused(
                start("bge-small-en-v1.5", Operation.CHAT, CHAT.formatted(3), false).end(),
                400,
                "cannot chat");
        assertRefused(
                start("smollm2", Operation.EMBEDDINGS, "{\"input\":\"x\"}", false).end(),
                400,
                "makes no embeddings");
        assertRefused(
                start("nobody", Operation.CHAT, CHAT.formatted(3), false).end(), 404, "not here");
        assertRefused(
                start("../../etc/passwd", Operation.CHAT, CHAT.formatted(3), false).end(),
                404,
                "not here");
    }

    @Test
    void listsItsModelsAndHowTheyStand() throws Exception {
        start("smollm2", Operation.CHAT, CHAT.formatted(2), false).end();
        assertThat(provider.models())
                .extracting(LocalModel::name)
                .contains("smollm2", "bge-small-en-v1.5");
        LocalModel chat =
                provider.models().stream()
                        .filter(m -> m.name().equals("smollm2"))
                        .findFirst()
                        .orElseThrow();
        assertThat(chat.state()).isInstanceOf(State.Loaded.class);
        assertThat(chat.contextTokens()).isEqualTo(8_192);
        assertThat(provider.pull("gemma3-270m", false)).isInstanceOf(PullAnswer.TermsFirst.class);
    }

    @Test
    void saysHowFarAModelHasComeOrWhyItDidNot() throws Exception {
        assertThat(provider.pull("qwen2.5-0.5b-instruct", false))
                .isInstanceOf(PullAnswer.Begun.class);
        Sink early = start("qwen2.5-0.5b-instruct", Operation.CHAT, CHAT.formatted(3), false).end();
        assertThat(early.failure)
                .isInstanceOfSatisfying(
                        UpstreamFailure.Busy.class,
                        b -> assertThat(b.message()).containsAnyOf("0 %", "not here"));
        await(() -> provider.pulls().get("qwen2.5-0.5b-instruct") instanceof PullState.Failed);
        Sink late = start("qwen2.5-0.5b-instruct", Operation.CHAT, CHAT.formatted(3), false).end();
        assertThat(late.failure)
                .isInstanceOfSatisfying(
                        UpstreamFailure.Busy.class,
                        b -> assertThat(b.message()).contains("no network in this test"));
        assertThat(provider.models()).anyMatch(m -> m.state() instanceof State.Failed);
    }

    @Test
    void isStartedOnAnEventLoopOnly() {
        assertThatThrownBy(() -> provider.start(null, null, null))
                .isInstanceOf(IllegalStateException.class);
    }

    private static void assertRefused(Sink sink, int status, String message) {
        assertThat(sink.failure)
                .isInstanceOfSatisfying(
                        UpstreamFailure.Refused.class,
                        r -> {
                            assertThat(r.status()).isEqualTo(status);
                            assertThat(r.message()).contains(message);
                        });
    }

    private static Sink start(String model, Operation operation, String body, boolean stream) {
        Sink sink = new Sink();
        begin(model, operation, body, stream, sink);
        return sink;
    }

    private static void begin(
            String model, Operation operation, String body, boolean stream, Sink sink) {
        ModelRequest request =
                new ModelRequest(
                        UUID.randomUUID(),
                        operation,
                        model,
                        Buffer.buffer(body),
                        stream,
                        true,
                        UUID.randomUUID());
        sink.context.runOnContext(_ -> sink.attempt.set(provider.start(null, request, sink)));
    }

    private static void await(BooleanSupplier condition) {
        long deadline = System.nanoTime() + 120_000_000_000L;
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).isLessThan(deadline);
            LockSupport.parkNanos(2_000_000);
        }
    }

    private static final class Sink implements AnswerSink {
        final Context context = vertx.getOrCreateContext();
        final AtomicReference<RunningAttempt> attempt = new AtomicReference<>();
        final CompletableFuture<Void> done = new CompletableFuture<>();
        final CountDownLatch first = new CountDownLatch(1);
        final StringBuilder text = new StringBuilder();
        volatile @Nullable AnswerHead head;
        volatile @Nullable UpstreamFailure failure;
        volatile @Nullable TokenUsage usage;
        volatile boolean foreignThread;
        volatile boolean pauseAtFirst;
        volatile int chunks;

        @Override
        public void head(AnswerHead answerHead) {
            foreignThread |= Vertx.currentContext() != context;
            head = answerHead;
        }

        @Override
        public void chunk(Buffer bytes) {
            foreignThread |= Vertx.currentContext() != context;
            text.append(bytes);
            chunks++;
            if (pauseAtFirst && chunks == 1) {
                attempt.get().pause();
            }
            first.countDown();
        }

        @Override
        public void end(@Nullable TokenUsage used) {
            usage = used;
            done.complete(null);
        }

        @Override
        public void failed(UpstreamFailure why, @Nullable TokenUsage used) {
            failure = why;
            done.complete(null);
        }

        Sink end() throws Exception {
            done.get(120, TimeUnit.SECONDS);
            return this;
        }
    }
}
