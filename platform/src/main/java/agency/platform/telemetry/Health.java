package agency.platform.telemetry;

import agency.platform.house.House;
import agency.platform.http.Answer;
import agency.platform.http.Call;
import agency.platform.http.Permission;
import agency.platform.http.Route;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;

/**
 * The routes by which others see whether we live, are ready, and how we do. Ready depends on our
 * own parts only, never on providers: a vendor's bad day must not take us out of the load balancer.
 */
public final class Health {
    private final Supplier<List<House.Standing>> parts;
    private final Meters meters;
    private final List<Check> checks = new CopyOnWriteArrayList<>();

    private record Check(String name, Supplier<Optional<String>> problem) {}

    /** One part, as {@code /ready} shows it. */
    record PartReport(String name, String state, long millis) {}

    /** The whole, as {@code /ready} shows it. */
    record Report(String status, List<PartReport> parts, List<ProblemReport> problems) {}

    /** Why we are not ready. */
    record ProblemReport(String check, String problem) {}

    /** Health of these parts. */
    public Health(Supplier<List<House.Standing>> parts, Meters meters) {
        this.parts = parts;
        this.meters = meters;
    }

    /**
     * Adds a check of our own (the database answers, the journal has room): a sentence when it is
     * not well. Must answer from memory.
     */
    public void check(String name, Supplier<Optional<String>> problem) {
        checks.add(new Check(name, problem));
    }

    /** {@code /health}, {@code /ready} and {@code /metrics}. */
    public List<Route> routes() {
        return List.of(
                Route.of(HttpMethod.GET, "/health", "health", Permission.PUBLIC, this::health),
                Route.of(HttpMethod.GET, "/ready", "ready", Permission.OBSERVER, this::ready),
                Route.of(
                        HttpMethod.GET, "/metrics", "metrics", Permission.OBSERVER, this::metrics));
    }

    /** Whether every part is up and every check is well. */
    public boolean isReady() {
        return report().status().equals("ready");
    }

    private Answer health(Call call) {
        return Answer.ok(Map.of("status", "alive"));
    }

    private Answer ready(Call call) {
        Report report = report();
        int status = report.status().equals("ready") ? 200 : 503;
        Map<String, String> headers = status == 200 ? Map.of() : Map.of("retry-after", "1");
        return new Answer(status, headers, report);
    }

    private Answer metrics(Call call) {
        return Answer.ok(new Answer.Raw(Meters.CONTENT_TYPE, Buffer.buffer(meters.scrape())));
    }

    private Report report() {
        List<PartReport> reports = new ArrayList<>();
        boolean allUp = true;
        for (House.Standing standing : parts.get()) {
            allUp &= standing.state() == House.State.UP;
            String state = standing.state().name().toLowerCase(Locale.ROOT);
            reports.add(new PartReport(standing.name(), state, standing.millis()));
        }
        List<ProblemReport> problems = new ArrayList<>();
        for (Check check : checks) {
            check.problem()
                    .get()
                    .ifPresent(sentence -> problems.add(new ProblemReport(check.name(), sentence)));
        }
        String status = allUp && problems.isEmpty() ? "ready" : "not-ready";
        return new Report(status, reports, problems);
    }
}
