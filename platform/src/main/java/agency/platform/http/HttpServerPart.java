package agency.platform.http;

import agency.kernel.fault.Fault;
import agency.platform.house.Part;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.net.PemKeyCertOptions;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The HTTP server: one lane per event loop, all on one port. */
public final class HttpServerPart implements Part {
    /** The part's name, for {@link Part#uses()}. */
    public static final String NAME = "http";

    private static final Logger LOG = LoggerFactory.getLogger(HttpServerPart.class);

    /** Longest wait for the port to be bound, in seconds. */
    private static final int BIND_SECONDS = 10;

    private static final int BACKLOG = 1024;

    private final ServerSettings settings;
    private final EventLoops loops;
    private final Dispatch dispatch;
    private final List<String> uses;
    private final List<Lane> lanes = new ArrayList<>();
    private volatile int port;

    /**
     * Assembles the server.
     *
     * @param routes all doors, each once
     * @param authenticator who bears a credential
     * @param inFlight the process's budget of request bytes
     * @param meters where requests are counted
     * @param uses the names of further parts that must be up before a request comes
     */
    public HttpServerPart(
            ServerSettings settings,
            EventLoops loops,
            List<Route> routes,
            Authenticator authenticator,
            BytesInFlight inFlight,
            MeterRegistry meters,
            List<String> uses) {
        this(
                settings,
                loops,
                routes,
                authenticator,
                inFlight,
                meters,
                Refusals.UNHEARD,
                Once.NEVER,
                uses);
    }

    /** The same, which tells of whom it refuses and does once what is to be done once. */
    public HttpServerPart(
            ServerSettings settings,
            EventLoops loops,
            List<Route> routes,
            Authenticator authenticator,
            BytesInFlight inFlight,
            MeterRegistry meters,
            Refusals refusals,
            Once once,
            List<String> uses) {
        this.settings = settings;
        this.loops = loops;
        this.dispatch =
                new Dispatch(settings, routes, authenticator, inFlight, meters, refusals, once);
        List<String> all = new ArrayList<>(uses);
        all.add(EventLoops.NAME);
        this.uses = List.copyOf(all);
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public String purpose() {
        return "Answers HTTP on " + settings.host() + ":" + settings.port() + ".";
    }

    @Override
    public List<String> uses() {
        return uses;
    }

    /** The port it listens on, once started. */
    public int port() {
        return port;
    }

    /** The address to call it at, once started, as {@code http://127.0.0.1:8080}. */
    public String address() {
        String host = settings.host();
        if (host.equals("0.0.0.0") || host.equals("::")) {
            host = "127.0.0.1";
        }
        String shown = host.contains(":") ? "[" + host + "]" : host;
        return (settings.tls() ? "https://" : "http://") + shown + ":" + port;
    }

    /**
     * Whether the address could be listened on now; throws the {@link Fault} that {@link #start}
     * would throw. For whoever wants to know before the long way there.
     */
    public void probe() {
        if (settings.port() == 0) {
            return;
        }
        try (ServerSocket socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(settings.host(), settings.port()));
        } catch (IOException taken) {
            throw notBound(taken);
        }
    }

    @Override
    public void start() {
        List<Future<?>> deployed = new ArrayList<>();
        for (int i = 0; i < loops.count(); i++) {
            Lane lane = new Lane(options(), settings, dispatch);
            lanes.add(lane);
            deployed.add(loops.vertx().deployVerticle(lane, new DeploymentOptions()));
        }
        try {
            await(Future.all(deployed), BIND_SECONDS);
        } catch (ExecutionException e) {
            throw notBound(Objects.requireNonNullElse(e.getCause(), e));
        } catch (TimeoutException e) {
            throw notBound(e);
        }
        port = lanes.getFirst().port();
        LOG.debug("listening on {} with {} lanes", address(), lanes.size());
    }

    /** Stops accepting, lets requests in flight finish within their time, then closes the rest. */
    @Override
    public void close() {
        dispatch.stop();
        List<Future<?>> stopped = new ArrayList<>();
        lanes.forEach(lane -> stopped.add(lane.shutdown()));
        lanes.clear();
        try {
            await(Future.all(stopped), settings.stopTimeout().toSeconds() + 2);
        } catch (ExecutionException | TimeoutException e) {
            LOG.warn("not every connection was closed in time", e);
        }
    }

    private static void await(Future<?> future, long seconds)
            throws ExecutionException, TimeoutException {
        try {
            future.toCompletionStage().toCompletableFuture().get(seconds, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private HttpServerOptions options() {
        HttpServerOptions options =
                new HttpServerOptions()
                        .setHost(settings.host())
                        // Lanes share a free port only when asked for by a negative number.
                        .setPort(settings.port() == 0 ? -1 : settings.port())
                        .setTcpNoDelay(true)
                        .setAcceptBacklog(BACKLOG)
                        .setReuseAddress(true)
                        .setHttp2ClearTextEnabled(false)
                        .setUseAlpn(false)
                        .setCompressionSupported(false)
                        .setDecompressionSupported(false)
                        .setHandle100ContinueAutomatically(false)
                        .setMaxInitialLineLength(settings.maxLine().asInt())
                        .setMaxHeaderSize(settings.maxHeader().asInt());
        if (settings.tlsCertificate() != null && settings.tlsKey() != null) {
            options.setSsl(true)
                    .setKeyCertOptions(
                            new PemKeyCertOptions()
                                    .addCertPath(settings.tlsCertificate().toString())
                                    .addKeyPath(settings.tlsKey().toString()));
        }
        return options;
    }

    private Fault notBound(Throwable cause) {
        boolean busy =
                cause instanceof BindException
                        || String.valueOf(cause.getMessage()).contains("Address already in use");
        String holder =
                busy ? PortHolder.of(settings.port()).map(who -> " by " + who).orElse("") : "";
        String sentence =
                busy
                        ? "Port "
                                + settings.port()
                                + " on "
                                + settings.host()
                                + " is held"
                                + holder
                                + ". Stop it, or choose another with --server.port=N (0 picks a"
                                + " free one)."
                        : "Cannot listen on "
                                + settings.host()
                                + ":"
                                + settings.port()
                                + ": "
                                + cause.getMessage();
        return Fault.lasting(
                busy ? "http.port-busy" : "http.cannot-listen",
                sentence,
                Map.of("port", String.valueOf(settings.port())),
                cause);
    }
}
