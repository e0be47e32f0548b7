package agency.gateway.adapter.provider.openai;

import agency.gateway.api.GatewaySettings;
import agency.gateway.domain.vendor.VendorTable;
import agency.gateway.port.ModelProvider;
import agency.gateway.port.ModelProviderContract;
import agency.gateway.testing.HonestEgress;
import agency.gateway.testing.RawUpstream;
import agency.platform.http.EventLoops;
import io.vertx.core.Vertx;
import java.net.URI;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

class OpenAiProviderContractTest extends ModelProviderContract {
    private static final String EVENT =
            "data: {\"choices\":[{\"delta\":{\"content\":\"Hi\"},\"finish_reason\":\"stop\"}]}\n\n";
    private static final String USAGE =
            "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":1}}\n\n";

    private EventLoops loops;
    private RawUpstream upstream;
    private UpstreamClients clients;
    private ModelProvider provider;

    @BeforeEach
    void start() throws Exception {
        loops = new EventLoops(1);
        upstream = new RawUpstream();
        clients = new UpstreamClients(loops, GatewaySettings.defaults());
        upstream.always((asked, line) -> {
            if (asked.body().contains("no-such-model")) {
                line.json(404, "{\"error\":{\"message\":\"no such model\"}}");
            } else if (asked.body().contains("\"stream\":true")) {
                line.streamHead().chunk(EVENT).chunk(USAGE + "data: [DONE]\n\n").lastChunk();
            } else {
                line.json(200, "{\"choices\":[],\"usage\":{\"prompt_tokens\":3}}");
            }
        });
        provider =
                new OpenAiProviders(clients, new HonestEgress())
                        .provider(
                                "up",
                                VendorTable.named("vllm").orElseThrow(),
                                URI.create("http://127.0.0.1:" + upstream.port() + "/v1/"),
                                "");
    }

    @AfterEach
    void stop() {
        upstream.close();
        clients.close();
        loops.close();
    }

    @Override
    protected ModelProvider provider() {
        return provider;
    }

    @Override
    protected String providerName() {
        return "up";
    }

    @Override
    protected String model() {
        return "m";
    }

    @Override
    protected Vertx vertx() {
        return loops.vertx();
    }
}
