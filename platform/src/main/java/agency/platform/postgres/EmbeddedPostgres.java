package agency.platform.postgres;

import agency.kernel.fault.Fault;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * PostgreSQL 18 as a child of this process, on loopback, with a data directory that is kept.
 *
 * <p>It dies with us: a watcher process holds the reading end of a pipe from this process; when the
 * pipe breaks, because we ended in whatever way, the watcher stops PostgreSQL (fast shutdown). When
 * the watcher itself is killed a new one is started; when PostgreSQL is killed it is started again
 * on the same port, and recovers from its log; so is one that hangs in its recovery. A leftover of
 * an earlier life is stopped before a new start; PostgreSQL's own lock file and ours keep two from
 * working on one folder.
 */
public final class EmbeddedPostgres implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(EmbeddedPostgres.class);

    private static final int START_MILLIS = 120_000;
    private static final int POLL_MILLIS = 3;
    private static final int START_ATTEMPTS = 3;
    private static final long LOG_FILE_BYTES = 5_000_000;
    private static final long LOG_LOOK_MILLIS = 60_000;
    private static final long HEALTH_LOOK_MILLIS = 10_000;
    private static final Duration STUCK = Duration.ofSeconds(30);
    private static final long FIRST_RESTART_WAIT_MILLIS = 50;
    private static final long LONGEST_RESTART_WAIT_MILLIS = 10_000;

    /** A server that ran so long was sound; its end begins the waits anew. */
    private static final long SOUND_MILLIS = 60_000;

    // Below the range from which Linux takes the ports of outgoing connections, of which we make
    // many:
    // one of those could take the port while the server is being started again.
    private static final int LOWEST_PORT = 20_000;
    private static final int PORTS = 12_000;
    private static final int PORT_ATTEMPTS = 50;

    /** What the server is doing. */
    public enum State {
        /** Not yet started, or closed. */
        STOPPED,
        /** Being started, for the first time or again. */
        STARTING,
        /** Connections are accepted. */
        READY,
        /** It ended by itself and did not start again; tried again after a wait. */
        FAILED
    }

    private final Path home;
    private final Path programsHome;
    private final BiFunction<Path, Path, Unprivileged> identity;
    private @Nullable Cluster cluster;
    private @Nullable ServerLog log;
    private volatile @Nullable Process server;
    private @Nullable Watcher watcher;
    private volatile int port;
    private volatile State state = State.STOPPED;
    private final AtomicInteger restarts = new AtomicInteger();
    private volatile boolean closing;
    private long readyAt;
    private long restartWait = FIRST_RESTART_WAIT_MILLIS;

    /** A server whose files lie below this folder, which exists; {@link #start} makes them. */
    public EmbeddedPostgres(Path home) {
        this(home, home);
    }

    /** The same with the unpacked programs elsewhere, so that several can share them; for tests. */
    public EmbeddedPostgres(Path home, Path programsHome) {
        this(home, programsHome, Unprivileged::reaching);
    }

    EmbeddedPostgres(Path home, Path programsHome, BiFunction<Path, Path, Unprivileged> identity) {
        this.home = home.toAbsolutePath().normalize();
        this.programsHome = programsHome.toAbsolutePath().normalize();
        this.identity = identity;
    }

    /** Starts and waits until connections are accepted. */
    public synchronized void start() {
        state = State.STARTING;
        try {
            Cluster files = Cluster.below(home, programsHome, identity);
            cluster = files;
            log = new ServerLog(files.log(), LOG_FILE_BYTES);
            Leftovers.clear(files.data());
            Watcher watching = new Watcher(files.data());
            watching.start();
            watcher = watching;
            startOn(files, 0);
            Thread.ofVirtual().name("postgres-log").start(this::boundLog);
            Thread.ofVirtual().name("postgres-health").start(this::seeToIt);
        } finally {
            if (state != State.READY) {
                state = State.STOPPED;
                if (watcher != null) {
                    watcher.close();
                }
            }
        }
    }

    /** The port on 127.0.0.1; the same for the life of this object. */
    public int port() {
        return port;
    }

    /** What it is doing now. */
    public State state() {
        return state;
    }

    /** How often it was started again after it had ended by itself. */
    public int restarts() {
        return restarts.get();
    }

    /** How to connect as the owner. */
    synchronized ConnectionTarget owner(String database) {
        Cluster files = Objects.requireNonNull(cluster, "not started");
        return new ConnectionTarget(
                "127.0.0.1", port, database, Cluster.OWNER, files.password(), Map.of());
    }

    /**
     * How its owner connects to one of its databases, password included; for tests and for tools of
     * the operator.
     */
    public String ownerUrl(String database) {
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
        return Objects.requireNonNull(server, "not started").pid();
    }

    /** The watcher's process id. */
    public synchronized long watcherPid() {
        return Objects.requireNonNull(watcher, "not started").pid();
    }

    /** Stops it (fast shutdown: sessions are cut, all that was committed is kept). */
    @Override
    public void close() {
        closing = true;
        synchronized (this) {
            Process running = server;
            if (running != null) {
                Signals.stop(running.toHandle());
                server = null;
            }
            if (watcher != null) {
                watcher.close();
            }
            state = State.STOPPED;
        }
    }

    private void startOn(Cluster files, int wantedPort) {
        for (int attempt = 1; ; attempt++) {
            port = wantedPort == 0 ? freePort() : wantedPort;
            Process started = launch(files);
            Optional<String> failure = awaitReady(files, started);
            if (failure.isEmpty()) {
                server = started;
                readyAt = System.nanoTime();
                state = State.READY;
                Signals.afterEnd(started, "postgres-restart", () -> restart(files, started));
                return;
            }
            Signals.stop(started.toHandle());
            // PostgreSQL's words when another program has taken the port since we looked.
            if (attempt == START_ATTEMPTS || !failure.get().contains("TCP/IP sockets")) {
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
        while (!closing) {
            long wait;
            synchronized (this) {
                if (closing || !ended.equals(server)) {
                    return;
                }
                LOG.error(
                        "PostgreSQL ended by itself (status {}); starting it again",
                        ended.exitValue());
                if (System.nanoTime() - readyAt > SOUND_MILLIS * 1_000_000) {
                    restartWait = FIRST_RESTART_WAIT_MILLIS;
                }
                wait = restartWait;
                restartWait = Math.min(LONGEST_RESTART_WAIT_MILLIS, wait * 2);
                if (restarted(files)) {
                    return;
                }
            }
            if (!slept(wait)) {
                return;
            }
        }
    }

    private boolean restarted(Cluster files) {
        state = State.STARTING;
        try {
            Leftovers.clear(files.data());
            startOn(files, port);
            restarts.incrementAndGet();
            LOG.info("PostgreSQL is back");
            return true;
        } catch (Fault failed) {
            state = State.FAILED;
            LOG.error("{}", failed.getMessage());
            return false;
        }
    }

    /**
     * Begun behind a gate: a shell that becomes the server only when it is told to, after the
     * watcher knows its number. So there is no moment at which our end leaves it unwatched.
     */
    private Process launch(Cluster files) {
        List<String> server =
                new ArrayList<>(
                        List.of(
                                files.programs().resolve("bin/postgres").toString(),
                                "-D",
                                files.data().toString(),
                                "-p",
                                "" + port));
        for (String setting : ServerSettings.ALL) {
            server.add("-c");
            server.add(setting);
        }
        List<String> gate =
                new ArrayList<>(
                        List.of("/bin/sh", "-c", "read -r go && exec \"$@\" </dev/null", "gate"));
        gate.addAll(files.identity().command(server));
        try {
            Process started =
                    new ProcessBuilder(gate)
                            .redirectErrorStream(true)
                            .redirectOutput(Objects.requireNonNull(log).launch())
                            .start();
            Objects.requireNonNull(watcher).tell(started.pid());
            try (var open = started.getOutputStream()) {
                open.write("go\n".getBytes(StandardCharsets.US_ASCII));
            }
            return started;
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
    private Optional<String> awaitReady(Cluster files, Process started) {
        Path pidFile = files.data().resolve("postmaster.pid");
        long deadline = System.nanoTime() + START_MILLIS * 1_000_000L;
        while (System.nanoTime() < deadline) {
            List<String> lines = lines(pidFile);
            if (lines.size() >= 8
                    && lines.getFirst().strip().equals("" + started.pid())
                    && lines.get(7).strip().equals("ready")) {
                return Optional.empty();
            }
            try {
                if (started.waitFor(POLL_MILLIS, TimeUnit.MILLISECONDS)) {
                    return Optional.of(Objects.requireNonNull(log).lastFatal());
                }
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
                return Optional.of("the start was interrupted");
            }
        }
        return Optional.of("it was not ready within " + START_MILLIS / 1000 + " s");
    }

    /** Stops a server that hangs, whereupon it is started again. */
    private void seeToIt() {
        StuckRecovery stuck = new StuckRecovery(STUCK);
        while (!closing && slept(HEALTH_LOOK_MILLIS)) {
            Process now = server;
            if (closing || now == null || state != State.READY || !now.isAlive()) {
                continue;
            }
            if (stuck.sure(owner("postgres"), now.toHandle())) {
                LOG.error("PostgreSQL hangs in its recovery; stopping it to start it again");
                Signals.stop(now.toHandle());
            }
        }
    }

    private void boundLog() {
        while (!closing && slept(LOG_LOOK_MILLIS)) {
            Objects.requireNonNull(log).bound();
        }
    }

    private static boolean slept(long millis) {
        try {
            Thread.sleep(millis);
            return true;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private static List<String> lines(Path file) {
        try {
            return Files.readAllLines(file);
        } catch (IOException absentOrBeingWritten) {
            return List.of();
        }
    }

    private static int freePort() {
        for (int attempt = 0; attempt < PORT_ATTEMPTS; attempt++) {
            int candidate = LOWEST_PORT + ThreadLocalRandom.current().nextInt(PORTS);
            try (ServerSocket probe =
                    new ServerSocket(candidate, 1, InetAddress.ofLiteral("127.0.0.1"))) {
                return probe.getLocalPort();
            } catch (IOException taken) {
                LOG.debug("Port {} is taken", candidate);
            }
        }
        throw Fault.passing(
                "postgres.no-port",
                "There is no free port for PostgreSQL on 127.0.0.1.",
                Map.of("from", "" + LOWEST_PORT, "ports", "" + PORTS),
                null);
    }
}
