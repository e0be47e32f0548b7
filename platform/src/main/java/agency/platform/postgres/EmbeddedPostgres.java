package agency.platform.postgres;

import agency.kernel.fault.Fault;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * PostgreSQL 18 as a child of this process, on loopback, with a data directory that is kept.
 *
 * <p>It dies with us: a watcher process holds the reading end of a pipe from this process; when the
 * pipe breaks, because we ended in whatever way, the watcher stops PostgreSQL (fast shutdown). When
 * the watcher itself is killed a new one is started; when PostgreSQL is killed it is started again
 * on the same port, and recovers from its log. A leftover of an earlier life is stopped before a
 * new start; PostgreSQL's own lock file and ours keep two from working on one folder.
 */
public final class EmbeddedPostgres implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(EmbeddedPostgres.class);

    private static final int START_MILLIS = 120_000;
    private static final int STOP_MILLIS = 15_000;
    private static final int POLL_MILLIS = 3;
    private static final long LOG_KEPT_BYTES = 5_000_000;
    private static final long FIRST_RESTART_WAIT_MILLIS = 50;
    private static final long LONGEST_RESTART_WAIT_MILLIS = 10_000;

    /** Small enough for a laptop; durability is never traded. */
    private static final List<String> SETTINGS =
            List.of(
                    "listen_addresses=127.0.0.1",
                    "unix_socket_directories=",
                    "fsync=on",
                    "full_page_writes=on",
                    "synchronous_commit=on",
                    "max_connections=48",
                    "shared_buffers=48MB",
                    "work_mem=4MB",
                    "maintenance_work_mem=32MB",
                    "autovacuum_max_workers=1",
                    "autovacuum_worker_slots=1",
                    "max_worker_processes=1",
                    "max_parallel_workers=0",
                    "max_parallel_workers_per_gather=0",
                    "max_logical_replication_workers=0",
                    "max_replication_slots=0",
                    "max_wal_senders=2",
                    "io_method=sync",
                    "jit=off",
                    "wal_level=replica",
                    "wal_compression=off",
                    "max_wal_size=512MB",
                    "min_wal_size=64MB",
                    "checkpoint_timeout=15min",
                    "effective_cache_size=512MB",
                    "timezone=UTC",
                    "log_timezone=UTC",
                    "log_checkpoints=off",
                    "log_min_messages=warning",
                    "log_min_error_statement=panic",
                    "log_parameter_max_length=0",
                    "log_parameter_max_length_on_error=0");

    private final Path home;
    private @Nullable Cluster cluster;
    private @Nullable Process server;
    private @Nullable Process watcher;
    private int port;
    private volatile boolean closing;

    /** A server whose files lie below this folder; {@link #start} makes them. */
    public EmbeddedPostgres(Path home) {
        this.home = home;
    }

    /** Starts and waits until connections are accepted. */
    public synchronized void start() {
        Cluster files = Cluster.below(home);
        cluster = files;
        stopLeftover(files);
        startOn(files, 0);
    }

    /** The port on 127.0.0.1. */
    public synchronized int port() {
        return port;
    }

    /** How to connect as the owner. */
    synchronized ConnectionTarget owner(String database) {
        Cluster files = java.util.Objects.requireNonNull(cluster, "not started");
        return new ConnectionTarget(
                "127.0.0.1", port, database, Cluster.OWNER, files.password(), Map.of());
    }

    /**
     * How its owner connects to one of its databases, password included; for tests and for tools of
     * the operator.
     */
    public synchronized String ownerUrl(String database) {
        ConnectionTarget target = owner(database);
        return "postgresql://"
                + target.shown()
                + "?user="
                + target.user()
                + "&password="
                + target.password().reveal();
    }

    /** The server's process id, for those who measure or kill it. */
    public synchronized long pid() {
        return java.util.Objects.requireNonNull(server, "not started").pid();
    }

    /** The watcher's process id. */
    public synchronized long watcherPid() {
        return java.util.Objects.requireNonNull(watcher, "not started").pid();
    }

    /** Stops it (fast shutdown: sessions are cut, all that was committed is kept). */
    @Override
    public void close() {
        closing = true;
        synchronized (this) {
            Process running = server;
            if (running == null) {
                return;
            }
            signal(running.pid(), "INT");
            if (!ended(running, STOP_MILLIS)) {
                LOG.warn(
                        "PostgreSQL did not stop within {} ms and is stopped at once", STOP_MILLIS);
                signal(running.pid(), "QUIT");
                ended(running, STOP_MILLIS);
            }
            if (watcher != null) {
                watcher.destroyForcibly();
            }
            server = null;
        }
    }

    private void startOn(Cluster files, int wantedPort) {
        for (int attempt = 1; ; attempt++) {
            port = wantedPort == 0 ? freePort() : wantedPort;
            Process started = launch(files);
            Optional<String> failure = awaitReady(files, started);
            if (failure.isEmpty()) {
                server = started;
                watcher = watch(files, started);
                var watched = started.onExit().thenRunAsync(() -> restart(files, started));
                LOG.debug(
                        "PostgreSQL listens on 127.0.0.1:{} ({})",
                        port,
                        watched.isDone() ? "ended" : "ready");
                return;
            }
            started.destroyForcibly();
            if (attempt == 3 || !failure.get().contains("could not bind")) {
                throw Fault.passing(
                        "postgres.start",
                        "PostgreSQL did not start: " + failure.get() + " (see " + files.log() + ")",
                        Map.of("log", files.log().toString()),
                        null);
            }
        }
    }

    /** Started again after it ended without our asking; waits longer each time it fails. */
    private void restart(Cluster files, Process ended) {
        long wait = FIRST_RESTART_WAIT_MILLIS;
        while (!closing) {
            synchronized (this) {
                if (closing || !ended.equals(server)) {
                    return;
                }
                LOG.error(
                        "PostgreSQL ended by itself (status {}); starting it again",
                        ended.exitValue());
                try {
                    stopLeftover(files);
                    startOn(files, port);
                    LOG.info("PostgreSQL is back");
                    return;
                } catch (Fault failed) {
                    LOG.error("{}", failed.getMessage());
                }
            }
            try {
                Thread.sleep(wait);
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
                return;
            }
            wait = Math.min(LONGEST_RESTART_WAIT_MILLIS, wait * 2);
        }
    }

    private Process launch(Cluster files) {
        List<String> command =
                new ArrayList<>(
                        List.of(
                                files.programs().resolve("bin/postgres").toString(),
                                "-D",
                                files.data().toString(),
                                "-p",
                                "" + port));
        for (String setting : SETTINGS) {
            command.add("-c");
            command.add(setting);
        }
        try {
            if (Files.exists(files.log()) && Files.size(files.log()) > LOG_KEPT_BYTES) {
                Files.delete(files.log());
            }
            return new ProcessBuilder(Unprivileged.command(command))
                    .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(files.log().toFile()))
                    .start();
        } catch (IOException failed) {
            throw Fault.lasting(
                    "postgres.launch",
                    "PostgreSQL cannot be launched: " + failed.getMessage(),
                    Map.of("log", files.log().toString()),
                    failed);
        }
    }

    /**
     * Empty when it is ready; otherwise why it is not. Its pid file says {@code ready} on the
     * eighth line.
     */
    private static Optional<String> awaitReady(Cluster files, Process started) {
        Path pidFile = files.data().resolve("postmaster.pid");
        long deadline = System.nanoTime() + START_MILLIS * 1_000_000L;
        while (System.nanoTime() < deadline) {
            if (!started.isAlive()) {
                return Optional.of(lastLogLine(files));
            }
            List<String> lines = lines(pidFile);
            if (lines.size() >= 8
                    && lines.getFirst().strip().equals("" + started.pid())
                    && lines.get(7).strip().equals("ready")) {
                return Optional.empty();
            }
            if (ended(started, POLL_MILLIS)) {
                return Optional.of(lastLogLine(files));
            }
        }
        return Optional.of("it was not ready within " + START_MILLIS / 1000 + " s");
    }

    /**
     * Stops a server that an earlier life left behind; only one that really runs on this very
     * folder.
     */
    private static void stopLeftover(Cluster files) {
        List<String> lines = lines(files.data().resolve("postmaster.pid"));
        if (lines.isEmpty()) {
            return;
        }
        Optional<ProcessHandle> leftover = parsedPid(lines.getFirst()).flatMap(ProcessHandle::of);
        if (leftover.isEmpty() || !worksOn(leftover.get(), files.data())) {
            return; // PostgreSQL itself clears the stale file away
        }
        LOG.warn(
                "Stopping a PostgreSQL (process {}) that an earlier start left behind",
                leftover.get().pid());
        signal(leftover.get().pid(), "INT");
        if (!gone(leftover.get(), STOP_MILLIS)) {
            signal(leftover.get().pid(), "QUIT");
            if (!gone(leftover.get(), STOP_MILLIS)) {
                throw Fault.lasting(
                        "postgres.leftover",
                        "A PostgreSQL (process "
                                + leftover.get().pid()
                                + ") still works on "
                                + files.data()
                                + " and does not stop. End it with: kill -QUIT "
                                + leftover.get().pid(),
                        Map.of("pid", "" + leftover.get().pid()),
                        null);
            }
        }
    }

    private static boolean worksOn(ProcessHandle process, Path data) {
        Path folder = Path.of("/proc/" + process.pid() + "/cwd");
        try {
            if (Files.exists(folder)) {
                return Files.isSameFile(folder, data);
            }
        } catch (IOException vanishedOrForbidden) {
            return false;
        }
        return process.info()
                .commandLine()
                .map(line -> line.contains(data.toString()))
                .orElse(false);
    }

    private Process watch(Cluster files, Process running) {
        // Reads until the pipe from us breaks; then stops the server if that is still the one it
        // was told of.
        String script =
                "while read -r line; do :; done; "
                        + "[ \"$(head -n 1 \"$2\" 2>/dev/null)\" = \"$1\" ] && kill -INT \"$1\"";
        try {
            Process started =
                    new ProcessBuilder(
                                    "/bin/sh",
                                    "-c",
                                    "trap '' INT HUP TERM; " + script,
                                    "agency-postgres-watcher",
                                    "" + running.pid(),
                                    files.data().resolve("postmaster.pid").toString())
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .redirectError(ProcessBuilder.Redirect.DISCARD)
                            .start();
            var watched = started.onExit().thenRunAsync(() -> rewatch(files, running, started));
            LOG.debug("PostgreSQL is watched by process {} ({})", started.pid(), watched.isDone());
            return started;
        } catch (IOException failed) {
            throw Fault.lasting(
                    "postgres.watcher",
                    "PostgreSQL's watcher cannot be started: " + failed.getMessage(),
                    Map.of(),
                    failed);
        }
    }

    private void rewatch(Cluster files, Process running, Process ended) {
        synchronized (this) {
            if (!closing && running.equals(server) && running.isAlive() && ended.equals(watcher)) {
                LOG.warn("PostgreSQL's watcher ended by itself; starting another");
                watcher = watch(files, running);
            }
        }
    }

    private static String lastLogLine(Cluster files) {
        List<String> said =
                lines(files.log()).stream().filter(line -> line.contains("FATAL")).toList();
        return said.isEmpty()
                ? "it gave no reason"
                : said.getLast().replaceFirst("^.*FATAL: *", "");
    }

    private static List<String> lines(Path file) {
        try {
            return Files.readAllLines(file);
        } catch (IOException absentOrBeingWritten) {
            return List.of();
        }
    }

    private static Optional<Long> parsedPid(String line) {
        try {
            return Optional.of(Long.parseLong(line.strip()));
        } catch (NumberFormatException garbage) {
            return Optional.empty();
        }
    }

    private static void signal(long pid, String name) {
        try {
            int status =
                    new ProcessBuilder("/bin/kill", "-" + name, "" + pid)
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start()
                            .waitFor();
            LOG.debug("kill -{} {}: {}", name, pid, status);
        } catch (IOException failed) {
            LOG.warn("Process {} could not be signalled: {}", pid, failed.getMessage());
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private static boolean ended(Process process, long millis) {
        try {
            return process.waitFor(millis, TimeUnit.MILLISECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return !process.isAlive();
        }
    }

    private static boolean gone(ProcessHandle process, long millis) {
        try {
            process.onExit().get(millis, TimeUnit.MILLISECONDS);
            return true;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return false;
        } catch (java.util.concurrent.ExecutionException
                | java.util.concurrent.TimeoutException still) {
            return !process.isAlive();
        }
    }

    private static int freePort() {
        try (ServerSocket probe = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return probe.getLocalPort();
        } catch (IOException none) {
            throw Fault.passing(
                    "postgres.no-port", "There is no free port for PostgreSQL.", Map.of(), none);
        }
    }
}
