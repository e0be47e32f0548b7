package agency.e2e.product;

import agency.bench.product.StartedAgency;
import agency.bench.upstream.ScriptedUpstream;
import agency.e2e.client.Endpoint;
import agency.e2e.openapi.RecordingProxy;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.UUID;

/**
 * One Agency between the scripted upstream and the tests of this run: started when first needed,
 * stopped with the JVM. All its traffic goes through a recording proxy, so that the last test can
 * hold it against the OpenAPI document.
 */
final class AgencyFixture {

    /** What the upstream is called with: must never be seen outside. */
    static final String PROVIDER_KEY = "sk-provider-" + UUID.randomUUID();

    private static AgencyFixture only;

    private final ScriptedUpstream upstream = ScriptedUpstream.usual();
    private final TraceCollector traces = new TraceCollector();
    private final StartedAgency agency;
    private final RecordingProxy proxy;
    private final int upstreamPort;
    private final String key;

    private AgencyFixture() {
        this.upstreamPort = upstream.start(0);
        this.agency =
                StartedAgency.on(
                        folder("shared").resolve("data"),
                        Map.of(
                                "AGENCY_TELEMETRY_OTLP_ENDPOINT",
                                "http://127.0.0.1:" + traces.port() + "/v1/traces",
                                "AGENCY_TELEMETRY_SAMPLING",
                                "1"));
        this.proxy = new RecordingProxy(agency.port());
        agency.connect("scripted", "http://127.0.0.1:" + upstreamPort + "/v1", PROVIDER_KEY);
        this.key = agency.createKey("end to end");
    }

    static synchronized AgencyFixture shared() {
        if (only == null) {
            AgencyFixture started = new AgencyFixture();
            Runtime.getRuntime().addShutdownHook(new Thread(started::stop));
            only = started;
        }
        return only;
    }

    /** A new folder for one test's Agency, kept after the run for whoever wants to look. */
    static Path folder(String name) {
        try {
            Path target = Files.createDirectories(Path.of("target", "agencies").toAbsolutePath());
            return Files.createTempDirectory(target, name + "-");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    StartedAgency agency() {
        return agency;
    }

    RecordingProxy proxy() {
        return proxy;
    }

    TraceCollector traces() {
        return traces;
    }

    int upstreamPort() {
        return upstreamPort;
    }

    String key() {
        return key;
    }

    /** Where clients call: through the proxy. */
    Endpoint endpoint() {
        return new Endpoint(
                "http://127.0.0.1:" + proxy.port() + "/v1", key, "scripted", "scripted-embedding");
    }

    private void stop() {
        proxy.close();
        agency.close();
        upstream.close();
        traces.close();
    }
}
