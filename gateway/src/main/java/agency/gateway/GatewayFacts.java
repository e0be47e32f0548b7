package agency.gateway;

import agency.gateway.domain.provider.ProviderEvent;
import agency.kernel.fact.FactType;
import java.util.List;

/**
 * The stored names of the gateway's facts. Chosen once; each has a sample in {@code
 * contracts/events}.
 */
final class GatewayFacts {
    /** All of them. */
    static final List<FactType<?>> ALL =
            List.of(
                    new FactType<>(
                            "gateway.provider.connected", 1, ProviderEvent.ProviderConnected.class),
                    new FactType<>(
                            "gateway.provider.models-listed", 1, ProviderEvent.ModelsListed.class),
                    new FactType<>(
                            "gateway.provider.removed", 1, ProviderEvent.ProviderRemoved.class));

    private GatewayFacts() {}
}
