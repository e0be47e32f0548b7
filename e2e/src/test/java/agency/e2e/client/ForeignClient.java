package agency.e2e.client;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;

/**
 * A client in another language: its pinned packages, installed once into a cache folder, and its
 * script.
 *
 * <p>Where the tools or the registry are missing the test is skipped with the reason in its name;
 * with {@code CI=true} that is a failure, because CI skips nothing.
 */
final class ForeignClient {

    private static final int INSTALL_TIMEOUT_S = 300;
    private static final int RUN_TIMEOUT_S = 120;

    private final Path home;
    private final List<String> command;

    private ForeignClient(Path home, List<String> command) {
        this.home = home;
        this.command = command;
    }

    /** The npm client: {@code npm ci} by the lock file beside the script. */
    static ForeignClient node() {
        Path sources = sources("node");
        Path home =
                installed(
                        "node",
                        sources.resolve("package-lock.json"),
                        folder -> {
                            copy(sources.resolve("package.json"), folder);
                            copy(sources.resolve("package-lock.json"), folder);
                            must(
                                    run(
                                            folder,
                                            INSTALL_TIMEOUT_S,
                                            List.of("npm", "ci", "--no-audit", "--no-fund")),
                                    "npm ci");
                        });
        // Node resolves packages from the script's own folder upwards, so the script goes where
        // they are.
        copy(sources.resolve("client.mjs"), home);
        return new ForeignClient(home, List.of("node", "client.mjs"));
    }

    /** The PyPI client: a virtual environment with the versions of requirements.txt. */
    static ForeignClient python() {
        Path sources = sources("python");
        Path home =
                installed(
                        "python",
                        sources.resolve("requirements.txt"),
                        folder -> {
                            String pip = folder.resolve("venv/bin/pip").toString();
                            String wanted = sources.resolve("requirements.txt").toString();
                            must(
                                    run(
                                            folder,
                                            INSTALL_TIMEOUT_S,
                                            List.of("python3", "-m", "venv", "--copies", "venv")),
                                    "python3 venv");
                            must(
                                    run(
                                            folder,
                                            INSTALL_TIMEOUT_S,
                                            List.of(pip, "install", "--quiet", "-r", wanted)),
                                    "pip install");
                        });
        return new ForeignClient(
                home,
                List.of(
                        home.resolve("venv/bin/python").toString(),
                        sources.resolve("client.py").toString()));
    }

    /** Runs every check of the script against an endpoint; the lines it printed. */
    List<String> check(Endpoint endpoint, String expectedText) {
        List<String> whole = new java.util.ArrayList<>(command);
        whole.addAll(
                List.of(
                        endpoint.baseUrl(),
                        endpoint.key(),
                        endpoint.chatModel(),
                        endpoint.embeddingModel(),
                        expectedText));
        Outcome outcome = run(home, RUN_TIMEOUT_S, whole);
        List<String> lines =
                Arrays.stream(outcome.output.split("\n"))
                        .filter(line -> line.startsWith("ok ") || line.startsWith("failed "))
                        .toList();
        if (lines.isEmpty()) throw new AssertionError("the client did not run: " + outcome.output);
        return lines;
    }

    private record Outcome(int code, String output) {}

    private interface Install {
        void into(Path folder);
    }

    private static Path installed(String language, Path lock, Install install) {
        String named = System.getenv("AGENCY_TEST_CACHE");
        Path cache =
                named == null
                        ? Path.of(System.getProperty("user.home"), ".cache", "agency", "e2e")
                        : Path.of(named);
        Path home = cache.resolve(language + "-" + digest(lock));
        Path ready = home.resolve("installed");
        if (Files.exists(ready)) return home;
        try {
            Files.createDirectories(home);
            install.into(home);
            Files.writeString(ready, "");
            return home;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (Missing missing) {
            if ("true".equals(System.getenv("CI")))
                throw new AssertionError(missing.getMessage(), missing);
            return Assumptions.abort(
                    "skipped, the "
                            + language
                            + " client cannot be installed here: "
                            + missing.getMessage());
        }
    }

    private static final class Missing extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Missing(String message) {
            super(message);
        }
    }

    private static void must(Outcome outcome, String what) {
        if (outcome.code != 0)
            throw new Missing(what + " ended with " + outcome.code + ": " + outcome.output);
    }

    private static Outcome run(Path folder, int timeoutS, List<String> command) {
        try {
            Path output = Files.createTempFile("foreign-client", ".out");
            Process process =
                    new ProcessBuilder(command)
                            .directory(folder.toFile())
                            .redirectErrorStream(true)
                            .redirectOutput(output.toFile())
                            .start();
            boolean ended = process.waitFor(timeoutS, TimeUnit.SECONDS);
            if (!ended) process.destroyForcibly().waitFor();
            String said = Files.readString(output);
            Files.delete(output);
            return new Outcome(
                    ended ? process.exitValue() : -1,
                    ended ? said : "no end after " + timeoutS + " s: " + said);
        } catch (IOException e) {
            throw new Missing(command.getFirst() + " cannot be started");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    private static Path sources(String language) {
        Path inModule = Path.of("src", "test", language);
        return (Files.isDirectory(inModule) ? inModule : Path.of("e2e").resolve(inModule))
                .toAbsolutePath();
    }

    private static void copy(Path file, Path folder) {
        try {
            Files.copy(
                    file, folder.resolve(file.getFileName()), StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String digest(Path file) {
        try {
            byte[] sum = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file));
            return HexFormat.of().formatHex(sum, 0, 8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
