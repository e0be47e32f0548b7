package agency.app.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;

/** {@code agency admin}: what only a local administrator does. */
@Command(name = "admin", description = "What only a local administrator does.")
final class AdminCommand {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before any command runs
    private CommandSpec spec;

    @Command(
            name = "link",
            description = "Make a new one-time link that signs a browser in; it lasts an hour.")
    void link(@Mixin Reach reach) {
        AgencyClient client = reach.client();
        JsonNode link = client.send("POST", "/api/v1/admin-links", null);
        spec.commandLine().getOut().println(client.link("link", link.path("token").asString()));
    }
}
