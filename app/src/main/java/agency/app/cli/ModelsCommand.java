package agency.app.cli;

import agency.kernel.fault.Fault;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
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

/** {@code agency models}: which models there are, and fetching local ones. */
@Command(name = "models", description = "List models; fetch models that run on this machine.")
final class ModelsCommand {
    private static final long POLL_MILLIS = 400;
    private static final int BAR = 30;
    private static final String LINE = "%-72s\r";

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before any command runs
    private CommandSpec spec;

    @Command(
            name = "list",
            description =
                    "List every model that a key may be used with, and the local ones' state.")
    void list(@Mixin Reach reach) {
        List<List<String>> rows = new ArrayList<>();
        for (JsonNode model : reach.client().read("/api/v1/models").path("items")) {
            rows.add(
                    List.of(
                            model.path("name").asString(),
                            model.path("kind").asString(""),
                            model.path("state").asString("")));
        }
        Text.table(out(), List.of("MODEL", "KIND", "STATE"), rows);
    }

    @Command(
            name = "pull",
            description = {
                "Fetch a model that runs on this machine, and wait until it is here.",
                "MODEL is hf:owner/repo[:file], a GGUF file, or a name Agency knows; without it,"
                        + " the default model."
            },
            exitCodeListHeading = "Exit status:%n",
            exitCodeList = {"0:The model is here.", "1:It is not, and why was said."})
    int pull(
            @Mixin Reach reach,
            @Parameters(arity = "0..1", paramLabel = "MODEL") @Nullable String model,
            @Option(
                            names = "--accept-terms",
                            description = "Accept the model's terms of use, having read them.")
                    boolean acceptTerms)
            throws InterruptedException {
        AgencyClient client = reach.client();
        JsonNode pull = begin(client, source(model), acceptTerms);
        String id = pull.path("id").asString();
        boolean terminal = Text.terminal();
        while (pull.path("state").asString().equals("fetching")) {
            if (terminal) {
                long done = pull.path("bytes_here").asLong(0);
                out().printf(LINE, Text.bar(BAR, done, pull.path("bytes").asLong(0)));
                out().flush();
            }
            Thread.sleep(POLL_MILLIS);
            pull = client.read("/api/v1/models/pulls/" + id);
        }
        if (terminal) {
            out().printf(LINE, "");
        }
        if (!pull.path("state").asString().equals("ready")) {
            throw Fault.lasting(
                    "cli.pull-failed",
                    pull.path("detail").asString("the pull failed"),
                    Map.of(),
                    null);
        }
        out().println("ready: " + pull.path("model").asString());
        return AgencyCommand.OK;
    }

    /** Begins it; terms that a model has are shown, and on a terminal asked about. */
    private JsonNode begin(AgencyClient client, String source, boolean acceptTerms) {
        Map<String, Object> body = Map.of("source", source, "accept_terms", acceptTerms);
        try {
            return client.send("POST", "/api/v1/models/pull", body);
        } catch (Fault refused) {
            String terms = refused.arguments().get("terms");
            if (terms == null) {
                throw refused;
            }
            out().println(terms);
            out().println(refused.arguments().getOrDefault("url", ""));
            if (!Text.yes("Do you accept these terms?", out())) {
                throw Fault.lasting(
                        "cli.terms-not-accepted",
                        "The terms were not accepted. Read them, and accept with --accept-terms.",
                        Map.of(),
                        null);
            }
            return begin(client, source, true);
        }
    }

    private static String source(@Nullable String model) {
        if (model == null) {
            return "default";
        }
        Path file = Path.of(model);
        return !model.startsWith("hf:") && Files.exists(file)
                ? file.toAbsolutePath().toString()
                : model;
    }

    private PrintWriter out() {
        return spec.commandLine().getOut();
    }
}
