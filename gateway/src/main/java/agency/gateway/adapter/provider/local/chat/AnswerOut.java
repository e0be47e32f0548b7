package agency.gateway.adapter.provider.local.chat;

import agency.gateway.port.UpstreamFailure;
import agency.kernel.metering.TokenUsage;
import org.jspecify.annotations.Nullable;

/**
 * Where an answer goes, in this order: {@code head}, {@code text} any number of times, {@code end}
 * or {@code failed}; or {@code failed} alone. Called on the model's own thread.
 */
public interface AnswerOut {
    /** The model has begun to answer. */
    void head();

    /** A part of the answer in OpenAI's wire format. */
    void text(String wire);

    /** So many tokens have been generated so far. */
    void generated(long tokens);

    /** The answer is complete. */
    void end(TokenUsage usage);

    /** It failed; {@code usage} is what had been used, if anything. */
    void failed(UpstreamFailure failure, @Nullable TokenUsage usage);
}
