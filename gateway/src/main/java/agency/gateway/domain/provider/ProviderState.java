package agency.gateway.domain.provider;

import agency.gateway.domain.routing.ModelCard;
import java.util.List;

/** How a provider's place stands. */
public sealed interface ProviderState {
    /** Nobody is there. */
    record Vacant() implements ProviderState {}

    /** Connected. */
    record Connected(Connection connection, List<ModelCard> models) implements ProviderState {}
}
