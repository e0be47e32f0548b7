package agency.app.cli;

import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;

/** {@code agency audit}: who did what, and who was refused what. */
@Command(name = "audit", description = "Who did what to what, and who was refused what.")
final class AuditCommand {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before any command runs
    private CommandSpec spec;

    /** What narrows it. */
    static final class Wanted {
        @Option(
                names = "--action",
                paramLabel = "ACTION",
                description = "This fact or all that begin so, e.g. access.key.")
        private @Nullable String action;

        @Option(
                names = "--person",
                paramLabel = "ID",
                description = "By whatever acts for this person.")
        private @Nullable String person;

        @Option(names = "--target", paramLabel = "ID", description = "About what has this id.")
        private @Nullable String target;

        @Option(names = "--from", paramLabel = "MOMENT", description = "Not before.")
        private @Nullable String from;

        @Option(names = "--to", paramLabel = "MOMENT", description = "Before.")
        private @Nullable String to;

        @Option(names = "--refused", description = "Refusals only.")
        private boolean refused;

        private String query(String first) {
            StringBuilder query = new StringBuilder(first);
            also(query, "action", action);
            also(query, "person", person);
            also(query, "target", target);
            also(query, "from", from);
            also(query, "to", to);
            also(query, "outcome", refused ? "refused" : null);
            return query.toString();
        }

        private static void also(StringBuilder query, String name, @Nullable String value) {
            if (value != null) {
                query.append('&').append(name).append('=').append(Text.encoded(value));
            }
        }
    }

    @Command(name = "list", description = "The newest of it.")
    void list(
            @Mixin Reach reach,
            @Mixin Wanted wanted,
            @Option(
                            names = {"-n", "--number"},
                            paramLabel = "N",
                            defaultValue = "50",
                            description = "How many, at most 200; 50 if not given.")
                    int number) {
        JsonNode page = reach.client().read(wanted.query("/api/v1/audit?limit=" + number));
        List<List<String>> rows = new ArrayList<>();
        for (JsonNode entry : page.path("items")) {
            rows.add(
                    List.of(
                            entry.path("at").asString(""),
                            entry.path("name").asString(entry.path("actor").asString("")),
                            entry.path("action").asString(""),
                            entry.path("target").path("id").asString(""),
                            entry.has("reason")
                                    ? "refused: "
                                            + entry.path("reason").asString()
                                            + times(entry.path("times").asInt(1))
                                    : "done"));
        }
        Text.table(out(), List.of("AT", "WHO", "ACTION", "TARGET", "OUTCOME"), rows);
    }

    private static String times(int times) {
        return times == 1 ? "" : " ×" + times;
    }

    @Command(name = "export", description = "All of it, as lines of JSON or CSV.")
    void export(
            @Mixin Reach reach,
            @Mixin Wanted wanted,
            @Option(
                            names = "--format",
                            paramLabel = "FORMAT",
                            defaultValue = "ndjson",
                            description = "ndjson or csv; ndjson if not given.")
                    String format) {
        String path = wanted.query("/api/v1/audit/export?format=" + Text.encoded(format));
        try (Reader lines =
                new InputStreamReader(
                        reach.client().stream("GET", path, null, "*/*"), StandardCharsets.UTF_8)) {
            lines.transferTo(out());
            out().flush();
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }

    private PrintWriter out() {
        return spec.commandLine().getOut();
    }
}
