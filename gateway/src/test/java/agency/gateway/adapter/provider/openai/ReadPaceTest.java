package agency.gateway.adapter.provider.openai;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import agency.gateway.api.GatewaySettings;
import agency.gateway.domain.vendor.VendorTable;
import agency.gateway.port.AnswerHead;
import agency.gateway.port.AnswerSink;
import agency.gateway.port.ModelProvider;
import agency.gateway.port.ModelRequest;
import agency.gateway.port.RunningAttempt;
import agency.gateway.port.UpstreamFailure;
import agency.gateway.testing.BookOfTests;
import agency.gateway.testing.HonestEgress;
import agency.gateway.testing.RawUpstream;
import agency.kernel.metering.Caller;
import agency.kernel.metering.Intent;
import agency.kernel.metering.Operation;
import agency.kernel.metering.TokenUsage;
import agency.platform.http.EventLoops;
import io.vertx.core.Context;
import io.vertx.core.buffer.Buffer;
import java.net.URI;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Streams on an event loop that has time, and on one that has none. */
class ReadPaceTest {
    private static final int PATIENCE_S = 60;
    private static final int PIECES = 200;
    private static final String DONE =
            "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":3}}\n\ndata: [DONE]\n\n";

    private EventLoops loops;
    private RawUpstream upstream;
    private UpstreamClients clients;
    private ModelProvider provider;
    private Context loop;
    private volatile boolean busy;

    @BeforeEach
    void start() throws Exception {
        loops = new EventLoops(1);
        upstream = new RawUpstream();
        clients = new UpstreamClients(loops, GatewaySettings.defaults());
        provider =
                new OpenAiProviders(clients, new HonestEgress())
                        .provider(
                                "up",
                                VendorTable.named("vllm").orElseThrow(),
                                URI.create("http://127.0.0.1:" + upstream.port() + "/v1/"),
                                "");
        loop = loops.vertx().getOrCreateContext();
    }

    @AfterEach
    void stop() {
        busy = false;
        upstream.close();
        clients.close();
        loops.close();
    }

    /** Keeps the loop late from now on: turns of 6 ms, one after another. */
    private void makeBusy() throws Exception {
        busy = true;
        loop.runOnContext(v -> work());
        // So long that whoever looks at the clock has seen it.
        TimeUnit.MILLISECONDS.sleep(100);
    }

    private void work() {
        LockSupport.parkNanos(6_000_000);
        // A timer, so that the loop reads between.
        if (busy) loops.vertx().setTimer(1, timer -> work());
    }

    private static String piece(int i) {
        return "data: {\"choices\":[{\"delta\":{\"content\":\"w" + i + "\"}}]}\n\n";
    }

    /** So many pieces, 7 ms apart: farther than a turn of the busy loop is long. */
    private static void slowly(RawUpstream.Line line, int pieces) throws Exception {
        line.streamHead();
        for (int i = 0; i < pieces; i++) {
            line.chunk(piece(i));
            TimeUnit.MILLISECONDS.sleep(7);
        }
        line.chunk(DONE).lastChunk();
    }

    private static String whole(int pieces) {
        StringBuilder all = new StringBuilder();
        for (int i = 0; i < pieces; i++) all.append(piece(i));
        return all + "data: [DONE]\n\n";
    }

    /** Counts what it hears; may hold the stream back. */
    private class Sink implements AnswerSink {
        final AtomicInteger chunks = new AtomicInteger();
        final AtomicInteger bursts = new AtomicInteger();
        private long lastNanos;
        final Buffer body = Buffer.buffer();
        final CompletableFuture<String> over = new CompletableFuture<>();

        @Override
        public void head(AnswerHead head) {}

        @Override
        public void chunk(Buffer bytes) {
            chunks.incrementAndGet();
            long now = System.nanoTime();
            if (now - lastNanos > 3_000_000) bursts.incrementAndGet();
            lastNanos = now;
            body.appendBuffer(bytes);
        }

        @Override
        public void end(@Nullable TokenUsage usage) {
            over.complete(body.toString(UTF_8));
        }

        @Override
        public void failed(UpstreamFailure failure, @Nullable TokenUsage usage) {
            over.completeExceptionally(new AssertionError(failure.toString()));
        }

        String text() throws Exception {
            return over.get(PATIENCE_S, TimeUnit.SECONDS);
        }
    }

    private <S extends AnswerSink> S ask(S sink, CompletableFuture<RunningAttempt> running) {
        loop.runOnContext(v -> {
            Caller caller = new Caller(1, new UUID(0, 1), null, new UUID(0, 2));
            Intent intent =
                    new Intent(UUID.randomUUID(), 1, caller, Operation.CHAT, "up", "m", 100, 100);
            String body = "{\"model\":\"m\",\"stream\":true}";
            running.complete(
                    provider.start(
                            new BookOfTests().permit(intent),
                            new ModelRequest(
                                    UUID.randomUUID(),
                                    Operation.CHAT,
                                    "m",
                                    Buffer.buffer(body),
                                    true,
                                    false,
                                    new UUID(0, 2)),
                            sink));
        });
        return sink;
    }

    @Test
    void aLoopThatIsLateReadsManyPiecesAtOnceAndLosesNone() throws Exception {
        upstream.always((asked, line) -> slowly(line, PIECES));
        makeBusy();
        Sink sink = ask(new Sink(), new CompletableFuture<>());
        assertThat(sink.text()).isEqualTo(whole(PIECES));
        // 7 ms apart, the loop's turns 6 ms long: without rests nearly each comes alone.
        assertThat(sink.bursts.get()).isLessThan(PIECES * 2 / 3);
    }

    @Test
    void theConnectionOfAStreamThatRestedServesTheNextRequest() throws Exception {
        upstream.always((asked, line) -> slowly(line, 40));
        makeBusy();
        for (int i = 0; i < 4; i++) {
            assertThat(ask(new Sink(), new CompletableFuture<>()).text()).isEqualTo(whole(40));
        }
        assertThat(upstream.connections()).isOne();
    }

    @Test
    void aReaderWhoPausesHoldsAStreamBackThatRests() throws Exception {
        AtomicLong sent = new AtomicLong();
        int many = 20_000;
        String long1 = "x".repeat(2_000);
        upstream.always((asked, line) -> {
            line.streamHead();
            for (int i = 0; i < 30; i++) {
                line.chunk(piece(i));
                TimeUnit.MILLISECONDS.sleep(7);
            }
            for (int i = 0; i < many; i++) {
                line.chunk("data: {\"choices\":[{\"delta\":{\"content\":\"" + long1 + "\"}}]}\n\n");
                sent.addAndGet(long1.length());
            }
            line.chunk(DONE).lastChunk();
        });
        makeBusy();
        CompletableFuture<RunningAttempt> running = new CompletableFuture<>();
        AtomicLong heard = new AtomicLong();
        CompletableFuture<Void> held = new CompletableFuture<>();
        Sink sink =
                ask(
                        new Sink() {
                            @Override
                            public void chunk(Buffer bytes) {
                                heard.addAndGet(bytes.length());
                                if (chunks.incrementAndGet() == 8) {
                                    running.join().pause();
                                    held.complete(null);
                                }
                            }
                        },
                        running);
        held.get(PATIENCE_S, TimeUnit.SECONDS);
        busy = false;
        long before = -1;
        while (before != sent.get()) {
            before = sent.get();
            TimeUnit.MILLISECONDS.sleep(500);
        }
        // What does not fit between the two ends waits at the upstream.
        assertThat(before).isLessThan(30_000_000);
        assertThat(heard.get()).isLessThan(100_000);
        loop.runOnContext(v -> running.join().resume());
        sink.text();
        assertThat(sent.get()).isEqualTo((long) many * long1.length());
        assertThat(heard.get()).isGreaterThan(sent.get());
    }

    @Test
    void aStreamThatIsGivenUpWhileItRestsIsGone() throws Exception {
        CompletableFuture<Void> left = new CompletableFuture<>();
        upstream.always((asked, line) -> {
            line.streamHead();
            try {
                for (int i = 0; ; i++) {
                    line.chunk(piece(i));
                    TimeUnit.MILLISECONDS.sleep(7);
                }
            } catch (java.io.IOException gone) {
                left.complete(null);
                throw gone;
            }
        });
        makeBusy();
        CompletableFuture<RunningAttempt> running = new CompletableFuture<>();
        Sink sink =
                ask(
                        new Sink() {
                            @Override
                            public void chunk(Buffer bytes) {
                                if (chunks.incrementAndGet() == 8) running.join().cancel();
                            }
                        },
                        running);
        left.get(PATIENCE_S, TimeUnit.SECONDS);
        assertThat(sink.chunks.get()).isEqualTo(8);
    }
}
