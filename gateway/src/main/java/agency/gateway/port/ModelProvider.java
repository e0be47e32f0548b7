package agency.gateway.port;

import agency.kernel.metering.Permit;

/** One model vendor or engine. */
public interface ModelProvider {
    /**
     * Starts the permitted attempt. Called on an event loop: never blocks, never throws for a
     * failure of the provider; that goes to the sink, which is called on the same event loop.
     *
     * @return the handle of the running attempt
     */
    RunningAttempt start(Permit permit, ModelRequest request, AnswerSink sink);
}
