package agency.app.cli;

import java.io.PrintWriter;
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

/** {@code agency users}: the members of the organisation. */
@Command(
        name = "users",
        description = "The members of the organisation: invite, list, remove, export, erase.")
final class UsersCommand {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before any command runs
    private CommandSpec spec;

    @Command(
            name = "invite",
            description = "Invite somebody and print the link; it is shown this once.")
    void invite(
            @Mixin Reach reach,
            @Parameters(paramLabel = "EMAIL", description = "Whom.") String email,
            @Option(
                            names = "--role",
                            paramLabel = "ROLE",
                            required = true,
                            description =
                                    "As what: owner, admin, developer, operator, analyst, viewer.")
                    String role,
            @Option(
                            names = "--installation-role",
                            paramLabel = "ROLE",
                            description = "As what in the installation: operator, auditor.")
                    @Nullable String installationRole) {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("email", email);
        body.put("role", role);
        if (installationRole != null) {
            body.put("installation_role", installationRole);
        }
        AgencyClient client = reach.client();
        JsonNode invitation = client.send("POST", "/api/v1/invitations", body);
        out().println(client.link("invitation", invitation.path("token").asString()));
        out().println("Good until " + invitation.path("expires_at").asString("") + ", once.");
    }

    @Command(
            name = "link",
            description =
                    "Make a one-time link that signs a member in, to set a forgotten password.")
    void link(
            @Mixin Reach reach,
            @Parameters(paramLabel = "ID", description = "The member's id, as listed.") String id) {
        AgencyClient client = reach.client();
        JsonNode link = client.send("POST", "/api/v1/users/" + Text.encoded(id) + "/links", null);
        out().println(client.link("link", link.path("token").asString()));
        out().println("Good until " + link.path("expires_at").asString("") + ", once.");
    }

    @Command(name = "list", description = "List the members, the latest first.")
    void list(@Mixin Reach reach, @Mixin AsOf asOf) {
        Listing.print(
                out(),
                reach.client(),
                "/api/v1/users",
                List.of("id", "name", "email", "role", "installation_role"),
                asOf.point);
    }

    @Command(
            name = "remove",
            description =
                    "Let a member in no more; his sessions and the keys that act for him end too.")
    void remove(
            @Mixin Reach reach,
            @Parameters(paramLabel = "ID", description = "The member's id, as listed.") String id) {
        reach.client().send("DELETE", "/api/v1/users/" + Text.encoded(id), null);
        out().println("removed " + id);
    }

    @Command(
            name = "export",
            description = "Print all that is kept about a person, as JSON, to hand out.")
    void export(
            @Mixin Reach reach,
            @Parameters(paramLabel = "ID", description = "The person's id.") String id) {
        out().println(reach.client().text("/api/v1/users/" + Text.encoded(id) + "/export"));
    }

    @Command(
            name = "erase",
            description = "Erase a person for ever and print the proof. It cannot be undone.")
    void erase(
            @Mixin Reach reach,
            @Parameters(paramLabel = "ID", description = "The person's id.") String id,
            @Option(
                            names = "--yes",
                            required = true,
                            description = "That it is meant: nothing brings the person back.")
                    boolean yes) {
        String path = "/api/v1/users/" + Text.encoded(id) + "/erase";
        out().println(reach.client().send("POST", path, null));
    }

    private PrintWriter out() {
        return spec.commandLine().getOut();
    }
}
