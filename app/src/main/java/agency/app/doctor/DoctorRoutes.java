package agency.app.doctor;

import agency.kernel.fault.Fault;
import agency.platform.http.Answer;
import agency.platform.http.Permission;
import agency.platform.http.Route;
import io.vertx.core.http.HttpMethod;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;
import org.jdbi.v3.core.JdbiException;

/** {@code GET /api/v1/doctor}: what the running Agency sees of what it stands on. */
public final class DoctorRoutes {
    private final List<Supplier<List<Finding>>> checks;

    /** Asks these checks, in this order. */
    public DoctorRoutes(List<Supplier<List<Finding>>> checks) {
        this.checks = List.copyOf(checks);
    }

    /** The routes. */
    public List<Route> routes() {
        return List.of(
                Route.of(
                        HttpMethod.GET,
                        "/api/v1/doctor",
                        "readDoctor",
                        Permission.INSTALLATION,
                        call -> all()));
    }

    private Answer all() {
        List<Map<String, String>> items = new ArrayList<>();
        for (Supplier<List<Finding>> check : checks) {
            for (Finding finding : looked(check)) {
                items.add(
                        Map.of(
                                "what", finding.what(),
                                "state", finding.state().name().toLowerCase(Locale.ROOT),
                                "seen", finding.seen(),
                                "fix", finding.fix()));
            }
        }
        return Answer.ok(Map.of("items", items));
    }

    private static List<Finding> looked(Supplier<List<Finding>> check) {
        try {
            return check.get();
        } catch (Fault | JdbiException broken) {
            return List.of(
                    Finding.bad(
                            "database",
                            "it does not answer",
                            "See the log of Agency and of PostgreSQL."));
        }
    }
}
