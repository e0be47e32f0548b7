package agency.bench.product;

import agency.bench.load.ProcessTree;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.dataformat.yaml.YAMLMapper;

/**
 * A running Agency: the built artefact (or, where it has not been built, the classes of this
 * checkout) started with {@code serve} on a data folder and a port of its own; can be killed as a
 * power cut would and started again on the same data.
 */
public final class StartedAgency implements AutoCloseable {

    private static final int READY_TIMEOUT_MS = 60_000;
    private static final int STOP_TIMEOUT_S = 30;
    private static final int LOOK_AGAIN_MS = 10;
    private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(30);
    private static final JsonMapper JSON = new JsonMapper();

    private final Path data;
    private final Path log;
    private final int port;
    private final Map<String, String> environment;
    private Path program;
    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private Process process;
    private long millisToReady;

    private StartedAgency(Path program, Path data, Map<String, String> environment) {
        this.program = program;
        this.data = data;
        this.log = data.resolveSibling(data.getFileName() + ".out.log");
        this.port = freePort();
        this.environment = Map.copyOf(environment);
        this.process = launch();
    }

    /**
     * Starts Agency on this data folder and waits until it is ready. The environment may hold
     * settings ({@code AGENCY_…}). Throws IllegalStateException with its last output when it does
     * not become ready.
     */
    public static StartedAgency on(Path data, Map<String, String> environment) {
        return on(Checkout.root(), data, environment);
    }

    /** The same with the program of another checkout, which was built there. */
    public static StartedAgency on(Path checkout, Path data, Map<String, String> environment) {
        StartedAgency agency = new StartedAgency(program(checkout), data, environment);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> agency.process.destroyForcibly()));
        agency.awaitReady();
        return agency;
    }

    /** Its address without a path. */
    public URI address() {
        return URI.create("http://127.0.0.1:" + port);
    }

    /** Its port on the loopback address. */
    public int port() {
        return port;
    }

    /** Its data folder. */
    public Path data() {
        return data;
    }

    /** What it printed since the first start. */
    public Path log() {
        return log;
    }

    /** How long the last start took until {@code /ready} answered 200, in milliseconds. */
    public long millisToReady() {
        return millisToReady;
    }

    /** All its processes, its database and its model processes included. */
    public ProcessTree processes() {
        return new ProcessTree(List.of(process.pid()), data.toString());
    }

    /**
     * Ends the main process at once, as {@code kill -9} does, and starts it again on the same data.
     */
    public void killAndRestart() {
        kill();
        restart();
    }

    /** Ends the main process at once, as {@code kill -9} does. */
    public void kill() {
        process.destroyForcibly();
        await(process);
    }

    /** Starts it again after it was killed or stopped. */
    public void restart() {
        process = launch();
        awaitReady();
    }

    /** Starts it again, after it was stopped, with the program of another checkout. */
    public void restartAs(Path checkout) {
        program = program(checkout);
        restart();
    }

    private static Path program(Path checkout) {
        return checkout.resolve("app/target/agency/bin/agency");
    }

    /** Stops it in order and waits until it has ended. */
    public void stop() {
        process.destroy();
        try {
            if (process.waitFor(STOP_TIMEOUT_S, TimeUnit.SECONDS)) return;
            process.destroyForcibly();
            throw new IllegalStateException(
                    "Agency did not stop within " + STOP_TIMEOUT_S + " s\n" + tail());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    @Override
    public void close() {
        if (process.isAlive()) stop();
        http.close();
    }

    /** The local administrator's key, as it stands in the profile of the data folder. */
    public String adminToken() {
        try {
            JsonNode profile =
                    new YAMLMapper().readTree(Files.readString(data.resolve("cli.yaml")));
            return profile.path("token").asString();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Makes a key for clients and gives its secret. */
    public String createKey(String name) {
        return manage("POST", "/api/v1/keys", "{\"name\":\"" + name + "\"}").path("key").asString();
    }

    /** The same by the administrator of another process of the same installation. */
    public String createdBy(String administrator, String name) {
        return json(call("POST", "/api/v1/keys", administrator, "{\"name\":\"" + name + "\"}"))
                .path("key")
                .asString();
    }

    /** What an answer holds; throws IllegalStateException for anything but success. */
    public JsonNode json(HttpResponse<String> answer) {
        if (answer.statusCode() >= 300) {
            throw new IllegalStateException(
                    answer.uri() + " answered " + answer.statusCode() + ": " + answer.body());
        }
        return json(answer.body());
    }

    /** A text as JSON. */
    public JsonNode json(String text) {
        return JSON.readTree(text);
    }

    /** Asks the model of a {@link #connect connected} scripted upstream for a short answer. */
    public HttpResponse<String> chat(String key) {
        return call(
                "POST",
                "/v1/chat/completions",
                key,
                """
                {"model": "scripted/scripted", "max_tokens": 16,
                 "messages": [{"role": "user", "content": "Say hello."}]}\
                """);
    }

    /** Has the whole log verified; the verdict. */
    public JsonNode verdict() {
        String said = call("POST", "/api/v1/events/verify", adminToken(), "").body();
        List<String> lines = said.lines().toList();
        return json(lines.getLast()).path("verdict");
    }

    /** Stops its main process as SIGSTOP does; returns when every thread of it stands. */
    public void freeze() {
        signal("STOP");
        Path threads = Path.of("/proc", Long.toString(process.pid()), "task");
        while (Files.isDirectory(threads) && !allStand(threads)) {
            pause();
        }
    }

    /** Lets it go on after {@link #freeze}. */
    public void unfreeze() {
        signal("CONT");
    }

    private static boolean allStand(Path threads) {
        try (DirectoryStream<Path> each = Files.newDirectoryStream(threads)) {
            for (Path one : each) {
                String stat = Files.readString(one.resolve("stat"));
                // See proc_pid_stat(5): the state follows the name, which is in parentheses.
                if (stat.charAt(stat.lastIndexOf(')') + 2) != 'T') return false;
            }
            return true;
        } catch (IOException e) {
            return false; // a thread has ended meanwhile
        }
    }

    private void signal(String name) {
        try {
            Process kill =
                    new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start();
            if (kill.waitFor() != 0) {
                throw new IllegalStateException("kill -" + name + " failed");
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    /** Connects an OpenAI-compatible provider at this base URL; its models are those it lists. */
    public void connect(String name, String baseUrl, String key) {
        var body = JSON.createObjectNode().put("vendor", "compatible").put("name", name);
        body.put("base_url", baseUrl).put("api_key", key);
        manage("POST", "/api/v1/providers", JSON.writeValueAsString(body));
    }

    /**
     * Calls the management API as administrator; throws IllegalStateException for anything but
     * success.
     */
    public JsonNode manage(String method, String path, String body) {
        HttpResponse<String> answer = call(method, path, adminToken(), body);
        if (answer.statusCode() >= 300) {
            throw new IllegalStateException(
                    method
                            + " "
                            + path
                            + " answered "
                            + answer.statusCode()
                            + ": "
                            + answer.body()
                            + "\n"
                            + tail());
        }
        return answer.body().isEmpty() ? JSON.nullNode() : JSON.readTree(answer.body());
    }

    /** One request with this key; an empty body for none. */
    public HttpResponse<String> call(String method, String path, String key, String body) {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(address().resolve(path))
                        .timeout(ANSWER_TIMEOUT)
                        .header("authorization", "Bearer " + key)
                        .header("content-type", "application/json")
                        .method(
                                method,
                                body.isEmpty()
                                        ? HttpRequest.BodyPublishers.noBody()
                                        : HttpRequest.BodyPublishers.ofString(body));
        try {
            return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    private Process launch() {
        try {
            Files.createDirectories(data);
            ProcessBuilder builder =
                    new ProcessBuilder(command())
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
            // Nothing of this machine's own providers may leak into a measurement or a test.
            builder.environment()
                    .keySet()
                    .removeIf(name -> name.endsWith("_API_KEY") || name.startsWith("AGENCY_"));
            builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
            // Its master key must not become this user's.
            builder.environment().put("XDG_CONFIG_HOME", data.resolveSibling("config").toString());
            // The scripted upstream is on this machine, where Agency does not call unless it is
            // told to.
            builder.environment().put("AGENCY_EGRESS_ALLOW", "127.0.0.0/8");
            builder.environment().putAll(environment);
            return builder.start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private List<String> command() {
        List<String> command = new ArrayList<>();
        if (Files.isExecutable(program)) {
            command.add(program.toString());
        } else {
            command.addAll(
                    List.of(
                            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                            "-Xmx192m",
                            "-XX:+UseSerialGC",
                            "--enable-native-access=ALL-UNNAMED",
                            "--sun-misc-unsafe-memory-access=allow",
                            "-cp",
                            Checkout.classPath(),
                            "agency.app.cli.Main"));
        }
        command.addAll(
                List.of(
                        "serve",
                        "--data",
                        data.toString(),
                        "--port",
                        Integer.toString(port),
                        "--no-model"));
        return command;
    }

    private void awaitReady() {
        long from = System.nanoTime();
        HttpRequest ready =
                HttpRequest.newBuilder(address().resolve("/ready"))
                        .timeout(Duration.ofSeconds(5))
                        .build();
        while (System.nanoTime() - from < READY_TIMEOUT_MS * 1_000_000L) {
            if (!process.isAlive()) {
                throw new IllegalStateException(
                        "Agency ended with " + process.exitValue() + "\n" + tail());
            }
            try {
                if (http.send(ready, HttpResponse.BodyHandlers.discarding()).statusCode() == 200) {
                    millisToReady = (System.nanoTime() - from) / 1_000_000;
                    return;
                }
            } catch (IOException notYet) {
                // Nothing listens yet.
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("interrupted", e);
            }
            pause();
        }
        throw new IllegalStateException(
                "Agency was not ready within " + READY_TIMEOUT_MS + " ms\n" + tail());
    }

    private String tail() {
        try {
            String said = Files.exists(log) ? Files.readString(log) : "";
            return said.substring(Math.max(0, said.length() - 4_000));
        } catch (IOException e) {
            return "(no output)";
        }
    }

    private static void pause() {
        try {
            Thread.sleep(LOOK_AGAIN_MS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    private static void await(Process process) {
        try {
            process.waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    private static int freePort() {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
