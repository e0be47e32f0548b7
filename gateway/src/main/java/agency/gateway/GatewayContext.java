package agency.gateway;

import agency.gateway.adapter.http.CatalogueRoutes;
import agency.gateway.adapter.http.ModelRoutes;
import agency.gateway.adapter.http.ProviderRoutes;
import agency.gateway.adapter.provider.openai.ModelLister;
import agency.gateway.adapter.provider.openai.Nearby;
import agency.gateway.adapter.provider.openai.OpenAiProviders;
import agency.gateway.adapter.provider.openai.UpstreamClients;
import agency.gateway.adapter.telemetry.MicrometerMeters;
import agency.gateway.api.DiscoveredProvider;
import agency.gateway.api.Gateway;
import agency.gateway.domain.routing.ModelKind;
import agency.gateway.domain.routing.Routed;
import agency.gateway.flow.CompleteChat;
import agency.gateway.flow.Discovery;
import agency.gateway.flow.InFlight;
import agency.gateway.flow.ListModels;
import agency.gateway.flow.ModelDirectory;
import agency.gateway.flow.Providers;
import agency.gateway.port.Meters;
import agency.gateway.port.ModelStore;
import agency.gateway.view.connected.ConnectedProviders;
import agency.kernel.fact.FactType;
import agency.kernel.metering.Operation;
import agency.platform.house.Part;
import agency.platform.http.Route;
import agency.platform.projection.MemoryView;
import agency.platform.projection.Projection;
import agency.platform.telemetry.Traces;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * The gateway's door: takes what it stands on, gives its routes, facts and views, and its api.
 * Closing it lets answers under way finish for a bounded time and cuts short the rest.
 */
public final class GatewayContext implements Part, Gateway {
    /** The part's name, for {@link Part#uses()}. */
    public static final String NAME = "gateway";

    /** Longest wait for answers under way when stopping, milliseconds. */
    private static final long STOP_MS = 10_000;

    /** Longest wait for the streams of a revoked key to end, milliseconds. */
    private static final long END_STREAMS_MS = 1_000;

    private final ConnectedProviders connected = new ConnectedProviders();
    private final ModelDirectory directory = new ModelDirectory();
    private final ModelStore store;
    private final InFlight inFlight;
    private final UpstreamClients clients;
    private final Discovery discovery;
    private final DirectoryKeeper keeper;
    private final List<Route> routes;

    /** Assembles a gateway that nobody traces. */
    public GatewayContext(GatewayPorts ports) {
        this(ports, Traces.off());
    }

    /** Assembles the gateway; {@code traces} is told of every attempt. */
    public GatewayContext(GatewayPorts ports, Traces traces) {
        Meters meters = new MicrometerMeters(ports.registry());
        inFlight = new InFlight(ports.loops(), ports.settings(), System::nanoTime, meters);
        clients = new UpstreamClients(ports.loops(), ports.settings());
        ModelLister lister = new ModelLister(ports.loops().vertx(), clients, ports.egress());
        Providers providers =
                new Providers(
                        connected,
                        lister,
                        ports.metering(),
                        ports.box(),
                        ports.commands(),
                        ports.shown(),
                        ports.ids(),
                        System::nanoTime);
        discovery =
                new Discovery(
                        ports.environment(),
                        Nearby::answers,
                        ports.allowHere(),
                        connected,
                        providers,
                        ports.ids());
        keeper =
                new DirectoryKeeper(
                        connected,
                        providers,
                        new OpenAiProviders(clients, ports.egress()),
                        ports.local(),
                        ports.store(),
                        ports.allowHere(),
                        directory);
        connected.onChange(keeper::renew);
        store = ports.store();
        store.onChange(keeper::renew);
        routes =
                Stream.of(
                                new ModelRoutes(ports.settings(), meters)
                                        .routes(
                                                chat(Operation.CHAT, ports, traces),
                                                chat(Operation.EMBEDDINGS, ports, traces),
                                                new ListModels(ports.callers(), directory)),
                                new ProviderRoutes(providers, connected).routes(),
                                new CatalogueRoutes(directory, ports.store()).routes())
                        .flatMap(List::stream)
                        .toList();
    }

    private CompleteChat chat(Operation operation, GatewayPorts ports, Traces traces) {
        return new CompleteChat(
                operation,
                ports.settings(),
                ports.callers(),
                directory,
                ports.metering(),
                inFlight,
                traces);
    }

    /** The categories of its streams that are of administration. */
    public static Set<String> administered() {
        return Set.of(ConnectedProviders.CATEGORY);
    }

    /** The shapes of the gateway's facts. */
    public static List<FactType<?>> facts() {
        return GatewayFacts.ALL;
    }

    /** Every route. */
    public List<Route> routes() {
        return routes;
    }

    /** The gateway keeps no tables. */
    public List<Projection> projections() {
        return List.of();
    }

    /** The views in memory. */
    public List<MemoryView> views() {
        return List.of(connected);
    }

    @Override
    public List<DiscoveredProvider> discovered() {
        return discovery.discovered();
    }

    @Override
    public Adopted adopt(DiscoveredProvider found) {
        return discovery.adopt(found);
    }

    @Override
    public String vendorOf(String provider) {
        return connected.named(provider).map(row -> row.connection().vendor()).orElse(provider);
    }

    @Override
    public boolean offersModels() {
        return !directory.catalogue().models().isEmpty();
    }

    @Override
    public boolean hasProviders() {
        return !connected.all().isEmpty();
    }

    @Override
    public Optional<String> modelToTry() {
        List<Routed.To> offered =
                directory.catalogue().models().stream()
                        .filter(to -> !to.provider().equals(Providers.LOCAL))
                        .toList();
        return ModelKind.toTry(offered)
                .map(Routed.To::fullName)
                .or(() ->
                        store.models().stream()
                                .filter(model -> model.kind().equals("chat"))
                                .findFirst()
                                .map(model -> plain(model.name())));
    }

    /** The name alone where it means one provider's model. */
    private String plain(String local) {
        return directory.route(local) instanceof Routed.To ? local : Providers.LOCAL + "/" + local;
    }

    @Override
    public boolean endStreamsOf(UUID key) {
        return inFlight.endStreamsOf(key, END_STREAMS_MS);
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public String purpose() {
        return "Passes requests to models through to their providers.";
    }

    @Override
    public List<String> uses() {
        return List.of("event-loops");
    }

    @Override
    public void start() {
        keeper.renew();
    }

    @Override
    public void close() {
        inFlight.stop(STOP_MS);
        clients.close();
    }
}
