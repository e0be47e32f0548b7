package agency.gateway.api;

import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** What the program around it asks of the gateway. */
public interface Gateway {
    /**
     * Providers that lie ready on this machine and are not connected: keys in the usual environment
     * variables, an Ollama on its usual port. Blocks for up to a second.
     */
    List<DiscoveredProvider> discovered();

    /** Connects one of them; blocks while it is tested. */
    Adopted adopt(DiscoveredProvider found);

    /**
     * The vendor a provider stands for, by the provider's name; the name itself for one we do not
     * know.
     */
    String vendorOf(String provider);

    /** Whether any model is on offer, from a provider or on this machine. */
    boolean offersModels();

    /** Whether any provider is connected, the one on this machine apart. */
    boolean hasProviders();

    /**
     * The full name of a chat model for a first call: a provider's when one is connected, else the
     * one on this machine, which may still be on its way.
     */
    Optional<String> modelToTry();

    /**
     * Ends every answer under way for this API key: it was revoked. Blocks for up to a second.
     *
     * @return whether all have ended within that time
     */
    boolean endStreamsOf(UUID key);

    /** What came of an adoption. */
    sealed interface Adopted {
        /** Connected, with so many models. */
        record Connected(String name, int models, long latencyMs) implements Adopted {}

        /** Not connected; one sentence says why. */
        record Failed(String why) implements Adopted {}
    }
}
