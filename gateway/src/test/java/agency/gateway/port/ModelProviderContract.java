package agency.gateway.port;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import agency.gateway.testing.BookOfTests;
import agency.kernel.metering.Caller;
import agency.kernel.metering.Intent;
import agency.kernel.metering.Operation;
import agency.kernel.metering.Permit;
import agency.kernel.metering.TokenUsage;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What every provider promises, whatever stands behind it. */
public abstract class ModelProviderContract {
    /** Longest wait for anything, seconds. */
    protected static final int PATIENCE_S = 60;

    /** The provider. */
    protected abstract ModelProvider provider();

    /** Its name, as permits carry it. */
    protected abstract String providerName();

    /** A chat model that answers. */
    protected abstract String model();

    /** The Vert.x on whose event loops the provider lives. */
    protected abstract Vertx vertx();

    /** What a sink heard. */
    protected static final class Heard implements AnswerSink {
        public final List<String> calls = new CopyOnWriteArrayList<>();
        public final Buffer body = Buffer.buffer();
        public final CompletableFuture<Heard> over = new CompletableFuture<>();
        public final CompletableFuture<Heard> begun = new CompletableFuture<>();
        public volatile @Nullable TokenUsage usage;
        public volatile @Nullable UpstreamFailure failure;
        private final Thread loop = Thread.currentThread();

        private void note(String call) {
            if (Thread.currentThread() != loop) calls.add("another thread");
            calls.add(call);
        }

        @Override
        public void head(AnswerHead head) {
            note("head " + head.status() + " " + head.contentType());
        }

        @Override
        public void chunk(Buffer bytes) {
            note("chunk");
            body.appendBuffer(bytes);
            begun.complete(this);
        }

        @Override
        public void end(@Nullable TokenUsage told) {
            note("end");
            usage = told;
            over.complete(this);
        }

        @Override
        public void failed(UpstreamFailure why, @Nullable TokenUsage told) {
            note("failed");
            failure = why;
            usage = told;
            over.complete(this);
        }
    }

    /** Asks on an event loop; gives the sink, and the attempt in {@code running}. */
    protected final Heard ask(String model, boolean stream, AtomicReference<RunningAttempt> running)
            throws Exception {
        Context loop = vertx().getOrCreateContext();
        CompletableFuture<Heard> asked = new CompletableFuture<>();
        loop.runOnContext(v -> {
            Heard heard = new Heard();
            running.set(provider().start(permit(model), request(model, stream), heard));
            asked.complete(heard);
        });
        return asked.get(PATIENCE_S, TimeUnit.SECONDS);
    }

    /** A permit for this provider. */
    protected final Permit permit(String model) {
        Caller caller = new Caller(1, new UUID(0, 1), null, new UUID(0, 2));
        return new BookOfTests()
                .permit(
                        new Intent(
                                UUID.randomUUID(),
                                1,
                                caller,
                                Operation.CHAT,
                                providerName(),
                                model,
                                100,
                                100));
    }

    private static ModelRequest request(String model, boolean stream) {
        String body =
                "{\"model\":\""
                        + model
                        + "\",\"max_tokens\":16,\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]"
                        + (stream
                                ? ",\"stream\":true,\"stream_options\":{\"include_usage\":true}}"
                                : "}");
        return new ModelRequest(
                UUID.randomUUID(),
                Operation.CHAT,
                model,
                Buffer.buffer(body),
                stream,
                false,
                new UUID(0, 2));
    }

    @Test
    void answersPlainly() throws Exception {
        Heard heard =
                ask(model(), false, new AtomicReference<>()).over.get(PATIENCE_S, TimeUnit.SECONDS);
        assertThat(heard.failure).isNull();
        assertThat(heard.calls.getFirst()).startsWith("head 200 application/json");
        assertThat(heard.calls).endsWith("end").doesNotContain("another thread", "failed");
        assertThat(heard.body.toString(UTF_8)).startsWith("{").contains("\"choices\"", "\"usage\"");
        assertThat(heard.usage).isNotNull();
        assertThat(heard.usage.input()).isPositive();
    }

    @Test
    void streamsWholeEventsAndKeepsTheUsageToItself() throws Exception {
        Heard heard =
                ask(model(), true, new AtomicReference<>()).over.get(PATIENCE_S, TimeUnit.SECONDS);
        assertThat(heard.failure).isNull();
        assertThat(heard.calls.getFirst()).startsWith("head 200 text/event-stream");
        assertThat(heard.calls).endsWith("end").doesNotContain("another thread", "failed");
        String events = heard.body.toString(UTF_8);
        assertThat(events).startsWith("data: {").endsWith("data: [DONE]\n\n");
        assertThat(events).doesNotContain("\"choices\":[]");
        assertThat(heard.usage).isNotNull();
        assertThat(heard.usage.output()).isPositive();
    }

    @Test
    void saysNothingMoreOnceCancelled() throws Exception {
        AtomicReference<RunningAttempt> running = new AtomicReference<>();
        Context loop = vertx().getOrCreateContext();
        CompletableFuture<Heard> done = new CompletableFuture<>();
        loop.runOnContext(v -> {
            Heard heard = new Heard();
            RunningAttempt attempt =
                    provider().start(permit(model()), request(model(), true), heard);
            attempt.cancel();
            attempt.cancel();
            attempt.pause();
            attempt.resume();
            int before = heard.calls.size();
            running.set(attempt);
            vertx().setTimer(
                            500,
                            t -> {
                                heard.calls.add("silent " + (heard.calls.size() == before));
                                done.complete(heard);
                            });
        });
        assertThat(done.get(PATIENCE_S, TimeUnit.SECONDS).calls).endsWith("silent true");
        assertThat(running.get().outputSoFar()).isNotNegative();
    }

    @Test
    void tellsOfAModelItDoesNotHave() throws Exception {
        Heard heard =
                ask("no-such-model", false, new AtomicReference<>())
                        .over
                        .get(PATIENCE_S, TimeUnit.SECONDS);
        assertThat(heard.calls).containsExactly("failed");
        assertThat(heard.failure)
                .isInstanceOfAny(UpstreamFailure.Answered.class, UpstreamFailure.Refused.class);
    }
}
