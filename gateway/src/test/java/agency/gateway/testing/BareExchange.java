package agency.gateway.testing;

import agency.platform.http.Authenticator;
import agency.platform.http.Exchange;
import agency.platform.http.Problem;
import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import java.net.InetAddress;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** A request of a bare server. */
record BareExchange(
        HttpServerRequest request, UUID id, long startedNanos, AtomicReference<String> trace)
        implements Exchange {
    BareExchange(HttpServerRequest request, UUID id) {
        this(request, id, System.nanoTime(), new AtomicReference<>());
    }

    @Override
    public @Nullable InetAddress clientAddress() {
        return InetAddress.getLoopbackAddress();
    }

    @Override
    public Authenticator.Principal principal() {
        throw new Problem(401, "unauthorized", "No caller", "This route knows no caller.");
    }

    @Override
    public @Nullable String traceId() {
        return trace.get();
    }

    @Override
    public void traced(String traceId) {
        trace.set(traceId);
        request.response().putHeader("x-test-trace", traceId);
    }

    @Override
    public void body(int limitBytes, Handler<Buffer> then) {
        request.body().onSuccess(then);
    }

    @Override
    public void refuse(Problem problem) {
        request.response().setStatusCode(problem.status()).end();
    }

    @Override
    public void whenDone(Runnable action) {
        request.response().endHandler(v -> action.run());
    }
}
