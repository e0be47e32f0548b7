package agency.gateway.port;

import agency.gateway.domain.refusal.Refusal;
import io.vertx.core.buffer.Buffer;
import java.net.InetAddress;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One request at the door and the way to answer it. All of it happens on one event loop. Exactly
 * one of {@link #refuse}, {@link #failed}, {@link #end} and {@link #abandon} ends it.
 */
public interface ClientCall {
    /** The request's id; ours, never from a header. */
    UUID id();

    /** When it arrived, in {@link System#nanoTime()}'s measure. */
    long arrivedNanos();

    /** What came after {@code Bearer } in its {@code Authorization}; null when nothing did. */
    @Nullable String bearer();

    /** The address that it came from, behind trusted proxies the one they name; null if unknown. */
    @Nullable InetAddress address();

    /** Its {@code traceparent} (W3C Trace Context), if it sent one. */
    @Nullable String traceparent();

    /** It belongs to this trace of ours; log lines about it say so. */
    void traced(String traceId);

    /**
     * Reads the body, once; a body that is too large, too slow or too much with all others in
     * flight is refused at the edge and never comes here.
     */
    void body(Consumer<byte[]> whole);

    /** Does this on the call's own event loop: at once when called on it. */
    void onLoop(Runnable work);

    /** Tells when the client leaves before the answer has ended. */
    void whenGone(Runnable gone);

    /** Says no; before the head of an answer. */
    void refuse(Refusal refusal);

    /**
     * Tells that the provider failed: as an error if no head has gone out, as an error event if it
     * was that of a stream, and else by breaking off.
     */
    void failed(String provider, UpstreamFailure failure);

    /** The same for a stop of ours. */
    void abandon(Refusal.CutShort reason);

    /**
     * Begins the answer; nothing needs to go out before its first bytes.
     *
     * @param overheadMicros what we have added so far
     */
    void head(String provider, AnswerHead head, long overheadMicros);

    /** Sends bytes of the answer, no later than at the end of the event loop's turn. */
    void write(Buffer bytes);

    /** Whether the client reads more slowly than we write. */
    boolean full();

    /** Calls once when it no longer does. */
    void whenDrained(Runnable drained);

    /** Sends a comment if this is a stream, so that nobody in between takes it for dead. */
    void heartbeat();

    /** The answer is whole. */
    void end();
}
