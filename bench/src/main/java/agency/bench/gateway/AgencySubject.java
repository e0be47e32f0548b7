package agency.bench.gateway;

import agency.bench.load.Call;
import agency.bench.load.ProcessTree;
import agency.bench.product.StartedAgency;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * Agency as its users start it: keys, permits and metering on, the usage journal drained into its
 * database.
 */
final class AgencySubject implements Subject {

    private final StartedAgency agency;
    private final String key;

    AgencySubject(Path folder, int upstreamPort, boolean oneCore) {
        this.agency =
                StartedAgency.on(
                        folder.resolve("data"),
                        // One event loop for one core, as nginx gets one worker.
                        Map.of("AGENCY_SERVER_EVENT_LOOPS", oneCore ? "1" : "0"));
        agency.connect("bench", "http://127.0.0.1:" + upstreamPort + "/v1", "sk-upstream");
        this.key = agency.createKey("bench");
        agency.stop();
        agency.restart();
    }

    @Override
    public String name() {
        return Target.AGENCY;
    }

    @Override
    public int port() {
        return agency.port();
    }

    @Override
    public ProcessTree processes() {
        return agency.processes();
    }

    @Override
    public Map<String, String> headers() {
        return Map.of("authorization", "Bearer " + key);
    }

    @Override
    public Optional<Call> management() {
        Map<String, String> headers = Map.of("authorization", "Bearer " + agency.adminToken());
        return Optional.of(Call.get(agency.port(), "/api/v1/usage", headers));
    }

    @Override
    public OptionalDouble millisToReady() {
        return OptionalDouble.of((double) agency.millisToReady());
    }

    @Override
    public void close() {
        agency.close();
    }
}
