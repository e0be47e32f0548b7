package agency.gateway.adapter.provider.openai;

import agency.gateway.domain.vendor.Vendor;
import agency.gateway.port.ModelProvider;
import agency.platform.egress.Egress;
import java.net.URI;

/** Makes providers out of rows of the table of vendors. */
public final class OpenAiProviders {
    private final UpstreamClients clients;
    private final Egress egress;

    /** Providers that use these clients and this way out. */
    public OpenAiProviders(UpstreamClients clients, Egress egress) {
        this.clients = clients;
        this.egress = egress;
    }

    /**
     * The provider of this name.
     *
     * @param base where its API begins
     * @param key its key; empty for none
     */
    public ModelProvider provider(String name, Vendor vendor, URI base, String key) {
        return new OpenAiProvider(Upstream.of(name, vendor, base, key), clients, egress);
    }
}
