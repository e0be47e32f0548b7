package agency.gateway.flow;

import agency.gateway.domain.refusal.Refusal;
import agency.gateway.domain.routing.TokenBounds;
import agency.gateway.domain.wire.WireRequest;
import agency.gateway.port.AnswerHead;
import agency.gateway.port.AnswerSink;
import agency.gateway.port.ClientCall;
import agency.gateway.port.RunningAttempt;
import agency.gateway.port.UpstreamFailure;
import agency.kernel.metering.Ending;
import agency.kernel.metering.Intent;
import agency.kernel.metering.Operation;
import agency.kernel.metering.Outcome;
import agency.kernel.metering.Permit;
import agency.kernel.metering.TokenUsage;
import agency.kernel.metering.UsageClass;
import agency.platform.telemetry.Traces;
import io.vertx.core.buffer.Buffer;
import java.util.Locale;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One permitted attempt under way: relays the answer as it comes and settles the permit exactly
 * once, however it ends. Lives on one event loop.
 */
final class Attempt implements AnswerSink, Watched {
    private static final int LONGEST_ID = 100;

    private final ClientCall call;
    private final Permit permit;
    private final WireRequest wire;
    private final InFlight inFlight;
    private final long calledNanos;
    private final boolean stream;
    private final Traces.Span requestSpan;
    private final Traces.Span span;
    private @Nullable RunningAttempt running;
    private @Nullable String providerRequestId;
    private int status;
    private long headNanos;
    private long firstByteNanos;
    private long lastHeardNanos;
    private long lastWroteNanos;
    private long pausedSinceNanos;
    private boolean paused;
    private boolean over;

    Attempt(ClientCall call, Permit permit, WireRequest wire, InFlight inFlight, Traces traces) {
        this.call = call;
        this.permit = permit;
        this.wire = wire;
        this.inFlight = inFlight;
        this.stream = wire.stream();
        Intent intent = permit.intent();
        this.requestSpan =
                traces.request(
                        call.traceparent(),
                        intent.operation() == Operation.CHAT ? "chat" : "embeddings",
                        wire.model());
        if (!requestSpan.traceId().isEmpty()) call.traced(requestSpan.traceId());
        this.span = requestSpan.attempt(intent.provider(), intent.model(), intent.attempt());
        this.calledNanos = inFlight.nanos();
        this.lastHeardNanos = calledNanos;
        this.lastWroteNanos = calledNanos;
    }

    /** The provider has been called. */
    void begin(RunningAttempt attempt) {
        running = attempt;
        if (over) return; // it failed while it was being called
        call.whenGone(this::clientLeft);
        inFlight.add(this);
    }

    @Override
    public void head(AnswerHead head) {
        if (over) return;
        headNanos = inFlight.nanos();
        lastHeardNanos = headNanos;
        status = head.status();
        providerRequestId = shortened(head.providerRequestId());
        long overhead = micros(calledNanos - call.arrivedNanos());
        call.head(permit.intent().provider(), head, overhead);
    }

    @Override
    public void chunk(Buffer bytes) {
        if (over) return;
        long now = inFlight.nanos();
        if (firstByteNanos == 0) firstByteNanos = now;
        lastHeardNanos = now;
        lastWroteNanos = now;
        call.write(bytes);
        if (call.full() && !paused && running != null) pause(running, now);
    }

    private void pause(RunningAttempt upstream, long now) {
        paused = true;
        pausedSinceNanos = now;
        upstream.pause();
        call.whenDrained(() -> {
            if (over) return;
            paused = false;
            lastHeardNanos = inFlight.nanos();
            upstream.resume();
        });
    }

    @Override
    public void end(@Nullable TokenUsage usage) {
        if (over) return;
        call.end();
        settle(Ending.COMPLETED, usage);
    }

    @Override
    public void failed(UpstreamFailure failure, @Nullable TokenUsage usage) {
        if (over) return;
        Ending ending =
                switch (failure) {
                    case UpstreamFailure.Answered answered -> {
                        status = answered.status();
                        providerRequestId = shortened(answered.providerRequestId());
                        yield Ending.UPSTREAM_ERROR;
                    }
                    case UpstreamFailure.Refused refused -> {
                        status = refused.status();
                        yield Ending.UPSTREAM_ERROR;
                    }
                    case UpstreamFailure.Busy busy -> Ending.UPSTREAM_ERROR;
                    case UpstreamFailure.Unreachable unreachable -> Ending.UPSTREAM_BROKEN;
                    case UpstreamFailure.Disconnected disconnected -> Ending.UPSTREAM_BROKEN;
                    case UpstreamFailure.Garbage garbage -> Ending.UPSTREAM_BROKEN;
                    case UpstreamFailure.TimedOut timedOut -> Ending.UPSTREAM_TIMEOUT;
                };
        call.failed(permit.intent().provider(), failure);
        if (usage == null && neverWorked(failure)) settle(ending, TokenUsage.NONE);
        else settle(ending, usage);
    }

    /** A request that was refused or never arrived used nothing: vendors do not bill errors. */
    private boolean neverWorked(UpstreamFailure failure) {
        if (headNanos != 0) return false;
        return switch (failure) {
            case UpstreamFailure.Answered answered -> true;
            case UpstreamFailure.Refused refused -> true;
            case UpstreamFailure.Busy busy -> true;
            case UpstreamFailure.Unreachable unreachable -> true;
            case UpstreamFailure.Disconnected disconnected -> false;
            case UpstreamFailure.Garbage garbage -> false;
            case UpstreamFailure.TimedOut timedOut -> timedOut.phase().equals("connect");
        };
    }

    /** The catalogue named a provider that has been removed since. */
    void providerLeft() {
        failed(new UpstreamFailure.Unreachable("the provider was removed a moment ago"), null);
    }

    private void clientLeft() {
        if (over) return;
        cancel();
        settle(Ending.CLIENT_LEFT, null);
    }

    /** Ends it for a reason of ours: the key was revoked, we stop. */
    void cutShort(String why) {
        if (over) return;
        cancel();
        call.abandon(new Refusal.CutShort(why));
        settle(Ending.CUT_SHORT, null);
    }

    private void timedOut(String phase, long afterNanos) {
        cancel();
        failed(new UpstreamFailure.TimedOut(phase, afterNanos / 1_000_000), null);
    }

    private void cancel() {
        if (running != null) running.cancel();
    }

    @Override
    public void watch(long now) {
        if (over) return;
        Deadlines deadlines = inFlight.deadlines();
        if (now - calledNanos > deadlines.totalNanos()) {
            timedOut("total", deadlines.totalNanos());
        } else if (headNanos == 0 && now - calledNanos > deadlines.firstByteNanos()) {
            timedOut("first-byte", deadlines.firstByteNanos());
        } else if (paused) {
            if (now - pausedSinceNanos > deadlines.clientIdleNanos()) clientStuck();
        } else if (headNanos != 0 && now - lastHeardNanos > deadlines.idleNanos()) {
            timedOut("idle", deadlines.idleNanos());
        } else if (stream && headNanos != 0 && now - lastWroteNanos > deadlines.heartbeatNanos()) {
            lastWroteNanos = now;
            call.heartbeat();
        }
    }

    /** A client that reads nothing for so long is as good as gone. */
    private void clientStuck() {
        cancel();
        call.abandon(new Refusal.CutShort("the client stopped reading"));
        settle(Ending.CLIENT_LEFT, null);
    }

    UUID key() {
        return permit.intent().caller().key();
    }

    private void settle(Ending ending, @Nullable TokenUsage reported) {
        over = true;
        inFlight.remove(this);
        Intent intent = permit.intent();
        long maxIn = intent.boundInputTokens();
        long maxOut = intent.boundOutputTokens();
        long seen = running == null ? 0 : running.outputSoFar();
        TokenUsage usage =
                reported == null
                        ? TokenBounds.estimate(wire, seen, maxIn, maxOut)
                        : TokenBounds.capped(reported, maxIn, maxOut);
        boolean capped = reported != null && !reported.equals(usage);
        long now = inFlight.nanos();
        long arrived = call.arrivedNanos();
        long upstream = now - calledNanos;
        Outcome outcome =
                new Outcome(
                        ending,
                        reported == null ? UsageClass.ESTIMATED : UsageClass.REPORTED,
                        usage,
                        status,
                        micros(upstream),
                        firstByteNanos == 0 ? 0 : micros(firstByteNanos - arrived),
                        micros(now - arrived),
                        micros(now - arrived - upstream),
                        providerRequestId);
        permit.settle(outcome);
        inFlight.settled(intent, outcome, capped);
        trace(ending, usage);
    }

    private void trace(Ending ending, TokenUsage usage) {
        span.usage(usage.input(), usage.output());
        if (firstByteNanos != 0) span.firstByte(firstByteNanos - calledNanos);
        if (ending == Ending.COMPLETED) {
            span.end(status);
            requestSpan.end(status);
        } else {
            String type = ending.name().toLowerCase(Locale.ROOT);
            span.fail(status, type);
            requestSpan.fail(status, type);
        }
    }

    private static long micros(long nanos) {
        return nanos / 1_000;
    }

    private static @Nullable String shortened(@Nullable String id) {
        return id == null || id.length() <= LONGEST_ID ? id : id.substring(0, LONGEST_ID);
    }
}
