package agency.app.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;

/** {@code agency projections}: what is made of the log. */
@Command(
        name = "projections",
        description =
                "See how far the projections of the log are, retry what they set aside, build them"
                        + " anew, go back.")
final class ProjectionsCommand {
    private static final String ALL = "/api/v1/projections";

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before any command runs
    private CommandSpec spec;

    @Command(name = "list", description = "List the projections and how far they are.")
    void list(@Mixin Reach reach) {
        List<List<String>> rows = new ArrayList<>();
        for (JsonNode each : reach.client().read(ALL).path("items")) {
            rows.add(
                    List.of(
                            each.path("name").asString(""),
                            each.path("kind").asString(""),
                            state(each),
                            each.path("revision").asString(""),
                            each.path("position").asString(""),
                            each.path("lag").asString(""),
                            each.path("rate").asString("")));
        }
        Text.table(
                out(),
                List.of("NAME", "KIND", "STATE", "REVISION", "POSITION", "LAG", "PER SECOND"),
                rows);
    }

    @Command(name = "show", description = "Show one projection and the facts it has set aside.")
    void show(
            @Mixin Reach reach,
            @Parameters(paramLabel = "NAME", description = "Its name, as listed.") String name) {
        JsonNode whole = reach.client().read(ALL + "/" + Text.encoded(name));
        JsonNode projection = whole.path("projection");
        out().println(
                        "%s is %s: revision %d, generation %d, %d facts behind"
                                .formatted(
                                        projection.path("name").asString(""),
                                        state(projection),
                                        projection.path("revision").asInt(0),
                                        projection.path("generation").asInt(0),
                                        projection.path("lag").asLong(0)));
        for (JsonNode one : whole.path("generations")) {
            String until = one.path("kept_until").asString("");
            out().println(
                            "generation %d of revision %d: %s, %d facts behind%s"
                                    .formatted(
                                            one.path("generation").asInt(0),
                                            one.path("revision").asInt(0),
                                            one.path("state").asString(""),
                                            one.path("lag").asLong(0),
                                            until.isEmpty() ? "" : ", kept until " + until));
        }
        for (JsonNode lane : whole.path("lanes")) {
            out().println(
                            "lane %d, shard %d: %d of %d, fed by %s"
                                    .formatted(
                                            lane.path("lane").asInt(0),
                                            lane.path("shard").asInt(0),
                                            lane.path("position").asLong(0),
                                            lane.path("head").asLong(0),
                                            lane.path("owner").asString("nobody")));
        }
        long inAll = whole.path("set_aside_in_all").asLong(0);
        if (inAll == 0) {
            return;
        }
        List<List<String>> rows = new ArrayList<>();
        for (JsonNode dead : whole.path("set_aside")) {
            rows.add(
                    List.of(
                            dead.path("position").asString(""),
                            dead.path("attempts").asString(""),
                            dead.path("error").asString("")));
        }
        out().println();
        out().println(inAll + " facts are set aside, the oldest of them:");
        Text.table(out(), List.of("POSITION", "TRIED", "FAILURE"), rows);
        out().println("Once the cause is mended: agency projections retry " + name);
    }

    @Command(
            name = "retry",
            description = "Try the facts again that a projection has set aside, in their order.")
    void retry(
            @Mixin Reach reach,
            @Parameters(paramLabel = "NAME", description = "Its name, as listed.") String name) {
        int facts =
                reach.client()
                        .send("POST", ALL + "/" + Text.encoded(name) + "/retry", null)
                        .path("facts")
                        .asInt(0);
        out().println(
                        facts == 0
                                ? "Nothing is set aside."
                                : facts + " facts will be tried again within seconds.");
    }

    @Command(
            name = "rebuild",
            description =
                    "Build a projection anew from all facts, beside what is read, and switch to"
                            + " it when it is built.")
    void rebuild(
            @Mixin Reach reach,
            @Parameters(paramLabel = "NAME", description = "Its name, as listed.") String name) {
        int generation =
                reach.client()
                        .send("POST", ALL + "/" + Text.encoded(name) + "/rebuild", null)
                        .path("generation")
                        .asInt(0);
        out().println(
                        ("Generation %d is being built and will be read once it has come as far;"
                                        + " see: agency projections show %s")
                                .formatted(generation, name));
    }

    @Command(
            name = "rollback",
            description =
                    "Have queries read again what was replaced; kept for a day after the switch.")
    void rollback(
            @Mixin Reach reach,
            @Parameters(paramLabel = "NAME", description = "Its name, as listed.") String name,
            @Option(
                            names = "--to",
                            paramLabel = "GENERATION",
                            description =
                                    "Which one, forward too; by default the one before what is"
                                            + " read now.")
                    @Nullable Integer generation) {
        JsonNode now =
                reach.client()
                        .send(
                                "POST",
                                ALL + "/" + Text.encoded(name) + "/rollback",
                                generation == null ? Map.of() : Map.of("generation", generation));
        out().println(
                        "Generation %d of revision %d is read now."
                                .formatted(
                                        now.path("generation").asInt(0),
                                        now.path("revision").asInt(0)));
    }

    private static String state(JsonNode projection) {
        String reason = projection.path("reason").asString("");
        return projection.path("state").asString("") + (reason.isEmpty() ? "" : ", " + reason);
    }

    private PrintWriter out() {
        return spec.commandLine().getOut();
    }
}
