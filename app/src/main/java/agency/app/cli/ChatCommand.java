package agency.app.cli;

import agency.app.profile.Profile;
import agency.kernel.fault.Fault;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** {@code agency chat}: talks to a model through the running Agency, streamed. */
@Command(name = "chat", description = "Talk to a model; with a MESSAGE, print its answer and end.")
final class ChatCommand implements Callable<Integer> {
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final int MAX_REMEMBERED_MESSAGES = 100;

    @Mixin private final Reach reach = new Reach();

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before any command runs
    private CommandSpec spec;

    @Option(
            names = {"-m", "--model"},
            paramLabel = "MODEL",
            description = "Which model (default: the first listed).")
    private @Nullable String model;

    @Parameters(arity = "0..*", paramLabel = "MESSAGE", description = "What to say.")
    private List<String> words = List.of();

    @Override
    public Integer call() throws IOException {
        Profile profile = chatProfile();
        AgencyClient client =
                new AgencyClient(
                        profile.address(), java.util.Objects.requireNonNull(profile.chatKey()));
        String chosen = model == null ? firstModel(reach.client()) : model;
        List<Map<String, String>> messages = new ArrayList<>();
        if (!words.isEmpty()) {
            say(client, chosen, messages, String.join(" ", words));
            return AgencyCommand.OK;
        }
        PrintWriter out = spec.commandLine().getOut();
        boolean terminal = Text.terminal();
        if (terminal) {
            out.println("Talking to " + chosen + ". An empty line or Ctrl-D ends.");
        }
        BufferedReader in =
                new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        while (true) {
            if (terminal) {
                out.print("> ");
                out.flush();
            }
            String line = in.readLine();
            if (line == null || line.isBlank()) {
                return AgencyCommand.OK;
            }
            try {
                say(client, chosen, messages, line);
            } catch (Fault refused) {
                messages.removeLast();
                spec.commandLine().getErr().println("agency: " + refused.getMessage());
            }
        }
    }

    private void say(
            AgencyClient client, String chosen, List<Map<String, String>> messages, String text)
            throws IOException {
        messages.add(Map.of("role", "user", "content", text));
        while (messages.size() > MAX_REMEMBERED_MESSAGES) {
            messages.removeFirst();
        }
        PrintWriter out = spec.commandLine().getOut();
        StringBuilder answer = new StringBuilder();
        Map<String, Object> body = Map.of("model", chosen, "messages", messages, "stream", true);
        try (BufferedReader events =
                new BufferedReader(
                        new InputStreamReader(
                                client.stream(
                                        "POST", "/v1/chat/completions", body, "text/event-stream"),
                                StandardCharsets.UTF_8))) {
            for (String line = events.readLine(); line != null; line = events.readLine()) {
                if (!line.startsWith("data: ") || line.equals("data: [DONE]")) {
                    continue;
                }
                JsonNode event = JSON.readTree(line.substring("data: ".length()));
                if (event.has("error")) {
                    throw Fault.passing(
                            "cli.answer-broken-off",
                            event.path("error").path("message").asString("the answer broke off"),
                            Map.of(),
                            null);
                }
                String piece =
                        event.path("choices").path(0).path("delta").path("content").asString("");
                answer.append(piece);
                out.print(piece);
                out.flush();
            }
        }
        out.println();
        messages.add(Map.of("role", "assistant", "content", answer.toString()));
    }

    /** A provider's model before those here, which may still be on their way. */
    private static String firstModel(AgencyClient administrator) {
        for (JsonNode model : administrator.read("/api/v1/models").path("items")) {
            if (model.path("kind").asString().equals("chat")) {
                return model.path("name").asString();
            }
        }
        throw Fault.lasting(
                "cli.no-model",
                "There is no chat model yet. Fetch one with `agency models pull`, or connect a"
                        + " provider.",
                Map.of(),
                null);
    }

    /** The profile with a project key of the command line's own, made at its first use. */
    private Profile chatProfile() {
        Profile profile = reach.profile();
        if (profile.chatKey() != null) {
            return profile;
        }
        JsonNode made = reach.client().send("POST", "/api/v1/keys", Map.of("name", "agency chat"));
        Profile withKey = profile.withChatKey(made.path("key").asString());
        if (reach.address == null && reach.tokenFile == null) {
            withKey.write(reach.directory());
        }
        return withKey;
    }
}
