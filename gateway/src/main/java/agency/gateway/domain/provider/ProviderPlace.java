package agency.gateway.domain.provider;

import agency.gateway.domain.provider.ProviderCommand.ConnectProvider;
import agency.gateway.domain.provider.ProviderCommand.ListModels;
import agency.gateway.domain.provider.ProviderCommand.RemoveProvider;
import agency.gateway.domain.provider.ProviderEvent.ModelsListed;
import agency.gateway.domain.provider.ProviderEvent.ProviderConnected;
import agency.gateway.domain.provider.ProviderEvent.ProviderRemoved;
import agency.gateway.domain.provider.ProviderState.Connected;
import agency.gateway.domain.provider.ProviderState.Vacant;
import agency.kernel.decision.Decider;
import agency.kernel.decision.Decision;

/** Decides about the place of one provider: one name, at most one provider. */
public final class ProviderPlace
        implements Decider<ProviderCommand, ProviderState, ProviderEvent, ProviderRefusal> {
    private record Asked(ProviderState state, ProviderCommand command) {}

    @Override
    public ProviderState initial() {
        return new Vacant();
    }

    @Override
    public Decision<ProviderEvent, ProviderRefusal> decide(
            ProviderCommand command, ProviderState state) {
        return switch (new Asked(state, command)) {
            case Asked(Vacant v, ConnectProvider c) -> connected(c);
            case Asked(Connected now, ConnectProvider c) when same(now, c) -> Decision.nothing();
            case Asked(Connected now, ConnectProvider c) when c.replace() -> connected(c);
            case Asked(Connected now, ConnectProvider c) ->
                    Decision.reject(
                            new ProviderRefusal.NameTaken(
                                    now.connection().vendor(), now.connection().baseUrl()));
            case Asked(Connected now, ListModels list) when now.models().equals(list.models()) ->
                    Decision.nothing();
            case Asked(Connected now, ListModels list) ->
                    Decision.accept(new ModelsListed(now.connection().name(), list.models()));
            case Asked(Vacant v, ListModels list) ->
                    Decision.reject(new ProviderRefusal.NotConnected());
            case Asked(Connected now, RemoveProvider remove) ->
                    Decision.accept(new ProviderRemoved(remove.name()));
            case Asked(Vacant v, RemoveProvider remove) ->
                    Decision.reject(new ProviderRefusal.NotConnected());
        };
    }

    private static boolean same(Connected now, ConnectProvider asked) {
        return now.connection().equals(asked.connection()) && now.models().equals(asked.models());
    }

    private static Decision<ProviderEvent, ProviderRefusal> connected(ConnectProvider command) {
        return Decision.accept(new ProviderConnected(command.connection(), command.models()));
    }

    @Override
    public ProviderState evolve(ProviderState state, ProviderEvent event) {
        return switch (event) {
            case ProviderConnected(Connection connection, var models) ->
                    new Connected(connection, models);
            case ProviderRemoved removed -> new Vacant();
            case ModelsListed(String name, var models) -> {
                if (!(state instanceof Connected now)) {
                    throw new IllegalStateException("models of " + name + ", which is not there");
                }
                yield new Connected(now.connection(), models);
            }
        };
    }
}
