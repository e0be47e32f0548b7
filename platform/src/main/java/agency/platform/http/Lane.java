package agency.platform.http;

import agency.kernel.id.Ids;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The server's share on one event loop: its connections, their requests and their time-outs. All
 * lanes listen on the same port; everything here runs on the lane's loop, so nothing is locked.
 */
final class Lane extends VerticleBase {
    private static final Logger LOG = LoggerFactory.getLogger(Lane.class);

    /** How often time-outs are looked at, in milliseconds. */
    private static final long LOOK_MILLIS = 500;

    /** How long a client that was refused in the middle of its body may go on, in seconds. */
    private static final long LINGER_SECONDS = 3;

    private final HttpServerOptions options;
    private final ServerSettings settings;
    private final Dispatch dispatch;
    private final IdentityHashMap<HttpConnection, Link> links = new IdentityHashMap<>();
    private final SplittableRandom random = new SplittableRandom();
    private @Nullable HttpServer server;

    Lane(HttpServerOptions options, ServerSettings settings, Dispatch dispatch) {
        this.options = options;
        this.settings = settings;
        this.dispatch = dispatch;
    }

    /** One connection. */
    final class Link {
        private final HttpConnection connection;
        private @Nullable LiveExchange current;
        private long quietSinceNanos;
        private long closeAtNanos;
        private boolean used;

        private Link(HttpConnection connection, long now) {
            this.connection = connection;
            this.quietSinceNanos = now;
        }

        void closeSoon() {
            closeAtNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(LINGER_SECONDS);
        }

        private void look(long now) {
            long limit = (used ? settings.keepAlive() : settings.headerTimeout()).toNanos();
            if (closeAtNanos != 0 && now - closeAtNanos > 0) {
                connection.close();
            } else if (current != null) {
                current.look(now, settings);
            } else if (now - quietSinceNanos > limit) {
                connection.close();
            }
        }
    }

    @Override
    public Future<?> start() {
        HttpServer made = vertx.createHttpServer(options);
        server = made;
        made.connectionHandler(this::connected);
        made.requestHandler(this::requested);
        made.invalidRequestHandler(this::malformed);
        made.exceptionHandler(e -> LOG.debug("a connection failed before its request", e));
        vertx.setPeriodic(LOOK_MILLIS, timer -> look());
        return made.listen();
    }

    /** Takes no new connection, lets requests in flight finish, then closes the rest. */
    Future<Void> shutdown() {
        HttpServer running = server;
        return running == null
                ? Future.succeededFuture()
                : running.shutdown(settings.stopTimeout().toMillis(), TimeUnit.MILLISECONDS);
    }

    int port() {
        HttpServer running = server;
        return running == null ? 0 : running.actualPort();
    }

    Clients clients() {
        return dispatch.clients();
    }

    BytesInFlight inFlight() {
        return dispatch.inFlight();
    }

    ProblemCount problems() {
        return dispatch.problems();
    }

    private void connected(HttpConnection connection) {
        if (!dispatch.connections().enter()) {
            connection.close();
            return;
        }
        Link link = new Link(connection, System.nanoTime());
        links.put(connection, link);
        connection.closeHandler(nothing -> {
            links.remove(connection);
            dispatch.connections().leave();
        });
    }

    private void requested(HttpServerRequest request) {
        Link link = links.get(request.connection());
        if (link == null) {
            request.connection().close();
            return;
        }
        long now = System.nanoTime();
        UUID id = nextId();
        HttpServerResponse response = request.response();
        response.putHeader(Dispatch.REQUEST_ID, id.toString());
        HttpMethod method = request.method();
        RouteTable.Place place = dispatch.routes().find(String.valueOf(request.path()));
        RouteTable.Entry entry = place == null ? null : place.entry(method);
        LiveExchange exchange =
                new LiveExchange(this, link, request, id, now, entry == null ? -1 : entry.index());
        link.current = exchange;
        link.used = true;
        response.endHandler(exchange);
        guarded(exchange, () -> dispatch.serve(exchange, place, entry));
    }

    /** Runs a step of an exchange; what it throws becomes the exchange's answer. */
    void guarded(LiveExchange exchange, Runnable step) {
        try {
            step.run();
        } catch (RuntimeException | Error e) {
            dispatch.failed(exchange, e);
        }
    }

    void ended(Link link, LiveExchange exchange) {
        long now = System.nanoTime();
        if (link.current == exchange) {
            link.current = null;
            link.quietSinceNanos = now;
        }
        dispatch.count(exchange, now);
    }

    private void malformed(HttpServerRequest request) {
        Throwable cause = request.decoderResult().cause();
        String kind = cause == null ? "" : cause.getClass().getSimpleName();
        Problem problem =
                switch (kind) {
                    case "TooLongHttpLineException" ->
                            Problems.malformed(
                                    414,
                                    "The first line is longer than "
                                            + settings.maxLine().count()
                                            + " bytes.");
                    case "TooLongHttpHeaderException" ->
                            Problems.malformed(
                                    431,
                                    "The headers are longer than "
                                            + settings.maxHeader().count()
                                            + " bytes.");
                    default -> Problems.malformed(400, "This is not HTTP/1.1.");
                };
        UUID id = nextId();
        HttpServerResponse response = request.response();
        response.putHeader(Dispatch.REQUEST_ID, id.toString());
        response.putHeader("connection", "close");
        problems().count(problem);
        Problems.end(response, null, id, problem);
    }

    private void look() {
        long now = System.nanoTime();
        for (Link link : new ArrayList<>(links.values())) {
            link.look(now);
        }
    }

    private UUID nextId() {
        return Ids.version7(System.currentTimeMillis(), random.nextLong(), random.nextLong());
    }
}
