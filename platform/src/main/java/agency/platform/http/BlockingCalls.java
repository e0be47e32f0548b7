package agency.platform.http;

import agency.platform.json.Json;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerResponse;
import java.io.IOException;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.Semaphore;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Runs blocking routes, each on a virtual thread, no more at once than allowed. */
final class BlockingCalls {
    private static final String HTML_POLICY =
            "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src"
                + " 'self' data:; font-src 'self'; connect-src 'self'; base-uri 'none'; form-action"
                + " 'self'; frame-ancestors 'none'";

    /** What may be an Idempotency-Key: visible ASCII. */
    private static final Pattern KEY = Pattern.compile("[\\x21-\\x7e]{1,255}");

    private final Semaphore places;
    private final int maxBody;
    private final ServerSettings settings;
    private final Clients clients;
    private final Once once;
    private final Guard guard;

    BlockingCalls(ServerSettings settings, Clients clients, Guard guard, Once once) {
        this.guard = guard;
        this.clients = clients;
        this.once = once;
        this.settings = settings;
        this.places = new Semaphore(settings.maxBlockingCalls());
        this.maxBody = settings.maxBody().asInt();
    }

    void serve(
            LiveExchange exchange,
            RouteTable.Place place,
            Handler.Blocking handler,
            Dispatch dispatch) {
        if (!places.tryAcquire()) {
            throw Problems.tooManyCalls();
        }
        boolean[] handedOver = {false};
        exchange.whenDone(() -> {
            if (!handedOver[0]) {
                places.release();
            }
        });
        Context context = Objects.requireNonNull(Vertx.currentContext());
        exchange.body(
                maxBody,
                body -> {
                    handedOver[0] = true;
                    // Read here: the request is its event loop's alone.
                    String trace = exchange.traceId();
                    Thread.ofVirtual()
                            .name("call-" + exchange.id())
                            .start(() -> {
                                try {
                                    answer(
                                            exchange, place, handler, body, context, dispatch,
                                            trace);
                                } finally {
                                    places.release();
                                }
                            });
                });
    }

    private void answer(
            LiveExchange exchange,
            RouteTable.Place place,
            Handler.Blocking handler,
            Buffer body,
            Context context,
            Dispatch dispatch,
            @Nullable String trace) {
        // A virtual thread lives for one call, so its diagnostic context needs no clearing.
        RequestLines.mark(exchange.id(), trace);
        try {
            BlockingCall call = new BlockingCall(exchange, place, body, clients, guard);
            Once.Asked asked = asked(exchange, call);
            Answer answer =
                    asked == null
                            ? handler.handle(call)
                            : once.answer(asked, () -> handler.handle(call));
            write(exchange, answer, context);
        } catch (Exception | Error e) {
            if (e instanceof InterruptedException) {
                Thread.currentThread().interrupt();
            }
            context.runOnContext(nothing -> dispatch.failed(exchange, e));
        }
    }

    /** What is to be done once; null when the caller did not ask for that. */
    private static Once.@Nullable Asked asked(LiveExchange exchange, BlockingCall call) {
        String key = call.header("idempotency-key").orElse(null);
        Authenticator.Principal caller = exchange.caller();
        if (key == null || caller == null || !exchange.request().method().equals(HttpMethod.POST)) {
            return null;
        }
        if (!KEY.matcher(key).matches()) {
            throw new Problem(
                    400,
                    "header-wrong",
                    "A header is wrong",
                    "Idempotency-Key must have 1 to 255 visible ASCII characters, such as a UUID.");
        }
        return new Once.Asked(
                caller.tenant(),
                caller.actor(),
                exchange.request().method() + " " + exchange.request().path(),
                key,
                call.body());
    }

    private void write(LiveExchange exchange, Answer answer, Context context)
            throws InterruptedException {
        Object content = answer.body();
        switch (content) {
            case null -> context.runOnContext(nothing -> end(exchange, answer, null, null));
            case Answer.Raw raw ->
                    context.runOnContext(
                            nothing -> end(exchange, answer, raw.contentType(), raw.bytes()));
            case Answer.Streamed streamed -> stream(exchange, answer, streamed, context);
            default -> {
                Buffer json = Buffer.buffer(Json.write(content));
                context.runOnContext(nothing -> end(exchange, answer, "application/json", json));
            }
        }
    }

    private static void end(
            LiveExchange exchange, Answer answer, @Nullable String type, @Nullable Buffer bytes) {
        HttpServerResponse response = exchange.request().response();
        if (response.ended() || response.closed()) {
            return;
        }
        head(response, answer, type);
        response.end(bytes == null ? Buffer.buffer() : bytes);
    }

    private static void head(HttpServerResponse response, Answer answer, @Nullable String type) {
        response.setStatusCode(answer.status());
        response.putHeader("x-content-type-options", "nosniff");
        response.putHeader("referrer-policy", "no-referrer");
        if (type != null) {
            response.putHeader("content-type", type);
            if (type.toLowerCase(Locale.ROOT).startsWith("text/html")) {
                response.putHeader("content-security-policy", HTML_POLICY);
            }
        }
        if (!answer.headers().containsKey("cache-control")) {
            response.putHeader("cache-control", "no-store");
        }
        answer.headers().forEach(response::putHeader);
    }

    private void stream(
            LiveExchange exchange, Answer answer, Answer.Streamed streamed, Context context)
            throws InterruptedException {
        HttpServerResponse response = exchange.request().response();
        Thread worker = Thread.currentThread();
        boolean isHead = exchange.request().method().equals(io.vertx.core.http.HttpMethod.HEAD);
        context.runOnContext(nothing -> {
            if (response.closed()) {
                worker.interrupt();
                return;
            }
            head(response, answer, streamed.contentType());
            response.setChunked(true);
            response.closeHandler(gone -> worker.interrupt());
        });
        try (ResponseStream out = new ResponseStream(response, context, settings.stallTimeout())) {
            if (!isHead) {
                streamed.writer().write(out);
            }
            out.finish();
        } catch (IOException | InterruptedException e) {
            // The client has left, or the route gave up: an answer cut short must not look whole.
            context.runOnContext(nothing -> exchange.request().connection().close());
        }
    }
}
