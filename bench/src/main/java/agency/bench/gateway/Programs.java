package agency.bench.gateway;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Programs of the machine that the benchmark needs: looked up, and installed where it may. */
final class Programs {

    private static final int INSTALL_TIMEOUT_S = 300;

    private Programs() {}

    static boolean onPath(String program) {
        for (String folder : System.getenv().getOrDefault("PATH", "").split(":")) {
            if (Files.isExecutable(Path.of(folder.isEmpty() ? "." : folder, program))) return true;
        }
        return false;
    }

    /** Installs Debian's nginx when it is missing and we are root; gives whether nginx is there. */
    static boolean ensureNginx(Path folder) {
        if (onPath("nginx")) return true;
        if (!onPath("apt-get") || !"root".equals(System.getProperty("user.name"))) return false;
        runs(folder, List.of("apt-get", "install", "-y", "--no-install-recommends", "nginx-light"));
        return onPath("nginx");
    }

    /** Runs a program to its end, output to a file in the folder; gives whether it ended well. */
    static boolean runs(Path folder, List<String> command) {
        try {
            Process process =
                    new ProcessBuilder(command)
                            .directory(folder.toFile())
                            .redirectErrorStream(true)
                            .redirectOutput(folder.resolve("install.log").toFile())
                            .start();
            if (process.waitFor(INSTALL_TIMEOUT_S, TimeUnit.SECONDS))
                return process.exitValue() == 0;
            process.destroyForcibly();
            return false;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** A folder that outlives the run, so that peers are installed once. */
    static Path cache(String name) throws IOException {
        String named = System.getenv("AGENCY_TEST_CACHE");
        Path root =
                named == null
                        ? Path.of(System.getProperty("user.home"), ".cache", "agency", "bench")
                        : Path.of(named);
        return Files.createDirectories(root.resolve(name));
    }
}
