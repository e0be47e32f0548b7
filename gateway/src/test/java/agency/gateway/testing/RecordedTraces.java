package agency.gateway.testing;

import agency.platform.telemetry.Traces;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** Traces that remember what they were told, one line each. */
public final class RecordedTraces implements Traces {
    /** The id of every trace. */
    public static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";

    private final List<String> lines = new CopyOnWriteArrayList<>();

    /** All lines. */
    public List<String> lines() {
        return lines;
    }

    /** Waits until a line is there: spans end after the books are closed. */
    public void await(String line) {
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (!lines.contains(line)) {
            if (System.nanoTime() > until) throw new AssertionError("no " + line + " in " + lines);
            LockSupport.parkNanos(1_000_000);
        }
    }

    @Override
    public Span request(@Nullable String traceparent, String operation, String model) {
        lines.add("request " + traceparent + " " + operation + " " + model);
        return new Line("request");
    }

    private final class Line implements Span {
        private final String name;

        Line(String name) {
            this.name = name;
        }

        @Override
        public Span attempt(String provider, String model, int number) {
            lines.add("attempt " + provider + " " + model + " " + number);
            return new Line("attempt");
        }

        @Override
        public void usage(long inputTokens, long outputTokens) {
            lines.add(name + " used " + inputTokens + " " + outputTokens);
        }

        @Override
        public void firstByte(long nanos) {
            lines.add(name + " first byte " + (nanos > 0));
        }

        @Override
        public void end(int status) {
            lines.add(name + " ended " + status);
        }

        @Override
        public void fail(int status, String errorType) {
            lines.add(name + " failed " + status + " " + errorType);
        }

        @Override
        public String traceId() {
            return TRACE;
        }

        @Override
        public @Nullable String traceparent() {
            return null;
        }
    }
}
