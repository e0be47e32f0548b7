package agency.gateway.adapter.provider.local;

import agency.gateway.adapter.provider.local.chat.AnswerOut;
import agency.gateway.adapter.provider.local.embed.EmbedOut;
import agency.gateway.port.AnswerSink;
import agency.gateway.port.RunningAttempt;
import agency.gateway.port.UpstreamFailure;
import agency.kernel.metering.TokenUsage;
import io.vertx.core.Context;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * Carries a local answer from the model's thread to the attempt's event loop. While the client does
 * not read, parts wait here; that is bounded by the length of an answer, which the context bounds.
 */
final class LocalAttempt implements RunningAttempt, AnswerOut, EmbedOut {
    private static final int OK = 200;

    private final Context context;
    private final AnswerSink sink;
    private final String contentType;
    private final Deque<Runnable> held = new ArrayDeque<>();
    private final Object cancelling = new Object();
    private @Nullable Runnable canceller;
    private boolean cancelled;
    private boolean paused;
    private volatile long generated;

    LocalAttempt(Context context, AnswerSink sink, boolean stream) {
        this.context = context;
        this.sink = sink;
        this.contentType = stream ? "text/event-stream" : "application/json";
    }

    /**
     * Says how the work behind this can be stopped; stops it at once if it was cancelled meanwhile.
     */
    void cancelledBy(Runnable stopping) {
        boolean already;
        synchronized (cancelling) {
            canceller = stopping;
            already = cancelled;
        }
        if (already) {
            stopping.run();
        }
    }

    @Override
    public void cancel() {
        Runnable stopping;
        synchronized (cancelling) {
            cancelled = true;
            stopping = canceller;
        }
        held.clear();
        if (stopping != null) {
            Thread.ofVirtual().name("local-cancel").start(stopping);
        }
    }

    @Override
    public void pause() {
        paused = true;
    }

    @Override
    public void resume() {
        paused = false;
        while (!paused && !held.isEmpty()) {
            held.poll().run();
        }
    }

    @Override
    public long outputSoFar() {
        return generated;
    }

    @Override
    public void generated(long tokens) {
        generated = tokens;
    }

    @Override
    public void head() {
        tell(() -> sink.head(OK, contentType, null));
    }

    @Override
    public void text(String wire) {
        Buffer bytes = Buffer.buffer(wire);
        tell(() -> sink.chunk(bytes));
    }

    @Override
    public void end(TokenUsage usage) {
        tell(() -> sink.end(usage));
    }

    @Override
    public void failed(UpstreamFailure failure, @Nullable TokenUsage usage) {
        tell(() -> sink.failed(failure, usage));
    }

    @Override
    public void done(byte[] wire, TokenUsage usage) {
        Buffer bytes = Buffer.buffer(wire);
        tell(() -> {
            sink.head(OK, contentType, null);
            sink.chunk(bytes);
            sink.end(usage);
        });
    }

    @Override
    public void failed(UpstreamFailure failure) {
        failed(failure, null);
    }

    private void tell(Runnable what) {
        context.runOnContext(_ -> {
            if (isCancelled()) {
                return;
            }
            if (paused || !held.isEmpty()) {
                held.add(what);
            } else {
                what.run();
            }
        });
    }

    private boolean isCancelled() {
        synchronized (cancelling) {
            return cancelled;
        }
    }
}
