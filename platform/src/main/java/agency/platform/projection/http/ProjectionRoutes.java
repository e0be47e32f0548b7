package agency.platform.projection.http;

import agency.platform.http.Answer;
import agency.platform.http.Call;
import agency.platform.http.Permission;
import agency.platform.http.Problem;
import agency.platform.http.Route;
import agency.platform.projection.LogProjections;
import agency.platform.projection.Projections;
import agency.platform.projection.Projections.Kind;
import io.vertx.core.http.HttpMethod;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** How the projections stand, and the second try of what they have set aside. */
public final class ProjectionRoutes {
    private static final String ALL = "/api/v1/projections";

    private final LogProjections projections;

    /** Routes of these projections. */
    public ProjectionRoutes(LogProjections projections) {
        this.projections = projections;
    }

    /** The routes. */
    public List<Route> routes() {
        return List.of(
                Route.of(
                        HttpMethod.GET,
                        ALL,
                        "listProjections",
                        Permission.INSTALLATION,
                        call -> list()),
                Route.of(
                        HttpMethod.GET,
                        ALL + "/{name}",
                        "readProjection",
                        Permission.INSTALLATION,
                        this::read),
                Route.of(
                        HttpMethod.POST,
                        ALL + "/{name}/retry",
                        "retryProjection",
                        Permission.of("projections.retry"),
                        this::retry));
    }

    /** A projection as it stands. */
    record Shown(
            String name,
            String kind,
            String state,
            @Nullable String reason,
            int revision,
            int generation,
            long position,
            long lag,
            long applied,
            int stoppedStreams) {
        static Shown of(Projections.Standing standing) {
            String why = standing.stopped();
            return new Shown(
                    standing.name(),
                    standing.kind() == Kind.TABLE ? "table" : "memory",
                    why.isEmpty() ? "running" : standing.parked() > 0 ? "limping" : "stopped",
                    why.isEmpty() ? null : why,
                    standing.revision(),
                    standing.generation(),
                    standing.position(),
                    standing.lag(),
                    standing.applied(),
                    standing.parked());
        }
    }

    /** All of them. */
    record Page(List<Shown> items) {}

    /** A lane's checkpoint; {@code owner} is absent while no process feeds it. */
    record LaneShown(int lane, long position, long head, @Nullable String owner) {}

    /** A fact that was set aside. */
    record DeadShown(String position, int attempts, String error, boolean retryAsked) {}

    /** One of them, with its checkpoints and the oldest facts set aside. */
    record Whole(
            Shown projection,
            List<LaneShown> lanes,
            List<DeadShown> setAside,
            long setAsideInAll) {}

    /** How many facts will be tried again. */
    record Retried(int facts) {}

    private Answer list() {
        return Answer.ok(new Page(projections.standings().stream().map(Shown::of).toList()));
    }

    private Answer read(Call call) {
        Projections.Detail detail = detail(call);
        return Answer.ok(
                new Whole(
                        Shown.of(detail.standing()),
                        detail.lanes().stream()
                                .map(lane ->
                                        new LaneShown(
                                                lane.lane(),
                                                lane.position(),
                                                lane.head(),
                                                lane.owner()))
                                .toList(),
                        detail.dead().stream()
                                .map(dead ->
                                        new DeadShown(
                                                dead.lane() + ":" + dead.position(),
                                                dead.attempts(),
                                                dead.error(),
                                                dead.retryAsked()))
                                .toList(),
                        detail.deadInAll()));
    }

    private Answer retry(Call call) {
        Projections.Standing standing = detail(call).standing();
        if (standing.kind() == Kind.MEMORY) {
            throw new Problem(
                    409,
                    "projection-in-memory",
                    "A view in memory is not tried again",
                    "'%s' is a view in memory: it is read anew, and all tried again, at each start."
                            .formatted(standing.name()));
        }
        return new Answer(202, Map.of(), new Retried(projections.retry(standing.name())));
    }

    private Projections.Detail detail(Call call) {
        String name = call.path("name");
        return projections
                .detail(name)
                .orElseThrow(() ->
                        new Problem(
                                404,
                                "no-such-projection",
                                "No such projection",
                                "There is no projection of this name; GET "
                                        + ALL
                                        + " lists them."));
    }
}
