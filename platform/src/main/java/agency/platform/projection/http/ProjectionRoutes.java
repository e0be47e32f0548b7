package agency.platform.projection.http;

import agency.platform.http.Answer;
import agency.platform.http.Call;
import agency.platform.http.Permission;
import agency.platform.http.Problem;
import agency.platform.http.Route;
import agency.platform.projection.LogProjections;
import agency.platform.projection.Projections;
import agency.platform.projection.Projections.Kind;
import agency.platform.projection.Rebuilt;
import agency.platform.projection.RolledBack;
import io.vertx.core.http.HttpMethod;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
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
                        this::retry),
                Route.of(
                        HttpMethod.POST,
                        ALL + "/{name}/rebuild",
                        "rebuildProjection",
                        Permission.of("projections.rebuild"),
                        this::rebuild),
                Route.of(
                        HttpMethod.POST,
                        ALL + "/{name}/rollback",
                        "rollBackProjection",
                        Permission.of("projections.rollback"),
                        this::rollBack));
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
            double rate,
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
                    Math.round(standing.rate() * 10) / 10.0,
                    standing.parked());
        }
    }

    /** All of them. */
    record Page(List<Shown> items) {}

    /** A making of its rows; {@code kept_until} is absent while it is not to be forgotten. */
    record GenerationShown(
            int generation,
            int revision,
            String state,
            long position,
            long lag,
            @Nullable Instant keptUntil) {}

    /** The checkpoint of a lane's shard; {@code owner} is absent while no process feeds it. */
    record LaneShown(int lane, int shard, long position, long head, @Nullable String owner) {}

    /** A fact that was set aside. */
    record DeadShown(String position, int attempts, String error, boolean retryAsked) {}

    /** One of them, with its checkpoints and the oldest facts set aside. */
    record Whole(
            Shown projection,
            List<GenerationShown> generations,
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
                        detail.generations().stream()
                                .map(one ->
                                        new GenerationShown(
                                                one.number(),
                                                one.revision(),
                                                one.state().name().toLowerCase(Locale.ROOT),
                                                one.position(),
                                                one.lag(),
                                                one.keptUntil()))
                                .toList(),
                        detail.lanes().stream()
                                .map(lane ->
                                        new LaneShown(
                                                lane.lane(),
                                                lane.shard(),
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
        return new Answer(202, Map.of(), new Retried(projections.retry(table(call))));
    }

    /** Which generation is built. */
    record Begun(int generation) {}

    private Answer rebuild(Call call) {
        String name = table(call);
        return switch (projections.rebuild(name)) {
            case Rebuilt.Begun begun -> new Answer(202, Map.of(), new Begun(begun.generation()));
            case Rebuilt.NotNow not ->
                    throw new Problem(
                            409,
                            "projection-not-rebuilt",
                            "It cannot be built anew now",
                            "A generation of '"
                                    + name
                                    + "' is being built already, or what is read was made by"
                                    + " another version of this program. GET "
                                    + ALL
                                    + "/"
                                    + name
                                    + " shows which.");
            case Rebuilt.FactsArchived away ->
                    throw new Problem(
                            409,
                            "facts-archived",
                            "It cannot be built anew without what was put away",
                            "Facts that '"
                                    + name
                                    + "' is made of lie in archives. Bring them back with `agency"
                                    + " events unarchive`, the last one first; afterwards they can"
                                    + " be put away again.");
        };
    }

    /** Which generation to go back to; the one before the live one unless named. */
    record RollBack(@Nullable Integer generation) {}

    /** What is read now. */
    record ReadNow(int generation, int revision) {}

    private Answer rollBack(Call call) {
        String name = table(call);
        RollBack asked = call.body(RollBack.class);
        return switch (projections.rollBack(name, asked.generation())) {
            case RolledBack.To to -> Answer.ok(new ReadNow(to.generation(), to.revision()));
            case RolledBack.Nothing nothing ->
                    throw new Problem(
                            409,
                            "nothing-to-roll-back-to",
                            "There is no such generation to go back to",
                            """
                            Of '%s' no %s is kept. A replaced generation is kept for a day; GET %s/%s lists them.\
                            """
                                    .formatted(
                                            name,
                                            asked.generation() == null
                                                    ? "earlier generation"
                                                    : "generation " + asked.generation(),
                                            ALL,
                                            name));
            case RolledBack.Building building ->
                    throw new Problem(
                            409,
                            "projection-being-built",
                            "A new generation is being built",
                            "'%s' is switched to its new generation when that is built; go back after that."
                                    .formatted(name));
        };
    }

    /** The name of one that is kept in tables. */
    private String table(Call call) {
        Projections.Standing standing = detail(call).standing();
        if (standing.kind() == Kind.MEMORY) {
            throw new Problem(
                    409,
                    "projection-in-memory",
                    "A view in memory has nothing to keep",
                    "'%s' is a view in memory: it is read anew, and all tried again, at each start."
                            .formatted(standing.name()));
        }
        return standing.name();
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
