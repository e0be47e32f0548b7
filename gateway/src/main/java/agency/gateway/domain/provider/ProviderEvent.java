package agency.gateway.domain.provider;

import agency.gateway.domain.routing.ModelCard;
import java.util.List;

/** What happened to a provider's place. */
public sealed interface ProviderEvent {
    /** It was connected, or connected anew in another way. */
    record ProviderConnected(Connection connection, List<ModelCard> models)
            implements ProviderEvent {}

    /** It offers other models than before. */
    record ModelsListed(String name, List<ModelCard> models) implements ProviderEvent {}

    /** It was removed. */
    record ProviderRemoved(String name) implements ProviderEvent {}
}
