package agency.platform.postgres;

import agency.kernel.fault.Fault;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * How PostgreSQL is started: it refuses to run as root, so root starts it in a user namespace of
 * its own ({@code unshare --user}, unmapped: it sees itself as nobody and the data as its own).
 * Anyone else starts it directly.
 */
final class Unprivileged {
    private static final int PROBE_SECONDS = 10;
    private static final Path SETSID = Path.of("/usr/bin/setsid");

    private Unprivileged() {}

    /**
     * The command line with what must stand before it. A session of its own keeps Ctrl-C in our
     * terminal from reaching PostgreSQL before we have finished with it; none of the programs in
     * front forks, so the process id stays.
     */
    static List<String> command(List<String> program) {
        List<String> whole = new ArrayList<>();
        if (Files.isExecutable(SETSID)) {
            whole.add(SETSID.toString());
        }
        if (!System.getProperty("user.name").equals("root")) {
            whole.addAll(program);
            return whole;
        }
        if (!canUnshare()) {
            throw Fault.lasting(
                    "postgres.root",
                    "PostgreSQL does not run as root, and this machine does not let root make a"
                            + " user namespace (unshare --user). Run Agency as an ordinary user, or"
                            + " name a server with database.url.",
                    Map.of(),
                    null);
        }
        whole.addAll(List.of("unshare", "--user", "--"));
        whole.addAll(program);
        return whole;
    }

    private static boolean canUnshare() {
        try {
            Process probe =
                    new ProcessBuilder("unshare", "--user", "true")
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start();
            return probe.waitFor(PROBE_SECONDS, TimeUnit.SECONDS) && probe.exitValue() == 0;
        } catch (IOException missing) {
            return false;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
