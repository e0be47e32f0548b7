package agency.gateway.adapter.provider.local.embed;

import agency.gateway.port.UpstreamFailure;
import agency.kernel.metering.TokenUsage;

/** Where vectors go: one of the two, once, on a thread of the embeddings. */
public interface EmbedOut {
    /** The whole answer in OpenAI's wire format. */
    void done(byte[] wire, TokenUsage usage);

    /** There is no answer. */
    void failed(UpstreamFailure failure);
}
