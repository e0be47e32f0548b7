package agency.app.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;

/** {@code agency parts}: what the program is made of. */
@Command(
        name = "parts",
        description = "List the parts of the running Agency in the order in which they start.")
final class PartsCommand implements Callable<Integer> {
    @Mixin private final Reach reach = new Reach();

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before any command runs
    private CommandSpec spec;

    @Override
    public Integer call() {
        List<List<String>> rows = new ArrayList<>();
        for (JsonNode part : reach.client().read("/api/v1/parts").path("items")) {
            List<String> uses = new ArrayList<>();
            part.path("uses").forEach(name -> uses.add(name.asString()));
            rows.add(
                    List.of(
                            part.path("name").asString(),
                            part.path("state").asString(),
                            part.path("purpose").asString(),
                            String.join(", ", uses)));
        }
        Text.table(
                spec.commandLine().getOut(),
                List.of("PART", "STATE", "WHAT IT DOES", "USES"),
                rows);
        return AgencyCommand.OK;
    }
}
