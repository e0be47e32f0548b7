package agency.platform.postgres;

import agency.kernel.fault.Fault;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What an earlier life left on a data directory: a running server, its orphaned backends, or only
 * its lock file. To be asked by whoever holds the folder, before a start.
 */
final class Leftovers {
    private static final Logger LOG = LoggerFactory.getLogger(Leftovers.class);

    private static final int KILL_MILLIS = 5_000;
    private static final String PROGRAM = "postgres";

    private Leftovers() {}

    /** Stops them all; throws a {@link Fault} that names the process which does not stop. */
    static void clear(Path data) {
        Path lockFile = data.resolve("postmaster.pid");
        Optional<ProcessHandle> named = firstLine(lockFile).flatMap(ProcessHandle::of);
        Optional<ProcessHandle> server = named.filter(process -> worksOn(process, data));
        server.ifPresent(running -> stop(running, data));
        // A server that was killed cannot take its backends with it; while one of them is busy, no
        // new server starts.
        for (ProcessHandle orphan :
                ProcessHandle.allProcesses().filter(it -> worksOn(it, data)).toList()) {
            LOG.warn(
                    "Ending a backend (process {}) that a killed PostgreSQL left behind",
                    orphan.pid());
            Signals.send("KILL", orphan.pid());
            Signals.ended(orphan, KILL_MILLIS);
        }
        if (named.isPresent() && server.isEmpty()) {
            // The number was given to another program since, or belongs to a server that has ended
            // and that its parent has not waited for (as in a container without an init).
            // PostgreSQL would take either for a living server and refuse.
            try {
                Files.deleteIfExists(lockFile);
                LOG.warn(
                        "Removed {}: process {} is not a PostgreSQL that works there",
                        lockFile,
                        named.get().pid());
            } catch (IOException kept) {
                throw Fault.lasting(
                        "postgres.lock-file",
                        lockFile + " is stale and cannot be removed: " + kept.getMessage(),
                        Map.of("file", lockFile.toString()),
                        kept);
            }
        }
    }

    private static void stop(ProcessHandle server, Path data) {
        LOG.warn(
                "Stopping a PostgreSQL (process {}) that an earlier start left behind",
                server.pid());
        if (Signals.stop(server)) {
            return;
        }
        throw Fault.lasting(
                "postgres.leftover",
                "A PostgreSQL (process "
                        + server.pid()
                        + ") still works on "
                        + data
                        + " and does not stop. End it with: kill -QUIT "
                        + server.pid(),
                Map.of("pid", "" + server.pid()),
                null);
    }

    /**
     * Whether this is a PostgreSQL whose working directory is the data, which is where all of them
     * stand.
     */
    private static boolean worksOn(ProcessHandle process, Path data) {
        Path kernel = Path.of("/proc/" + process.pid());
        try {
            if (Files.isDirectory(kernel)) {
                return Files.readString(kernel.resolve("comm")).strip().equals(PROGRAM)
                        && Files.isSameFile(kernel.resolve("cwd"), data);
            }
        } catch (IOException goneOrForbidden) {
            // Forbidden in a container without ptrace; the command line is still readable.
        }
        return process.info()
                .commandLine()
                .map(line ->
                        line.contains("bin/" + PROGRAM + " ") && line.contains(data.toString()))
                .orElse(false);
    }

    private static Optional<Long> firstLine(Path lockFile) {
        try (var lines = Files.lines(lockFile)) {
            return lines.findFirst().map(String::strip).map(Long::parseLong);
        } catch (IOException
                | NumberFormatException
                | java.io.UncheckedIOException absentOrGarbage) {
            return Optional.empty();
        }
    }
}
