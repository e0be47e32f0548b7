package agency.platform.postgres;

import agency.kernel.fault.Fault;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A small process that holds the reading end of a pipe from us. When the pipe breaks, because we
 * ended in whatever way, it stops the server it was told of last: at first fast, later at once. It
 * is told before the server may begin, and started again when it is killed itself.
 */
final class Watcher implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Watcher.class);

    /**
     * Signals only the process that the server's own lock file names. The lock file may not be
     * written yet when the pipe breaks; 300 rounds of a tenth of a second bound the whole.
     */
    private static final String SCRIPT =
            """
            trap '' INT HUP TERM
            pid=$2
            while read -r line; do pid=$line; done
            [ -n "$pid" ] || exit 0
            round=0
            asked=0
            while [ $round -lt 300 ] && kill -0 "$pid" 2>/dev/null; do
                if [ "$(head -n 1 "$1" 2>/dev/null)" = "$pid" ]; then
                    [ $asked -eq 0 ] && kill -INT "$pid"
                    [ $asked -eq 100 ] && kill -QUIT "$pid"
                    asked=$((asked + 1))
                fi
                round=$((round + 1))
                sleep 0.1
            done
            """;

    private final Path lockFile;
    private @Nullable Process process;
    private long told;
    private boolean closed;

    /** A watcher for the server with this lock file. */
    Watcher(Path data) {
        this.lockFile = data.resolve("postmaster.pid");
    }

    synchronized void start() {
        try {
            Process started =
                    new ProcessBuilder(
                                    "/bin/sh",
                                    "-c",
                                    SCRIPT,
                                    "agency-postgres-watcher",
                                    lockFile.toString(),
                                    // From birth on: we may die before we can tell it.
                                    told == 0 ? "" : Long.toString(told))
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .redirectError(ProcessBuilder.Redirect.DISCARD)
                            .start();
            process = started;
            Signals.afterEnd(started, "postgres-watcher", () -> again(started));
        } catch (IOException failed) {
            throw Fault.lasting(
                    "postgres.watcher",
                    "PostgreSQL's watcher cannot be started: " + failed.getMessage(),
                    Map.of(),
                    failed);
        }
    }

    /** From now on this is the process to stop. */
    synchronized void tell(long pid) {
        told = pid;
        Process running = process;
        if (running == null) {
            return;
        }
        try {
            running.getOutputStream().write((pid + "\n").getBytes(StandardCharsets.US_ASCII));
            running.getOutputStream().flush();
        } catch (IOException ended) {
            LOG.debug("The watcher has just ended; the next one is told");
        }
    }

    /** Its process id. */
    synchronized long pid() {
        return java.util.Objects.requireNonNull(process, "not started").pid();
    }

    @Override
    public synchronized void close() {
        closed = true;
        if (process != null) {
            process.destroyForcibly();
        }
    }

    private synchronized void again(Process ended) {
        if (closed || !ended.equals(process)) {
            return;
        }
        LOG.warn("PostgreSQL's watcher ended by itself; starting another");
        start();
    }
}
