package agency.app.cli;

import agency.kernel.fault.Fault;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
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
                            model.path("provider").asString(""),
                            model.path("state").asString("")));
        }
        Text.table(out(), List.of("MODEL", "PROVIDER", "STATE"), rows);
    }

    @Command(
            name = "pull",
            description = {
                "Fetch a model that runs on this machine.",
                "MODEL is hf:owner/repo[:file], a GGUF file, or a name Agency knows; without it,"
                        + " the default model."
            })
    void pull(
            @Mixin Reach reach,
            @Parameters(arity = "0..1", paramLabel = "MODEL") @Nullable String model,
            @Option(
                            names = "--accept-terms",
                            description = "Accept the model's terms of use, having read them.")
                    boolean acceptTerms)
            throws InterruptedException {
        AgencyClient client = reach.client();
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("source", source(model));
        body.put("accept_terms", acceptTerms);
        String name = client.send("POST", "/api/v1/models/pull", body).path("name").asString();
        boolean terminal = Text.terminal();
        while (true) {
            JsonNode now = named(client.read("/api/v1/models/local"), name);
            long done = now.path("bytes_here").asLong(0);
            long total = now.path("bytes").asLong(0);
            if (terminal && total > 0) {
                out().printf(
                                "\r%s of %s (%d %%)   ",
                                Text.size(done), Text.size(total), 100 * done / total);
                out().flush();
            }
            switch (now.path("state").asString("fetching")) {
                case "ready" -> {
                    out().println((terminal ? "\n" : "") + "ready: " + name);
                    return;
                }
                case "failed", "unsupported" ->
                        throw Fault.lasting(
                                "cli.pull-failed",
                                now.path("detail").asString("the pull failed"),
                                Map.of(),
                                null);
                default -> Thread.sleep(POLL_MILLIS);
            }
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

    private static JsonNode named(JsonNode models, String name) {
        for (JsonNode model : models.path("items")) {
            if (model.path("name").asString().equals(name)) {
                return model;
            }
        }
        return models.path("nothing");
    }

    private PrintWriter out() {
        return spec.commandLine().getOut();
    }
}
