package agency.app.cli;

import java.io.PrintWriter;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;

/** {@code agency organizations}: whose people, projects and money are apart. */
@Command(name = "organizations", description = "Create, list and close organisations.")
final class OrganizationsCommand {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before any command runs
    private CommandSpec spec;

    @Command(
            name = "create",
            description = "Open an organisation and print the link that lets its owner in.")
    void create(
            @Mixin Reach reach,
            @Parameters(paramLabel = "NAME", description = "What it is called.") String name,
            @Option(
                            names = "--owner",
                            paramLabel = "EMAIL",
                            required = true,
                            description = "Who is invited to own it.")
                    String owner) {
        AgencyClient client = reach.client();
        JsonNode opened =
                client.send(
                        "POST",
                        "/api/v1/organizations",
                        Map.of("name", name, "owner_email", owner));
        JsonNode invitation = opened.path("invitation");
        out().println("organisation " + opened.path("number").asInt());
        out().println(client.link("invitation", invitation.path("token").asString()));
        out().println("Good until " + invitation.path("expires_at").asString("") + ", once.");
    }

    @Command(name = "list", description = "List the organisations, the latest first.")
    void list(@Mixin Reach reach, @Mixin AsOf asOf) {
        Listing.print(
                out(),
                reach.client(),
                "/api/v1/organizations",
                List.of("number", "name", "state", "created_at"),
                asOf.point);
    }

    @Command(
            name = "close",
            description =
                    "Close an organisation for ever. When this returns, nobody of it is let in.")
    void close(
            @Mixin Reach reach,
            @Parameters(paramLabel = "NUMBER", description = "Its number, as listed.") int number) {
        reach.client().send("DELETE", "/api/v1/organizations/" + number, null);
        out().println("closed " + number);
    }

    private PrintWriter out() {
        return spec.commandLine().getOut();
    }
}
