package agency.app;

import agency.gateway.adapter.provider.local.LocalProvider;
import agency.gateway.adapter.provider.local.LocalStore;
import agency.platform.egress.Fetching;
import agency.platform.house.Part;
import agency.platform.postgres.DataDirectory;
import java.util.List;

/** The models that run on this machine, as a part of the house. */
final class LocalModels implements Part {
    static final String NAME = "local-models";

    private final LocalProvider provider;
    private final LocalStore store;
    private final Fetching fetching;

    LocalModels(LocalProvider provider, LocalStore store, Fetching fetching) {
        this.provider = provider;
        this.store = store;
        this.fetching = fetching;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public String purpose() {
        return "Runs models on this machine, each in a process of its own while it is in use.";
    }

    @Override
    public List<String> uses() {
        return List.of(DataDirectory.NAME, "event-loops");
    }

    @Override
    public void start() {
        provider.start();
        store.start();
    }

    @Override
    public void close() {
        store.close();
        provider.close();
        fetching.close();
    }
}
