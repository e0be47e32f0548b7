package agency.gateway.port;

import agency.gateway.domain.routing.ModelCard;
import agency.gateway.domain.vendor.Vendor;
import java.net.URI;
import java.util.List;

/** Asks a provider for its models: the cheapest proof that it is there and takes the key. */
public interface ProviderProbe {
    /**
     * Asks. Blocks for a few seconds at most; not for an event loop.
     *
     * @param key the provider's key; empty for none
     */
    Probed probe(Vendor vendor, URI base, String key);

    /** What came of it. */
    sealed interface Probed {
        /** It answered. */
        record Reached(long latencyMs, List<ModelCard> models) implements Probed {}

        /** It is there and does not take the key. */
        record KeyRefused(int status) implements Probed {}

        /** It is not there, or not what it should be; {@code why} is safe to show. */
        record Unusable(String why) implements Probed {}
    }
}
