package agency.platform.telemetry;

import agency.platform.crypto.Secret;
import agency.platform.house.Part;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporterBuilder;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Metrics and traces as a part of the house. Without an endpoint there is no trace and no thread.
 */
public final class Telemetry implements Part {
    /** The part's name, for {@link Part#uses()}. */
    public static final String NAME = "telemetry";

    /** Longest wait for the endpoint to take one batch, in seconds. */
    private static final int EXPORT_SECONDS = 10;

    private final TelemetrySettings settings;
    private final Meters meters = new Meters();
    private final Switched traces = new Switched();
    private final String version;
    private @Nullable OtlpTraces sending;

    /**
     * Assembles telemetry.
     *
     * @param version the program's version, for the traces' resource
     */
    public Telemetry(TelemetrySettings settings, String version) {
        this.settings = settings;
        this.version = version;
    }

    /** The metrics; usable at once. */
    public Meters meters() {
        return meters;
    }

    /** The traces; usable at once, and silent until started with an endpoint. */
    public Traces traces() {
        return traces;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public String purpose() {
        return settings.otlpEndpoint() == null
                ? "Counts for Prometheus; sends no traces."
                : "Counts for Prometheus and sends traces over OTLP.";
    }

    @Override
    public List<String> uses() {
        return List.of();
    }

    @Override
    public void start() {
        URI endpoint = settings.otlpEndpoint();
        if (endpoint == null) {
            return;
        }
        OtlpHttpSpanExporterBuilder exporter =
                OtlpHttpSpanExporter.builder()
                        .setEndpoint(endpoint.toString())
                        .setTimeout(Duration.ofSeconds(EXPORT_SECONDS));
        Secret authorization = settings.otlpAuthorization();
        if (authorization != null) {
            exporter.addHeader("authorization", authorization.reveal());
        }
        OtlpTraces made = new OtlpTraces(exporter.build(), settings.sampling(), version);
        sending = made;
        traces.to = made;
    }

    @Override
    public void close() {
        traces.to = Traces.off();
        OtlpTraces made = sending;
        if (made != null) {
            made.close();
            sending = null;
        }
    }

    /** Others hold this one from the beginning; what is behind it changes with start and close. */
    private static final class Switched implements Traces {
        private volatile Traces to = Traces.off();

        @Override
        public Span request(@Nullable String traceparent, String operation, String model) {
            return to.request(traceparent, operation, model);
        }
    }
}
