package agency.app.cli;

import agency.kernel.fault.Fault;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** {@code agency events}: the log itself. */
@Command(
        name = "events",
        description = "Watch the event log, and prove that nobody has touched it.")
final class EventsCommand {
    private static final JsonMapper JSON = JsonMapper.shared();

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before any command runs
    private CommandSpec spec;

    @Command(
            name = "tail",
            description = "Print facts as they are recorded, one JSON object a line.")
    void tail(
            @Mixin Reach reach,
            @Option(
                            names = "--category",
                            paramLabel = "NAME",
                            description = "Only this category, e.g. access.key.")
                    @Nullable String category,
            @Option(
                            names = {"-n", "--last"},
                            paramLabel = "N",
                            description = "Begin with the last N (default 10).",
                            defaultValue = "10")
                    int last)
            throws IOException {
        String path =
                "/api/v1/events?last="
                        + last
                        + (category == null ? "" : "&category=" + Text.encoded(category));
        try (BufferedReader events = reader(reach, "GET", path, "text/event-stream")) {
            for (String line = events.readLine(); line != null; line = events.readLine()) {
                if (line.startsWith("data: ")) {
                    out().println(line.substring("data: ".length()));
                    out().flush();
                }
            }
        }
    }

    @Command(
            name = "verify",
            description = "Hash the whole log again and compare it with its seals and checkpoints.")
    int verify(@Mixin Reach reach) throws IOException {
        JsonNode verdict = JSON.nullNode();
        try (BufferedReader lines =
                reader(reach, "POST", "/api/v1/events/verify", "application/x-ndjson")) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (!line.isBlank()) {
                    verdict = JSON.readTree(line);
                }
            }
        }
        if (!verdict.has("sound")) {
            throw Fault.passing(
                    "cli.no-verdict", "The check broke off without a verdict.", Map.of(), null);
        }
        verdict.path("findings")
                .forEach(finding ->
                        out().println(finding.path("detail").asString(finding.toString())));
        boolean sound = verdict.path("sound").asBoolean(false);
        out().println(
                        verdict.path("facts").asLong(0)
                                + " facts checked: "
                                + (sound ? "sound" : "NOT sound"));
        return sound ? AgencyCommand.OK : AgencyCommand.FAILED;
    }

    private static BufferedReader reader(Reach reach, String method, String path, String accept) {
        return new BufferedReader(
                new InputStreamReader(
                        reach.client().stream(method, path, null, accept), StandardCharsets.UTF_8));
    }

    private PrintWriter out() {
        return spec.commandLine().getOut();
    }
}
