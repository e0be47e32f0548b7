package agency.gateway.domain.provider;

import agency.gateway.domain.routing.ModelCard;
import java.util.List;

/** What can be asked of one provider's place. */
public sealed interface ProviderCommand {
    /**
     * Connect it.
     *
     * @param connection how it is to be called
     * @param models what it offers
     * @param replace whether one that is connected under this name gives way
     */
    record ConnectProvider(Connection connection, List<ModelCard> models, boolean replace)
            implements ProviderCommand {}

    /** Remember what it offers now. */
    record ListModels(List<ModelCard> models) implements ProviderCommand {}

    /** Remove it. */
    record RemoveProvider(String name) implements ProviderCommand {}
}
