package agency.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import agency.app.profile.Profile;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code agency up} as a person runs it, with a provider connected and a conversation held. */
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class UpAndChatTest {
    private static final String MASTER_KEY = "--master_key=" + "6b".repeat(32);
    private static final Duration PATIENCE = Duration.ofSeconds(90);

    @TempDir private Path data;

    @Test
    void aLaterStartDoesNotWriteOverTheFirstKey() throws Exception {
        startAndStop("first-start.txt");
        String first = Files.readString(data.resolve("first-start.txt"));
        assertThat(first).contains("sk-agency-");
        startAndStop("sign-in.txt");
        assertThat(data.resolve("first-start.txt")).hasContent(first);
        assertThat(Files.readString(data.resolve("sign-in.txt")))
                .contains("#link=")
                .doesNotContain("sk-agency-");
    }

    private void startAndStop(String file) throws Exception {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        Thread up =
                Thread.ofPlatform()
                        .start(() ->
                                AgencyCommand.run(
                                        new PrintWriter(out, true),
                                        new PrintWriter(err, true),
                                        "up",
                                        "--no-model",
                                        "--port=0",
                                        "--data=" + data,
                                        MASTER_KEY));
        try {
            await(() -> out.toString().contains(file) || !up.isAlive());
            assertThat(err.toString()).isEmpty();
        } finally {
            up.interrupt();
            up.join(PATIENCE);
        }
    }

    @Test
    void upRunsUntilItIsStoppedAndChatTalksToAConnectedProvider() throws Exception {
        HttpServer provider = provider();
        URI origin = URI.create("http://127.0.0.1:" + provider.getAddress().getPort());
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        Thread up =
                Thread.ofPlatform()
                        .start(() ->
                                AgencyCommand.run(
                                        new PrintWriter(out, true),
                                        new PrintWriter(err, true),
                                        "up",
                                        "--no-model",
                                        "--port=0",
                                        "--data=" + data,
                                        MASTER_KEY,
                                        "--egress.allow=" + origin));
        try {
            await(() -> out.toString().contains("first-start.txt") || !up.isAlive());
            assertThat(err.toString()).isEmpty();
            assertThat(out.toString())
                    .contains("Agency is ready at http://127.0.0.1:")
                    .doesNotContain("sk-agency");
            assertThat(Files.readString(data.resolve("first-start.txt"))).contains("sk-agency-");

            Profile profile = Profile.read(data);
            AgencyClient administrator = new AgencyClient(profile.address(), profile.token());
            administrator.send(
                    "POST",
                    "/api/v1/providers",
                    Map.of(
                            "name", "parrot",
                            "vendor", "compatible",
                            "base_url", origin + "/v1",
                            "api_key", "sk-parrot-0123456789"));
            assertThat(say("models", "list")).contains("parrot/polly");
            assertThat(say("chat", "--model", "parrot/polly", "Say", "hello.").strip())
                    .isEqualTo("Hello from Polly.");
            assertThat(say("chat", "Who is there?").strip()).isEqualTo("Hello from Polly.");
            await(() -> administrator.read("/api/v1/requests").path("items").size() >= 2);
            assertThat(administrator.read("/api/v1/requests").toString())
                    .contains("\"polly\"")
                    .doesNotContain("hello");

            Path garbage = Files.writeString(data.resolve("garbage.gguf"), "this is no model");
            assertThat(say("models", "pull", garbage.toString())).contains("agency: ");
            assertThat(say("models", "pull", "gemma3-270m"))
                    .contains("https://ai.google.dev/gemma/terms", "--accept-terms");
            Path missing = data.resolve("missing.gguf");
            assertThat(say("models", "pull", missing.toString()))
                    .contains("There is no file " + missing);
        } finally {
            up.interrupt();
            up.join(PATIENCE);
            provider.stop(0);
        }
        assertThat(up.isAlive()).isFalse();
        assertThat(say("parts")).contains("No Agency answers");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "address: x", "address: [1", "token: t\naddress: 'not a url at all'"})
    void aBrokenProfileIsSaidToBeOfNoUse(String content) throws IOException {
        Files.writeString(data.resolve("cli.yaml"), content);
        assertThat(say("parts")).contains("of no use").contains("Start Agency again");
    }

    @Test
    void aTokenFileAndAnAddressAreEnoughToReachAnAgency() throws IOException {
        Path token = Files.writeString(data.resolve("token"), "sk-agency-admin-x\n");
        assertThat(
                        say(
                                "parts",
                                "--address",
                                "http://127.0.0.1:1",
                                "--token-file",
                                token.toString()))
                .contains("No Agency answers at http://127.0.0.1:1");
        assertThat(
                        say(
                                "parts",
                                "--address",
                                "http://127.0.0.1:1",
                                "--token-file",
                                data.resolve("none").toString()))
                .contains("cannot be read");
    }

    private String say(String... arguments) {
        StringWriter said = new StringWriter();
        PrintWriter both = new PrintWriter(said, true);
        List<String> all = new java.util.ArrayList<>(List.of(arguments));
        all.addAll(List.of("--data", data.toString()));
        AgencyCommand.run(both, both, all.toArray(String[]::new));
        return said.toString();
    }

    /** A provider that knows one sentence. */
    private static HttpServer provider() throws IOException {
        HttpServer server =
                HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext(
                "/v1/models",
                exchange -> {
                    byte[] body =
                            "{\"object\":\"list\",\"data\":[{\"id\":\"polly\",\"object\":\"model\"}]}"
                                    .getBytes(StandardCharsets.UTF_8);
                    exchange.getResponseHeaders().set("content-type", "application/json");
                    exchange.sendResponseHeaders(200, body.length);
                    exchange.getResponseBody().write(body);
                    exchange.close();
                });
        server.createContext(
                "/v1/chat/completions",
                exchange -> {
                    exchange.getRequestBody().readAllBytes();
                    exchange.getResponseHeaders().set("content-type", "text/event-stream");
                    exchange.sendResponseHeaders(200, 0);
                    for (String piece : List.of("Hello ", "from ", "Polly.")) {
                        exchange.getResponseBody()
                                .write(
                                        ("data:"
                                             + " {\"id\":\"c\",\"object\":\"chat.completion.chunk\",\"created\":1,\"model\":\"polly\","
                                             + "\"choices\":[{\"index\":0,\"delta\":{\"content\":\""
                                                        + piece
                                                        + "\"},\"finish_reason\":null}]}\n\n")
                                                .getBytes(StandardCharsets.UTF_8));
                        exchange.getResponseBody().flush();
                    }
                    exchange.getResponseBody()
                            .write(
                                    ("data:"
                                         + " {\"id\":\"c\",\"object\":\"chat.completion.chunk\",\"created\":1,\"model\":\"polly\",\"choices\":[],\"usage\":{\"prompt_tokens\":5,\"completion_tokens\":3,\"total_tokens\":8}}\n\n"
                                         + "data: [DONE]\n\n")
                                            .getBytes(StandardCharsets.UTF_8));
                    exchange.close();
                });
        server.start();
        return server;
    }

    private static void await(BooleanSupplier condition) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("waited " + PATIENCE).isLessThan(deadline);
            java.util.concurrent.locks.LockSupport.parkNanos(50_000_000);
        }
    }
}
