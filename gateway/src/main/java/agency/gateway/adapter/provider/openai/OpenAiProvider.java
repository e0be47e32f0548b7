package agency.gateway.adapter.provider.openai;

import agency.gateway.port.AnswerSink;
import agency.gateway.port.ModelProvider;
import agency.gateway.port.ModelRequest;
import agency.gateway.port.RunningAttempt;
import agency.kernel.metering.Permit;
import agency.platform.egress.Egress;

/** A provider that speaks OpenAI's wire format. */
public final class OpenAiProvider implements ModelProvider {
    private final Upstream upstream;
    private final UpstreamClients clients;
    private final Egress egress;

    OpenAiProvider(Upstream upstream, UpstreamClients clients, Egress egress) {
        this.upstream = upstream;
        this.clients = clients;
        this.egress = egress;
    }

    @Override
    public RunningAttempt start(Permit permit, ModelRequest request, AnswerSink sink) {
        if (!permit.intent().provider().equals(upstream.name())) {
            throw new IllegalArgumentException("this permit is for another provider");
        }
        OpenAiAttempt attempt = new OpenAiAttempt(upstream, request, sink, clients.pace());
        attempt.start(clients.client(), egress);
        return attempt;
    }

    @Override
    public String toString() {
        return upstream.toString();
    }
}
