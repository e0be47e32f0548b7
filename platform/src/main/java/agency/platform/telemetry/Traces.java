package agency.platform.telemetry;

import org.jspecify.annotations.Nullable;

/**
 * Traces of requests to models, in the words of OpenTelemetry's conventions for generative AI.
 * Never carries prompts or answers. When tracing is off every call does nothing and allocates
 * nothing.
 */
public interface Traces {
    /**
     * Begins the span of one request to us.
     *
     * @param traceparent the caller's header (W3C Trace Context), if it sent one
     * @param operation {@code chat}, {@code embeddings}
     * @param model the model's name as asked for
     */
    Span request(@Nullable String traceparent, String operation, String model);

    /** One span. Ended once; what comes after its end is ignored. */
    interface Span {
        /** Begins the span of one attempt at a provider, a child of this one. */
        Span attempt(String provider, String model, int number);

        /** What was used. */
        void usage(long inputTokens, long outputTokens);

        /** Time from sending to the first byte. */
        void firstByte(long nanos);

        /** Ends it well, with the HTTP status. */
        void end(int status);

        /**
         * Ends it badly.
         *
         * @param status the HTTP status answered, 0 for none
         * @param errorType a stable word, such as {@code timeout}; never a text of the provider
         */
        void fail(int status, String errorType);

        /** The trace's id in 32 hexadecimal digits for the logs; empty when there is none. */
        String traceId();

        /** The header to send on, or null when there is no trace. */
        @Nullable String traceparent();
    }

    /** No traces. */
    static Traces off() {
        return Off.INSTANCE;
    }

    /** Does nothing. */
    final class Off implements Traces, Span {
        private static final Off INSTANCE = new Off();

        private Off() {}

        @Override
        public Span request(@Nullable String traceparent, String operation, String model) {
            return this;
        }

        @Override
        public Span attempt(String provider, String model, int number) {
            return this;
        }

        @Override
        public void usage(long inputTokens, long outputTokens) {
            // Off: nobody listens.
        }

        @Override
        public void firstByte(long nanos) {
            // Off: nobody listens.
        }

        @Override
        public void end(int status) {
            // Off: nobody listens.
        }

        @Override
        public void fail(int status, String errorType) {
            // Off: nobody listens.
        }

        @Override
        public String traceId() {
            return "";
        }

        @Override
        public @Nullable String traceparent() {
            return null;
        }
    }
}
