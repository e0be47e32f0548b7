package agency.gateway;

import agency.gateway.adapter.provider.openai.OpenAiProviders;
import agency.gateway.domain.provider.Connection;
import agency.gateway.domain.routing.Catalogue;
import agency.gateway.domain.routing.ModelCard;
import agency.gateway.domain.vendor.Vendor;
import agency.gateway.domain.vendor.VendorTable;
import agency.gateway.flow.ModelDirectory;
import agency.gateway.flow.ModelDirectory.Member;
import agency.gateway.flow.Providers;
import agency.gateway.port.ModelProvider;
import agency.gateway.port.ModelStore;
import agency.gateway.view.connected.ConnectedProviders;
import agency.kernel.fault.Fault;
import java.net.URI;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes the directory of models anew whenever providers or the models on this machine change. */
final class DirectoryKeeper {
    private static final Logger LOG = LoggerFactory.getLogger(DirectoryKeeper.class);

    private final ConnectedProviders connected;
    private final Providers providers;
    private final OpenAiProviders adapters;
    private final ModelProvider local;
    private final ModelStore store;
    private final Consumer<URI> allowHere;
    private final ModelDirectory directory;
    private Map<Connection, Member> made = new HashMap<>();

    DirectoryKeeper(
            ConnectedProviders connected,
            Providers providers,
            OpenAiProviders adapters,
            ModelProvider local,
            ModelStore store,
            Consumer<URI> allowHere,
            ModelDirectory directory) {
        this.connected = connected;
        this.providers = providers;
        this.adapters = adapters;
        this.local = local;
        this.store = store;
        this.allowHere = allowHere;
        this.directory = directory;
    }

    /** Makes it anew from what is connected and here now. */
    synchronized void renew() {
        TreeMap<String, List<ModelCard>> offers = new TreeMap<>();
        Map<String, Member> members = new HashMap<>();
        Map<Connection, Member> still = new HashMap<>();
        for (ConnectedProviders.Row row : connected.all()) {
            Connection connection = row.connection();
            try {
                Member member = made.get(connection);
                if (member == null) member = make(connection);
                still.put(connection, member);
                members.put(connection.name(), member);
                offers.put(connection.name(), row.models());
            } catch (Fault fault) {
                LOG.error(
                        "the provider {} cannot be used: {}",
                        connection.name(),
                        fault.getMessage());
            }
        }
        // A model on its way is in the catalogue too: whoever asks learns how far it is.
        offers.put(
                Providers.LOCAL,
                store.models().stream().map(m -> new ModelCard(m.name(), 0)).toList());
        members.put(Providers.LOCAL, new Member(local, true));
        made = still;
        directory.replace(new Catalogue(offers), members);
    }

    private Member make(Connection connection) {
        Vendor vendor =
                VendorTable.named(connection.vendor())
                        .orElseThrow(() ->
                                Fault.lasting(
                                        "gateway.vendor-unknown",
                                        "This version knows no vendor " + connection.vendor() + ".",
                                        Map.of("vendor", connection.vendor()),
                                        null));
        URI base = URI.create(connection.baseUrl());
        if (connection.foundHere()) allowHere.accept(base);
        return new Member(
                adapters.provider(connection.name(), vendor, base, providers.opened(connection)),
                vendor.askUsage());
    }
}
