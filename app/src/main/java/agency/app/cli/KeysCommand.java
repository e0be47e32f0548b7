package agency.app.cli;

import java.io.PrintWriter;
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

/** {@code agency keys}: the API keys of this Agency. */
@Command(name = "keys", description = "Create, list and revoke API keys.")
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
                    @Nullable String cap) {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("name", name);
        if (models != null) {
            body.put("models", models);
        }
        if (expires != null) {
            body.put("expires_at", expires);
        }
        if (cap != null) {
            body.put("cap", cap);
        }
        JsonNode key = reach.client().send("POST", "/api/v1/keys", body);
        out().println(key.path("key").asString());
    }

    @Command(name = "list", description = "List the keys, newest first.")
    void list(@Mixin Reach reach) {
        AgencyClient client = reach.client();
        List<List<String>> rows = new ArrayList<>();
        String cursor = "";
        do {
            JsonNode page =
                    client.read(
                            "/api/v1/keys?limit=100"
                                    + (cursor.isEmpty() ? "" : "&cursor=" + cursor));
            for (JsonNode key : page.path("items")) {
                rows.add(
                        List.of(
                                key.path("id").asString(""),
                                key.path("name").asString(""),
                                key.path("kind").asString(""),
                                key.path("state").asString(""),
                                key.path("created_at").asString("")));
            }
            cursor = page.path("next_cursor").asString("");
        } while (!cursor.isEmpty());
        Text.table(out(), List.of("ID", "NAME", "KIND", "STATE", "CREATED"), rows);
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
