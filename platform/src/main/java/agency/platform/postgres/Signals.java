package agency.platform.postgres;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Signals to processes, and waits for their end. */
final class Signals {
    private static final Logger LOG = LoggerFactory.getLogger(Signals.class);

    private static final int STOP_MILLIS = 15_000;
    private static final long POLL_NANOS = 5_000_000;

    private Signals() {}

    /**
     * Stops a server fast (sessions are cut, all that was committed is kept) and, when that takes
     * too long, at once (it recovers at its next start). Whether it has ended.
     */
    static boolean stop(ProcessHandle server) {
        send("INT", server.pid());
        if (ended(server, STOP_MILLIS)) {
            return true;
        }
        LOG.warn("PostgreSQL did not stop within {} ms and is stopped at once", STOP_MILLIS);
        send("QUIT", server.pid());
        return ended(server, STOP_MILLIS);
    }

    /** Sends {@code INT}, {@code QUIT} or {@code KILL}; a process that is gone is no error. */
    static void send(String signal, long pid) {
        try {
            // The shell's own kill: small systems have no /bin/kill.
            new ProcessBuilder("/bin/sh", "-c", "kill -" + signal + " " + pid)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start()
                    .waitFor();
        } catch (IOException failed) {
            LOG.warn("Process {} could not be sent {}: {}", pid, signal, failed.getMessage());
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * Whether the process has ended within so many milliseconds; it need not be a child of ours.
     */
    static boolean ended(ProcessHandle process, long millis) {
        // Not onExit(): that completes on the common pool, which may be busy with something else.
        long deadline = System.nanoTime() + millis * 1_000_000;
        while (lives(process)) {
            if (System.nanoTime() > deadline || Thread.currentThread().isInterrupted()) {
                return false;
            }
            LockSupport.parkNanos(POLL_NANOS);
        }
        return true;
    }

    /** Runs something when a child of ours has ended. */
    static void afterEnd(Process child, String threadName, Runnable then) {
        Thread.ofVirtual()
                .name(threadName)
                .start(() -> {
                    try {
                        child.waitFor();
                        then.run();
                    } catch (InterruptedException interrupted) {
                        Thread.currentThread().interrupt();
                    }
                });
    }

    /** Whether it still runs; one that has ended and is only waited for does not. */
    static boolean lives(ProcessHandle process) {
        try {
            // Ended but never waited for by its parent, as in a container without an init: a
            // zombie.
            String stat = Files.readString(Path.of("/proc/" + process.pid() + "/stat"));
            if (stat.startsWith(" Z ", stat.lastIndexOf(')') + 1)) {
                return false;
            }
        } catch (IOException goneOrNoSuchFileSystem) {
            return process.isAlive();
        }
        return process.isAlive();
    }
}
