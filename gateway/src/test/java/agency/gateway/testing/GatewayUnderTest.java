package agency.gateway.testing;

import agency.gateway.adapter.http.ModelRoutes;
import agency.gateway.adapter.provider.openai.OpenAiProviders;
import agency.gateway.adapter.provider.openai.UpstreamClients;
import agency.gateway.api.GatewaySettings;
import agency.gateway.domain.routing.Catalogue;
import agency.gateway.domain.routing.ModelCard;
import agency.gateway.domain.vendor.Vendor;
import agency.gateway.domain.vendor.VendorTable;
import agency.gateway.flow.CompleteChat;
import agency.gateway.flow.InFlight;
import agency.gateway.flow.ListModels;
import agency.gateway.flow.ModelDirectory;
import agency.gateway.port.Callers;
import agency.gateway.port.Meters;
import agency.kernel.id.Ids;
import agency.kernel.metering.Caller;
import agency.kernel.metering.Intent;
import agency.kernel.metering.Operation;
import agency.kernel.metering.Outcome;
import agency.platform.http.EventLoops;
import agency.platform.http.Handler;
import agency.platform.http.Route;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ThreadLocalRandom;

/** The pass-through behind a bare server, with a raw upstream as its only provider {@code up}. */
public final class GatewayUnderTest implements AutoCloseable {
    /** A key that may use everything. */
    public static final String KEY = "sk-agency-" + "a".repeat(43);

    /** The id of that key. */
    public static final UUID KEY_ID = new UUID(1, 1);

    /** The provider's list. */
    public static final List<ModelCard> MODELS =
            List.of(
                    new ModelCard("gpt-4o-mini", 16_384),
                    new ModelCard("text-embedding-3-small", 0),
                    new ModelCard("org/other", 0));

    public final RawUpstream upstream;
    public final BookOfTests book = new BookOfTests();
    public final ModelDirectory directory = new ModelDirectory();
    public final InFlight inFlight;
    public final List<String> refused = new CopyOnWriteArrayList<>();
    public final Map<String, Callers.Bearer> bearers = new ConcurrentHashMap<>();
    public final OpenAiProviders providers;

    /** Runs after each look at a key. */
    public volatile Runnable onLookup = () -> {};

    /** What the gateway traces. */
    public final RecordedTraces traces = new RecordedTraces();

    private final EventLoops loops = new EventLoops(2);
    private final UpstreamClients clients;
    private final HttpServer server;
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    /** Started, with these settings. */
    public GatewayUnderTest(GatewaySettings settings) throws Exception {
        upstream = new RawUpstream();
        Meters meters =
                new Meters() {
                    @Override
                    public void settled(Intent intent, Outcome outcome, boolean capped) {}

                    @Override
                    public void refused(String route, int status, String code) {
                        refused.add(code);
                    }
                };
        inFlight = new InFlight(loops, settings, System::nanoTime, meters);
        clients = new UpstreamClients(loops, settings);
        providers = new OpenAiProviders(clients, new HonestEgress());
        bearers.put(
                KEY,
                new Callers.Bearer.Known(
                        new Caller(1, new UUID(2, 2), null, KEY_ID), Set.of(), null));
        connect("up", VendorTable.named("compatible").orElseThrow());
        ModelRoutes routes = new ModelRoutes(settings, meters);
        Callers callers =
                key -> {
                    Callers.Bearer bearer = bearers.getOrDefault(key, new Callers.Bearer.Nobody());
                    onLookup.run();
                    return bearer;
                };
        List<Route> all =
                routes.routes(
                        new CompleteChat(
                                Operation.CHAT,
                                settings,
                                callers,
                                directory,
                                book,
                                inFlight,
                                traces),
                        new CompleteChat(
                                Operation.EMBEDDINGS,
                                settings,
                                callers,
                                directory,
                                book,
                                inFlight,
                                traces),
                        new ListModels(callers, directory));
        server =
                loops.vertx()
                        .createHttpServer(new HttpServerOptions().setTcpNoDelay(true))
                        .requestHandler(request -> {
                            for (Route route : all) {
                                if (matches(route, String.valueOf(request.path()))) {
                                    ((Handler.OnEventLoop) route.handler())
                                            .handle(new BareExchange(request, id()));
                                    return;
                                }
                            }
                            request.response().setStatusCode(404).end();
                        });
        server.listen(0, "127.0.0.1").toCompletionStage().toCompletableFuture().get();
    }

    /** Started, with the usual settings. */
    public static GatewayUnderTest usual() throws Exception {
        return new GatewayUnderTest(GatewaySettings.defaults());
    }

    private static boolean matches(Route route, String path) {
        int parameter = route.path().indexOf("{");
        return parameter < 0
                ? route.path().equals(path)
                : path.startsWith(route.path().substring(0, parameter));
    }

    private static UUID id() {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        return Ids.version7(System.currentTimeMillis(), random.nextLong(), random.nextLong());
    }

    /** Puts the upstream in the directory under this name. */
    public void connect(String name, Vendor vendor) {
        TreeMap<String, List<ModelCard>> offers = new TreeMap<>(Map.of(name, MODELS));
        URI base = URI.create("http://127.0.0.1:" + upstream.port() + "/v1");
        directory.replace(
                new Catalogue(offers),
                Map.of(
                        name,
                        new ModelDirectory.Member(
                                providers.provider(name, vendor, base, "sk-provider-secret"),
                                vendor.askUsage())));
    }

    /** The address of a path. */
    public URI uri(String path) {
        return URI.create("http://127.0.0.1:" + server.actualPort() + path);
    }

    /** The port. */
    public int port() {
        return server.actualPort();
    }

    /** A request with the usual key. */
    public HttpRequest.Builder request(String path, String body) {
        return HttpRequest.newBuilder(uri(path))
                .timeout(Duration.ofSeconds(60))
                .header("authorization", "Bearer " + KEY)
                .header("content-type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body));
    }

    /** Asks for a chat completion. */
    public HttpResponse<String> chat(String body) throws Exception {
        return send(request("/v1/chat/completions", body).build());
    }

    /** Sends. */
    public HttpResponse<String> send(HttpRequest request) throws Exception {
        return client.send(request, HttpResponse.BodyHandlers.ofString());
    }

    /**
     * Streams by hand: sends, reads until this text has come, runs {@code then}, and reads to the
     * answer's end. Gives everything that came, head and chunk sizes included.
     */
    public String streamed(String body, String until, Runnable then) throws Exception {
        try (Socket socket = new Socket("127.0.0.1", port())) {
            socket.getOutputStream()
                    .write(
                            ("POST /v1/chat/completions HTTP/1.1\r\n"
                                            + "host: x\r\n"
                                            + "connection: close\r\n"
                                            + "authorization: Bearer "
                                            + KEY
                                            + "\r\ncontent-length: "
                                            + body.length()
                                            + "\r\n\r\n"
                                            + body)
                                    .getBytes(StandardCharsets.UTF_8));
            StringBuilder seen = new StringBuilder();
            while (seen.indexOf(until) < 0) {
                int b = socket.getInputStream().read();
                if (b < 0) throw new AssertionError("ended before " + until + ": " + seen);
                seen.append((char) b);
            }
            then.run();
            byte[] rest = socket.getInputStream().readAllBytes();
            return seen + new String(rest, StandardCharsets.UTF_8);
        }
    }

    /** The client, for requests that are not awaited. */
    public HttpClient client() {
        return client;
    }

    @Override
    public void close() {
        upstream.close();
        client.shutdownNow();
        clients.close();
        loops.close();
    }
}
