package agency.gateway.view.connected;

import agency.gateway.domain.provider.Connection;
import agency.gateway.domain.provider.ProviderEvent;
import agency.gateway.domain.routing.ModelCard;
import agency.kernel.fact.Recorded;
import agency.platform.projection.MemoryView;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** The connected providers, in memory. */
public final class ConnectedProviders implements MemoryView {
    /** The category of their streams. */
    public static final String CATEGORY = "gateway.provider";

    /** One of them, and since when. */
    public record Row(Connection connection, List<ModelCard> models, Instant since) {}

    private volatile Map<String, Row> rows = Map.of();
    private volatile Runnable changed = () -> {};

    /** Calls this after each change. */
    public void onChange(Runnable listener) {
        changed = listener;
    }

    /** All of them, by name. */
    public List<Row> all() {
        return List.copyOf(rows.values());
    }

    /** The one of this name. */
    public Optional<Row> named(String name) {
        return Optional.ofNullable(rows.get(name));
    }

    @Override
    public String name() {
        return "gateway.connected-providers";
    }

    @Override
    public Set<String> categories() {
        return Set.of(CATEGORY);
    }

    @Override
    public void reset() {
        rows = Map.of();
        changed.run();
    }

    @Override
    public void apply(Recorded fact) {
        if (!(fact.fact() instanceof ProviderEvent event)) return;
        Map<String, Row> next = new TreeMap<>(rows);
        switch (event) {
            case ProviderEvent.ProviderConnected(Connection connection, var models) ->
                    next.put(connection.name(), new Row(connection, models, fact.recordedAt()));
            case ProviderEvent.ModelsListed(String name, var models) ->
                    next.computeIfPresent(
                            name, (n, row) -> new Row(row.connection(), models, row.since()));
            case ProviderEvent.ProviderRemoved(String name) -> next.remove(name);
        }
        rows = next;
        changed.run();
    }
}
