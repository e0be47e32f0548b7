package agency.platform.http;

import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** One request as it lives on its event loop, from its head to the end of its answer. */
final class LiveExchange implements Exchange, Handler<Void> {
    /** What a refused client may still send before it is cut off, in bytes. */
    private static final long MAX_DRAINED_BYTES = 1024 * 1024;

    /** The rest of a refused body that is read and dropped to keep the connection, in bytes. */
    private static final long MAX_SKIPPED_BYTES = 64 * 1024;

    private static final int MAX_FIRST_BUFFER = 64 * 1024;

    private final Lane lane;
    private final Lane.Link link;
    private final HttpServerRequest request;
    private final UUID id;
    private final long startedNanos;
    private final int route;
    private Authenticator.@Nullable Principal principal;
    private @Nullable List<Runnable> afterwards;
    private @Nullable String trace;
    private long heldBytes;
    private boolean reading;
    private boolean done;
    private long stalledSinceNanos;

    LiveExchange(
            Lane lane, Lane.Link link, HttpServerRequest request, UUID id, long now, int route) {
        this.lane = lane;
        this.link = link;
        this.request = request;
        this.id = id;
        this.startedNanos = now;
        this.route = route;
    }

    @Override
    public HttpServerRequest request() {
        return request;
    }

    @Override
    public @Nullable InetAddress clientAddress() {
        return Clients.literal(lane.clients().address(request));
    }

    @Override
    public UUID id() {
        return id;
    }

    @Override
    public @Nullable String traceId() {
        if (trace != null) {
            return trace;
        }
        Traceparent callers = Traceparent.of(request.getHeader("traceparent"));
        return callers == null ? null : callers.traceId();
    }

    @Override
    public void traced(String traceId) {
        trace = traceId;
    }

    @Override
    public long startedNanos() {
        return startedNanos;
    }

    int route() {
        return route;
    }

    void identify(Authenticator.@Nullable Principal caller) {
        this.principal = caller;
    }

    Authenticator.@Nullable Principal caller() {
        return principal;
    }

    @Override
    public Authenticator.Principal principal() {
        if (principal == null) {
            throw Guard.unauthorized("This route knows no caller.");
        }
        return principal;
    }

    @Override
    public void whenDone(Runnable action) {
        if (done) {
            action.run();
            return;
        }
        if (afterwards == null) {
            afterwards = new ArrayList<>(2);
        }
        afterwards.add(action);
    }

    @Override
    public void body(int limitBytes, Handler<Buffer> then) {
        String encoding = request.getHeader("content-encoding");
        if (encoding != null && !encoding.equals("identity")) {
            refuse(Problems.unsupportedMediaType(encoding + "-encoded", "sent plain"));
            return;
        }
        long announced = announced(request.getHeader("content-length"));
        if (announced > limitBytes) {
            refuse(Problems.bodyTooLarge(limitBytes));
            return;
        }
        if (announced > 0 && !hold(announced)) {
            refuse(Problems.tooManyBytes());
            return;
        }
        String expect = request.getHeader("expect");
        if (expect != null && expect.equalsIgnoreCase("100-continue")) {
            request.response().writeContinue();
        }
        reading = true;
        Incoming incoming = new Incoming(limitBytes, Math.max(0, announced), then);
        request.handler(incoming);
        request.exceptionHandler(gone -> reading = false);
        request.endHandler(incoming::end);
    }

    /** A length below 0 means that none was announced. */
    private static long announced(@Nullable String header) {
        if (header == null) {
            return -1;
        }
        try {
            return Long.parseLong(header);
        } catch (NumberFormatException e) {
            // Netty has refused what is no number; what is left is too long for one.
            return Long.MAX_VALUE;
        }
    }

    private boolean hold(long bytes) {
        if (!lane.inFlight().take(bytes)) {
            return false;
        }
        heldBytes += bytes;
        return true;
    }

    /** Gathers the body; the usual one comes in one piece and is not copied. */
    private final class Incoming implements Handler<Buffer> {
        private final int limit;
        private final long announced;
        private final Handler<Buffer> then;
        private @Nullable Buffer gathered;
        private boolean own;
        private long length;

        Incoming(int limit, long announced, Handler<Buffer> then) {
            this.limit = limit;
            this.announced = announced;
            this.then = then;
        }

        @Override
        public void handle(Buffer piece) {
            if (!reading) {
                return;
            }
            length += piece.length();
            if (length > limit) {
                refuse(Problems.bodyTooLarge(limit));
            } else if (length > announced && !hold(piece.length())) {
                refuse(Problems.tooManyBytes());
            } else {
                add(piece);
            }
        }

        private void add(Buffer piece) {
            if (gathered == null) {
                gathered = piece;
                return;
            }
            if (!own) {
                int hint = (int) Math.min(Math.max(announced, length), MAX_FIRST_BUFFER);
                gathered = Buffer.buffer(hint).appendBuffer(gathered);
                own = true;
            }
            gathered.appendBuffer(piece);
        }

        void end(Void nothing) {
            if (!reading) {
                return;
            }
            reading = false;
            Buffer whole = gathered == null ? Buffer.buffer() : gathered;
            gathered = null;
            lane.guarded(LiveExchange.this, () -> then.handle(whole));
        }
    }

    @Override
    public void refuse(Problem problem) {
        HttpServerResponse response = request.response();
        reading = false;
        if (response.ended() || response.closed()) {
            return;
        }
        if (response.headWritten()) {
            // Half an answer cannot be taken back: cut it off so that the client knows.
            request.connection().close();
            return;
        }
        if (!request.isEnded() && (problem.status() == 408 || mayBeLong())) {
            response.putHeader("connection", "close");
            drain();
        } else {
            request.resume();
        }
        lane.problems().count(problem);
        Problems.end(response, request.path(), id, problem);
    }

    /** Whether what is still to come is not worth reading just to keep the connection. */
    private boolean mayBeLong() {
        return request.getHeader("transfer-encoding") != null
                || request.getHeader("expect") != null
                || announced(request.getHeader("content-length")) > MAX_SKIPPED_BYTES;
    }

    /** A client still sending reads our answer only when it can finish: let it, within bounds. */
    private void drain() {
        long[] left = {MAX_DRAINED_BYTES};
        request.handler(piece -> {
            left[0] -= piece.length();
            if (left[0] < 0) {
                request.connection().close();
            }
        });
        request.endHandler(nothing -> request.connection().close());
        request.resume();
        link.closeSoon();
    }

    /** The end of the response, or of its connection, whichever is first. */
    @Override
    public void handle(Void nothing) {
        if (done) {
            return;
        }
        done = true;
        reading = false;
        if (heldBytes > 0) {
            lane.inFlight().giveBack(heldBytes);
            heldBytes = 0;
        }
        lane.ended(link, this);
        List<Runnable> actions = afterwards;
        if (actions != null) {
            actions.forEach(Runnable::run);
        }
    }

    /** Called about once a second while the exchange lives. */
    void look(long now, ServerSettings settings) {
        if (reading && now - startedNanos > settings.bodyTimeout().toNanos()) {
            refuse(Problems.bodyTooSlow(settings.bodyTimeout().toSeconds()));
            return;
        }
        if (!request.response().writeQueueFull()) {
            stalledSinceNanos = 0;
        } else if (stalledSinceNanos == 0) {
            stalledSinceNanos = now;
        } else if (now - stalledSinceNanos > settings.stallTimeout().toNanos()) {
            request.connection().close();
        }
    }
}
