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

/** {@code agency keys}: the API keys of this Agency. */
@Command(name = "keys", description = "Create, list, rotate and revoke API keys.")
final class KeysCommand {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before any command runs
    private CommandSpec spec;

    @Command(name = "create", description = "Create a key and print it; it is shown this once.")
    void create(
            @Mixin Reach reach,
            @Parameters(
                            paramLabel = "NAME",
                            description = "What the key is for, e.g. \"billing app\".")
                    String name,
            @Option(
                            names = "--model",
                            paramLabel = "MODEL",
                            description = "Allow this model only; may be repeated.")
                    @Nullable List<String> models,
            @Option(
                            names = "--expires",
                            paramLabel = "MOMENT",
                            description = "When it ends, e.g. 2027-01-31T00:00:00Z.")
                    @Nullable String expires,
            @Option(
                            names = "--cap",
                            paramLabel = "AMOUNT",
                            description = "The most it may spend, e.g. 2.50.")
                    @Nullable String cap,
            @Option(
                            names = "--network",
                            paramLabel = "CIDR",
                            description =
                                    "Allow it from this network only, e.g. 203.0.113.0/24; may be"
                                            + " repeated.")
                    @Nullable List<String> networks,
            @Option(
                            names = "--project",
                            paramLabel = "ID",
                            description = "The project it is for; the first one if not given.")
                    @Nullable String project,
            @Option(
                            names = "--service-account",
                            paramLabel = "ID",
                            description = "The service account that it belongs to.")
                    @Nullable String account,
            @Option(
                            names = "--role",
                            paramLabel = "ROLE",
                            description =
                                    "Make a key to administer with, that acts with this role, e.g."
                                            + " analyst.")
                    @Nullable String role,
            @Option(
                            names = "--installation-role",
                            paramLabel = "ROLE",
                            description =
                                    "As what such a key acts in the installation: operator,"
                                            + " auditor.")
                    @Nullable String installationRole) {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("name", name);
        put(body, "models", models);
        put(body, "expires_at", expires);
        put(body, "cap", cap);
        put(body, "networks", networks);
        put(body, "project", project);
        put(body, "service_account", account);
        put(body, "role", role);
        put(body, "installation_role", installationRole);
        if (role != null || installationRole != null) {
            body.put("kind", "administrator");
        }
        JsonNode key = reach.client().send("POST", "/api/v1/keys", body);
        out().println(key.path("key").asString());
    }

    @Command(name = "list", description = "List the keys, newest first.")
    void list(@Mixin Reach reach, @Mixin AsOf asOf) {
        Listing.print(
                out(),
                reach.client(),
                "/api/v1/keys",
                List.of("id", "name", "kind", "state", "created_at"),
                asOf.point);
    }

    @Command(
            name = "rotate",
            description =
                    "Give a key another text and print it; the one so far lets in for a while.")
    void rotate(
            @Mixin Reach reach,
            @Parameters(paramLabel = "ID", description = "The key's id, as listed.") String id,
            @Option(
                            names = "--overlap",
                            paramLabel = "SECONDS",
                            description = "For how long; a day if not given, 0 for not at all.")
                    @Nullable Long overlap) {
        Map<String, Object> body = new LinkedHashMap<>();
        put(body, "overlap_seconds", overlap);
        JsonNode key =
                reach.client().send("POST", "/api/v1/keys/" + Text.encoded(id) + "/rotate", body);
        out().println(key.path("key").asString());
    }

    private static void put(Map<String, Object> body, String field, @Nullable Object value) {
        if (value != null) {
            body.put(field, value);
        }
    }

    @Command(
            name = "revoke",
            description = "Revoke a key. When this returns, nothing is admitted with it any more.")
    void revoke(
            @Mixin Reach reach,
            @Parameters(paramLabel = "ID", description = "The key's id, as listed.") String id) {
        reach.client().send("DELETE", "/api/v1/keys/" + Text.encoded(id), null);
        out().println("revoked " + id);
    }

    private PrintWriter out() {
        return spec.commandLine().getOut();
    }
}
