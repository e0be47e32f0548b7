package agency.platform.http;

import agency.kernel.fault.Fault;
import agency.platform.json.BadJson;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.netty.util.AsciiString;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes a request to its route: host, origin, permission, then the route itself. */
final class Dispatch {
    static final CharSequence REQUEST_ID = AsciiString.cached("x-request-id");

    private static final Logger LOG = LoggerFactory.getLogger(Dispatch.class);

    private final RouteTable routes;
    private final Clients clients;
    private final Guard guard;
    private final HostCheck hosts;
    private final Cors cors;
    private final BlockingCalls blocking;
    private final BytesInFlight inFlight;
    private final ConnectionCount connections;
    private final RouteMeters meters;
    private final ProblemCount problems;
    private final Refusals refusals;
    private volatile boolean stopping;

    Dispatch(
            ServerSettings settings,
            List<Route> routes,
            Authenticator authenticator,
            BytesInFlight inFlight,
            MeterRegistry registry,
            Refusals refusals,
            Once once) {
        this.refusals = refusals;
        this.routes = new RouteTable(routes);
        this.clients = new Clients(settings);
        this.guard = new Guard(authenticator, settings, clients);
        this.hosts =
                new HostCheck(
                        settings.loopbackOnly() && !settings.behindProxy(),
                        settings.allowedHosts());
        this.cors = new Cors(settings.corsOrigins());
        this.blocking = new BlockingCalls(settings, clients, guard, once);
        this.inFlight = inFlight;
        this.connections = new ConnectionCount(settings.maxConnections());
        this.meters = new RouteMeters(registry, this.routes.entries());
        this.problems = new ProblemCount(registry);
        Gauge.builder("http.server.connections", connections, ConnectionCount::open)
                .description("Open connections.")
                .register(registry);
        Gauge.builder("http.server.request.bytes.held", inFlight, BytesInFlight::held)
                .description("Request bytes held in memory.")
                .baseUnit("bytes")
                .register(registry);
    }

    Clients clients() {
        return clients;
    }

    RouteTable routes() {
        return routes;
    }

    BytesInFlight inFlight() {
        return inFlight;
    }

    ConnectionCount connections() {
        return connections;
    }

    ProblemCount problems() {
        return problems;
    }

    /** From now on every answer asks its client to connect anew, elsewhere or later. */
    void stop() {
        stopping = true;
    }

    /** Serves one request on its event loop. What is thrown here becomes the answer. */
    void serve(
            LiveExchange exchange,
            RouteTable.@Nullable Place place,
            RouteTable.@Nullable Entry entry) {
        HttpServerRequest request = exchange.request();
        hosts.check(request);
        if (stopping) {
            request.response().putHeader("connection", "close");
        }
        if (cors.answers(request, place)) {
            return;
        }
        if (place == null) {
            String path = String.valueOf(request.path());
            String shown = path.length() > 200 ? path.substring(0, 200) + "…" : path;
            throw Problems.notFound(shown, routes.nearest(path).orElse(null));
        }
        if (entry == null) {
            if (request.method().equals(HttpMethod.OPTIONS)) {
                request.response().putHeader("allow", place.allowed()).setStatusCode(204).end();
                return;
            }
            throw Problems.methodNotAllowed(
                    request.method().name(), place.template(), place.allowed());
        }
        Route route = entry.route();
        if (!route.permission().equals(Permission.PROJECT_KEY)) {
            guard.admit(route.permission(), request, exchange::identify);
        }
        switch (route.handler()) {
            case Handler.OnEventLoop onLoop -> onLoop.handle(exchange);
            case Handler.Blocking calm -> blocking.serve(exchange, place, calm, this);
        }
    }

    /** Turns what a route threw into its answer; a bug goes to the log with its trace. */
    void failed(LiveExchange exchange, Throwable thrown) {
        if (!(thrown instanceof Problem) && !(thrown instanceof BadJson)) {
            String code = thrown instanceof Fault fault ? fault.code() : "bug";
            RequestLines.around(
                    exchange.id(),
                    exchange.traceId(),
                    () ->
                            LOG.atError()
                                    .addKeyValue("fault", code)
                                    .setCause(thrown)
                                    .log("The request failed: {}", code));
        }
        Problem problem = Problems.of(thrown, exchange.id());
        if (isRefusal(problem)) {
            Authenticator.Principal caller = exchange.caller();
            refusals.refused(
                    caller == null ? 0 : caller.tenant(),
                    exchange.route() < 0 ? "unknown" : routes.operation(exchange.route()),
                    problem.type(),
                    caller == null ? null : caller.actor().toString(),
                    exchange.clientAddress());
        }
        exchange.refuse(problem);
    }

    /** Whether it says that somebody may not do it, rather than that it cannot be done so. */
    private static boolean isRefusal(Problem problem) {
        return problem.status() == 401
                || problem.status() == 403
                || problem.type().equals("too-many-tries");
    }

    void count(LiveExchange exchange, long now) {
        int status = exchange.request().response().getStatusCode();
        long nanos = now - exchange.startedNanos();
        meters.count(exchange.route(), status, nanos);
        if (LOG.isDebugEnabled()) {
            RequestLines.around(
                    exchange.id(),
                    exchange.traceId(),
                    () ->
                            LOG.debug(
                                    "{} answered {} in {} µs",
                                    routes.operation(exchange.route()),
                                    status,
                                    nanos / 1000));
        }
    }
}
