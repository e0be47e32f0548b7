package agency.gateway.adapter.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import agency.gateway.domain.refusal.Refusal;
import agency.gateway.port.AnswerHead;
import agency.gateway.port.ClientCall;
import agency.gateway.port.Meters;
import agency.gateway.port.UpstreamFailure;
import agency.platform.http.Exchange;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerResponse;
import java.net.InetAddress;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A request as Vert.x has it. Writes as seldom as it can: a plain answer of ordinary size goes out
 * in one piece, a stream once for each turn of the event loop.
 */
final class VertxCall implements ClientCall {
    /** A plain answer up to this long is gathered and sent at once, bytes. */
    static final int GATHERED_BYTES = 64 * 1024;

    private static final CharSequence CONTENT_LENGTH = HttpHeaders.CONTENT_LENGTH;
    private static final CharSequence X_REQUEST_ID = HttpHeaders.createOptimized("x-request-id");
    private static final CharSequence X_PROVIDER = HttpHeaders.createOptimized("x-agency-provider");
    private static final CharSequence X_ATTEMPTS = HttpHeaders.createOptimized("x-agency-attempts");
    private static final CharSequence X_OVERHEAD =
            HttpHeaders.createOptimized("x-agency-overhead-us");
    private static final CharSequence TRACEPARENT = HttpHeaders.createOptimized("traceparent");
    private static final CharSequence CACHE_CONTROL = HttpHeaders.CACHE_CONTROL;
    private static final CharSequence NO_CACHE = HttpHeaders.createOptimized("no-cache");
    private static final CharSequence ONE = HttpHeaders.createOptimized("1");
    private static final CharSequence JSON = HttpHeaders.createOptimized("application/json");
    private static final Buffer HEARTBEAT = Buffer.buffer(": still working\n\n");

    private final Exchange exchange;
    private final HttpServerResponse response;
    private final String route;
    private final int maxBodyBytes;
    private final Meters meters;
    private final @Nullable Context context = Vertx.currentContext();
    private @Nullable Buffer gathered;
    private @Nullable Runnable gone;
    private long plainLength = -1;
    private boolean streams;
    private boolean flushComes;
    private boolean over;

    VertxCall(Exchange exchange, String route, int maxBodyBytes, Meters meters) {
        this.exchange = exchange;
        this.response = exchange.request().response();
        this.route = route;
        this.maxBodyBytes = maxBodyBytes;
        this.meters = meters;
    }

    @Override
    public UUID id() {
        return exchange.id();
    }

    @Override
    public long arrivedNanos() {
        return exchange.startedNanos();
    }

    @Override
    public @Nullable String bearer() {
        String value = exchange.request().getHeader(HttpHeaders.AUTHORIZATION);
        if (value == null || !value.regionMatches(true, 0, "Bearer ", 0, 7)) return null;
        String token = value.substring(7).strip();
        return token.isEmpty() ? null : token;
    }

    @Override
    public @Nullable InetAddress address() {
        return exchange.clientAddress();
    }

    @Override
    public @Nullable String traceparent() {
        return exchange.request().getHeader(TRACEPARENT);
    }

    @Override
    public void traced(String traceId) {
        exchange.traced(traceId);
    }

    @Override
    public void body(Consumer<byte[]> whole) {
        exchange.body(maxBodyBytes, body -> whole.accept(body.getBytes()));
    }

    @Override
    public void onLoop(Runnable work) {
        if (context == null || context.equals(Vertx.currentContext())) work.run();
        else context.runOnContext(nothing -> work.run());
    }

    @Override
    public void whenGone(Runnable listener) {
        gone = listener;
        response.closeHandler(v -> leave());
        response.exceptionHandler(e -> leave());
        if (response.closed()) leave();
    }

    private void leave() {
        if (over) return;
        over = true;
        if (gone != null) gone.run();
    }

    @Override
    public void refuse(Refusal refusal) {
        if (over) return;
        over = true;
        WireError error = RefusalErrors.of(refusal);
        meters.refused(route, error.status(), error.code());
        answer(error.status(), error.json(), error.headers());
    }

    @Override
    public void failed(String provider, UpstreamFailure failure) {
        if (over) return;
        UpstreamErrors.Made made = UpstreamErrors.of(provider, failure);
        breakOff(provider, made.status(), made.json(), made.headers());
    }

    @Override
    public void abandon(Refusal.CutShort reason) {
        if (over) return;
        WireError error = RefusalErrors.of(reason);
        breakOff(null, error.status(), error.json(), error.headers());
    }

    private void breakOff(
            @Nullable String provider, int status, String json, Map<String, String> headers) {
        over = true;
        if (!response.headWritten()) {
            response.headers().clear();
            if (provider != null) {
                response.putHeader(X_PROVIDER, provider);
                response.putHeader(X_ATTEMPTS, ONE);
            }
            answer(status, json, headers);
        } else if (streams) {
            Buffer last = gathered == null ? Buffer.buffer() : gathered;
            gathered = null;
            response.end(last.copy().appendString("data: " + oneLine(json) + "\n\n"));
        } else {
            // Half a JSON text is out: only a broken connection tells that it is not whole.
            response.reset();
        }
    }

    private static String oneLine(String json) {
        return json.replace("\r", "").replace("\n", " ");
    }

    private void answer(int status, String json, Map<String, String> headers) {
        if (response.closed()) return;
        response.setStatusCode(status);
        response.putHeader(X_REQUEST_ID, exchange.id().toString());
        response.putHeader(HttpHeaders.CONTENT_TYPE, JSON);
        headers.forEach(response::putHeader);
        response.end(Buffer.buffer(json.getBytes(UTF_8)));
    }

    @Override
    public void head(String provider, AnswerHead head, long overheadMicros) {
        if (over) return;
        streams = head.contentType().startsWith("text/event-stream");
        response.setStatusCode(head.status());
        response.putHeader(HttpHeaders.CONTENT_TYPE, head.contentType());
        response.putHeader(X_REQUEST_ID, exchange.id().toString());
        response.putHeader(X_PROVIDER, provider);
        response.putHeader(X_ATTEMPTS, ONE);
        response.putHeader(X_OVERHEAD, Long.toString(overheadMicros));
        if (!head.passed().isEmpty()) head.passed().forEach(response::putHeader);
        if (streams) {
            response.putHeader(CACHE_CONTROL, NO_CACHE);
            // It goes out with the first bytes, so that a stream which breaks before them gets a
            // status of its own.
            response.setChunked(true);
        } else {
            plainLength = head.contentLength();
        }
    }

    @Override
    public void write(Buffer bytes) {
        if (over) return;
        gathered = gathered == null ? bytes : joined(gathered, bytes);
        if (streams) {
            flushThisTurn();
        } else if (response.headWritten() || gathered.length() > GATHERED_BYTES) {
            if (!response.headWritten()) plainHead();
            flushThisTurn();
        }
    }

    private void plainHead() {
        if (plainLength >= 0) response.putHeader(CONTENT_LENGTH, Long.toString(plainLength));
        else response.setChunked(true);
    }

    private static Buffer joined(Buffer one, Buffer other) {
        return Buffer.buffer(one.length() + other.length()).appendBuffer(one).appendBuffer(other);
    }

    private void flushThisTurn() {
        if (flushComes) return;
        flushComes = true;
        Context context = Vertx.currentContext();
        if (context == null) flush();
        else context.runOnContext(v -> flush());
    }

    private void flush() {
        flushComes = false;
        if (over) return;
        Buffer out = gathered;
        gathered = null;
        if (out != null) response.write(out);
    }

    @Override
    public boolean full() {
        return response.writeQueueFull();
    }

    @Override
    public void whenDrained(Runnable drained) {
        if (!response.writeQueueFull()) {
            drained.run();
            return;
        }
        response.drainHandler(v -> drained.run());
    }

    @Override
    public void heartbeat() {
        if (streams) write(HEARTBEAT);
    }

    @Override
    public void end() {
        if (over) return;
        over = true;
        Buffer rest = gathered;
        gathered = null;
        if (rest == null) response.end();
        else response.end(rest);
    }
}
