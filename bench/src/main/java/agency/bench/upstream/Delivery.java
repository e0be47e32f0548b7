package agency.bench.upstream;

import agency.bench.upstream.Tally.End;
import agency.bench.upstream.Tally.Serving;
import io.netty.channel.ChannelOption;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.net.NetSocketInternal;
import java.util.List;

/**
 * One answer on its way: steps written one after the other, each at its moment, and how it ends.
 */
final class Delivery {

    /**
     * Bytes written at once; what they bill; whether they tell the usage; how long to wait before
     * them (ms).
     */
    @SuppressWarnings("ArrayRecordComponent") // written once, never compared
    record Step(byte[] bytes, int tokens, boolean tellsUsage, int waitMs) {}

    /** What happens after the last step. */
    enum Finish {
        /** The connection is free for the next request. */
        KEEP,
        /** The connection is closed in order. */
        CLOSE,
        /** The connection is reset. */
        RESET,
        /** Nothing more happens until the caller leaves. */
        SILENCE
    }

    private final Vertx vertx;
    private final NetSocketInternal socket;
    private final Tally tally;
    private final Serving serving;
    private final Usage usage;
    private final List<Step> steps;
    private final Finish finish;
    private final Runnable free;
    private int next;
    private long timer = -1;

    Delivery(
            Vertx vertx,
            NetSocketInternal socket,
            Tally tally,
            Serving serving,
            Usage usage,
            List<Step> steps,
            Finish finish,
            Runnable free) {
        this.vertx = vertx;
        this.socket = socket;
        this.tally = tally;
        this.serving = serving;
        this.usage = usage;
        this.steps = steps;
        this.finish = finish;
        this.free = free;
    }

    /** Writes every step that is due and waits for the next. */
    void go() {
        timer = -1;
        Buffer out = Buffer.buffer();
        boolean first = true;
        while (next < steps.size()) {
            Step step = steps.get(next);
            if (step.waitMs > 0 && !first) break;
            first = false;
            next++;
            out.appendBytes(step.bytes);
            tally.produced(serving, step.tokens);
            if (step.tellsUsage) {
                serving.toldPrompt = usage.claimedPrompt();
                serving.toldCompletion = usage.claimedCompletion();
            }
        }
        if (out.length() > 0) socket.write(out);
        if (next < steps.size()) {
            timer = vertx.setTimer(steps.get(next).waitMs, t -> go());
            return;
        }
        finish();
    }

    /** Begins after the wait of the first step. */
    void start() {
        int wait = steps.isEmpty() ? 0 : steps.getFirst().waitMs;
        if (wait > 0) timer = vertx.setTimer(wait, t -> go());
        else go();
    }

    /** The caller closed the connection. */
    void callerLeft() {
        if (timer >= 0) vertx.cancelTimer(timer);
        if (serving.end == End.OPEN) serving.end = End.LEFT;
    }

    private void finish() {
        switch (finish) {
            case KEEP -> {
                serving.end = End.COMPLETE;
                free.run();
            }
            case CLOSE -> {
                serving.end = End.CUT;
                socket.close();
            }
            case RESET -> {
                serving.end = End.CUT;
                // Bytes already written must arrive before the reset overtakes them, or the break
                // would look like no answer at all.
                vertx.setTimer(
                        Conversation.LET_BYTES_ARRIVE_MS,
                        t -> {
                            var channel = socket.channelHandlerContext().channel();
                            if (!channel.isOpen()) return; // the caller was quicker
                            channel.config().setOption(ChannelOption.SO_LINGER, 0);
                            socket.close();
                        });
            }
            case SILENCE -> {}
        }
    }
}
