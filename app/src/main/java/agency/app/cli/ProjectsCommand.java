package agency.app.cli;

import java.io.PrintWriter;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;

/** {@code agency projects}: what keys and usage are grouped by. */
@Command(name = "projects", description = "Create, list and close projects.")
final class ProjectsCommand {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before any command runs
    private CommandSpec spec;

    @Command(name = "create", description = "Open a project and print its id.")
    void create(
            @Mixin Reach reach,
            @Parameters(paramLabel = "NAME", description = "What it is called.") String name) {
        JsonNode project = reach.client().send("POST", "/api/v1/projects", Map.of("name", name));
        out().println(project.path("id").asString());
    }

    @Command(name = "list", description = "List the projects, newest first.")
    void list(@Mixin Reach reach, @Mixin AsOf asOf) {
        Listing.print(
                out(),
                reach.client(),
                "/api/v1/projects",
                List.of("id", "name", "state", "created_at"),
                asOf.point);
    }

    @Command(
            name = "close",
            description = "Close a project for ever. When this returns, no key of it is admitted.")
    void close(
            @Mixin Reach reach,
            @Parameters(paramLabel = "ID", description = "The project's id, as listed.")
                    String id) {
        reach.client().send("DELETE", "/api/v1/projects/" + Text.encoded(id), null);
        out().println("closed " + id);
    }

    private PrintWriter out() {
        return spec.commandLine().getOut();
    }
}
