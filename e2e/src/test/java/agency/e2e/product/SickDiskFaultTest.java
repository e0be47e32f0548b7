package agency.e2e.product;

import static org.assertj.core.api.Assertions.assertThat;

import agency.bench.product.StartedAgency;
import agency.bench.upstream.ScriptedUpstream;
import agency.platform.postgres.RunningServer;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import tools.jackson.databind.JsonNode;

/**
 * Fault test F22: the whole program on a small disk that fills up, on a database that becomes
 * read-only, on a disk that is slow and hangs. What was acknowledged is there afterwards, the books
 * are the upstream's, and it serves again by itself.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class) // what the last one loses, the others miss
class SickDiskFaultTest {
    private static final Duration SOON = Duration.ofSeconds(150);
    private static final int DISK_MIB = 700;
    private static final int LEFT_BYTES = 10 << 20;
    private static final int TRIES = 4;

    /** What a person sees when the disk is sick: what to do about it, and nothing of ours. */
    private static final Set<Integer> HONEST = Set.of(429, 503);

    private static Path disk;
    private static ScriptedUpstream upstream;
    private static int upstreamPort;
    private static StartedAgency agency;
    private static String key;

    @BeforeAll
    static void start() throws Exception {
        disk = AgencyFixture.folder("sick-disk").resolve("disk");
        Files.createDirectories(disk);
        run("mount", "-t", "tmpfs", "-o", "size=" + DISK_MIB + "m,mode=700", "tmpfs", "" + disk);
        upstream = ScriptedUpstream.usual();
        upstreamPort = upstream.start(0);
        agency =
                StartedAgency.on(
                        disk.resolve("data"),
                        Map.of(
                                "AGENCY_LEDGER_JOURNAL_SEGMENT_KIB",
                                "256",
                                "AGENCY_LEDGER_OPEN_ATTEMPTS",
                                "256"));
        agency.connect("scripted", "http://127.0.0.1:" + upstreamPort + "/v1", "sk-upstream");
        key = agency.createKey("sick disk");
    }

    @AfterAll
    static void stop() throws Exception {
        agency.close();
        upstream.close();
        run("umount", "-l", disk.toString());
    }

    /** As it is, or as whoever may become root. */
    private static void run(String... command) throws Exception {
        List<String> words = new ArrayList<>();
        if (!System.getProperty("user.name").equals("root")) {
            words.add("sudo");
            words.add("-n");
        }
        words.addAll(List.of(command));
        Process process = new ProcessBuilder(words).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes());
        assertThat(process.waitFor())
                .as("%s: %s; this test needs a user who may mount a tmpfs", words, said)
                .isZero();
    }

    /** People and apps at work: what they were told is remembered. */
    private static final class Work implements AutoCloseable {
        private final AtomicBoolean over = new AtomicBoolean();
        private final Set<String> created = ConcurrentHashMap.newKeySet();
        private final AtomicInteger answered = new AtomicInteger();
        private final AtomicInteger refused = new AtomicInteger();
        private final AtomicInteger notCreated = new AtomicInteger();
        private final Set<String> leaks = ConcurrentHashMap.newKeySet();
        private final List<Thread> threads = new ArrayList<>();

        Work() {
            for (int i = 0; i < 4; i++) {
                threads.add(Thread.startVirtualThread(() -> until(this::chat)));
                threads.add(Thread.startVirtualThread(() -> until(this::create)));
            }
        }

        private void until(Runnable once) {
            while (!over.get()) {
                try {
                    once.run();
                } catch (UncheckedIOException gone) {
                    // The connection ended without an answer: nothing was acknowledged.
                }
            }
        }

        private void chat() {
            HttpResponse<String> answer = agency.chat(key);
            look(answer);
            (answer.statusCode() == 200 ? answered : refused).incrementAndGet();
        }

        private void create() {
            HttpResponse<String> answer =
                    agency.call(
                            "POST",
                            "/api/v1/keys",
                            agency.adminToken(),
                            "{\"name\": \"%s\"}".formatted("n".repeat(60)));
            look(answer);
            if (answer.statusCode() == 201) {
                created.add(agency.json(answer).path("id").asString());
            } else {
                notCreated.incrementAndGet();
            }
        }

        private void look(HttpResponse<String> answer) {
            boolean honest =
                    answer.statusCode() < 300
                            || (HONEST.contains(answer.statusCode())
                                    && answer.body().startsWith("{")
                                    && !answer.body().contains("Exception")
                                    && !answer.body().contains("SQL"));
            if (!honest) {
                leaks.add(answer.statusCode() + " " + answer.body());
            }
        }

        @Override
        public void close() throws InterruptedException {
            over.set(true);
            for (Thread thread : threads) {
                thread.join();
            }
        }
    }

    private interface Sickness {
        void befalls(Work work) throws Exception;
    }

    /** What was acknowledged and is missing afterwards, and answers that ought not to be given. */
    private record Left(Set<String> missing, Set<String> leaks) {}

    /** While it lasts and for a while after it. */
    private static Left leftAfter(Sickness sickness) throws Exception {
        Work work = new Work();
        try (work) {
            Await.within(SOON, "work is under way", () -> work.created.size() > 50);
            sickness.befalls(work);
            int answered = work.answered.get();
            int created = work.created.size();
            Await.within(
                    SOON,
                    "it serves again by itself",
                    () ->
                            work.answered.get() > answered + 50
                                    && work.created.size() > created + 50
                                    && agency.call("GET", "/ready", key, "").statusCode() == 200);
        }
        Set<String> missing = new HashSet<>(work.created);
        missing.removeAll(recorded());
        return new Left(missing, work.leaks);
    }

    private static void survive(String schema, Sickness sickness) throws Exception {
        Left left = leftAfter(sickness);
        assertThat(left.leaks).isEmpty();
        assertThat(left.missing).as("acknowledged but missing").isEmpty();
        List<JsonNode> served = UpstreamCounts.served(upstreamPort);
        Await.within(
                SOON,
                "the books are the upstream's",
                () ->
                        usage().path("reported").path("attempts").asInt() == served.size()
                                && usage().path("reported").path("output_tokens").asLong()
                                        == served.stream()
                                                .mapToLong(one ->
                                                        one.path("completionTokens").asLong())
                                                .sum());
        JsonNode verdict = agency.verdict();
        assertThat(verdict.path("whole").asBoolean()).as(verdict.toString()).isTrue();
        Replayed.sameAsLive(agency, schema);
    }

    private static JsonNode usage() {
        return agency.manage("GET", "/api/v1/usage", "").path("total_by_class");
    }

    /** Every key that the log holds: the program itself might remember one that it has lost. */
    private static Set<String> recorded() throws SQLException {
        Set<String> ids = new HashSet<>();
        try (Connection connection = DriverManager.getConnection(url());
                Statement statement = connection.createStatement();
                ResultSet row =
                        statement.executeQuery(
                                "SELECT s.key FROM log.stream s JOIN log.event e USING (stream_id)"
                                        + " WHERE s.category = 'access.key'")) {
            while (row.next()) {
                ids.add(row.getString(1));
            }
        }
        return ids;
    }

    private static String url() throws SQLException {
        return "jdbc:"
                + RunningServer.ownerUrl(agency.data().resolve("postgres"), "agency")
                        .orElseThrow(() -> new SQLException("PostgreSQL is away"));
    }

    private static void owner(String... statements) throws SQLException {
        try (Connection connection = DriverManager.getConnection(url());
                Statement statement = connection.createStatement()) {
            for (String each : statements) {
                statement.execute(each);
            }
        }
    }

    private static void fill(Path ballast) throws IOException {
        byte[] piece = new byte[1 << 16];
        try (OutputStream out = Files.newOutputStream(ballast)) {
            while (true) {
                out.write(piece);
            }
        } catch (IOException full) {
            // As wanted.
        }
    }

    @Test
    void aDiskThatIsFull() throws Exception {
        survive("after_full", SickDiskFaultTest::full);
    }

    /** Until the write-ahead log has no room either and PostgreSQL gives up, and for a while. */
    private static void full(Work work) throws Exception {
        List<Path> ballast = List.of(disk.resolve("ballast"), disk.resolve("ballast-2"));
        fill(ballast.getFirst());
        // At first tables may grow, and a segment of the write-ahead log, 16 MiB, has no room.
        try (FileChannel last = FileChannel.open(ballast.getFirst(), StandardOpenOption.WRITE)) {
            last.truncate(last.size() - LEFT_BYTES);
        }
        int before = 0;
        for (int half = 0; half < 40; half++) {
            try {
                owner("SELECT pg_switch_wal()", "SELECT txid_current()");
            } catch (SQLException away) {
                before = half < 20 ? work.created.size() : before;
            }
            TimeUnit.MILLISECONDS.sleep(500);
            if (half > 10) {
                fill(ballast.getLast());
            }
        }
        assertThat(work.created).as("it is full").hasSize(before);
        for (Path each : ballast) {
            Files.deleteIfExists(each);
        }
    }

    /** The check of the check: acknowledged before it was on the disk, some are missing. */
    @Test
    @Order(Integer.MAX_VALUE)
    void wouldLoseFactsWithoutDurability() throws Exception {
        String sessions =
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename ="
                        + " 'agency_runtime'";
        owner("ALTER ROLE agency_runtime SET synchronous_commit = off", sessions);
        try {
            Set<String> missing = Set.of();
            // Those of the last fifth of a second are lost, if there were any.
            for (int tried = 0; tried < TRIES && missing.isEmpty(); tried++) {
                missing = leftAfter(SickDiskFaultTest::full).missing;
            }
            assertThat(missing).isNotEmpty();
        } finally {
            owner("ALTER ROLE agency_runtime RESET synchronous_commit", sessions);
        }
    }

    @Test
    void aDatabaseThatIsReadOnly() throws Exception {
        survive(
                "after_read_only",
                work -> {
                    owner(
                            "ALTER SYSTEM SET default_transaction_read_only = on",
                            "SELECT pg_reload_conf()");
                    try {
                        TimeUnit.SECONDS.sleep(1);
                        int before = work.created.size();
                        TimeUnit.SECONDS.sleep(9);
                        assertThat(work.created).as("it is read-only").hasSize(before);
                    } finally {
                        owner(
                                "SET default_transaction_read_only = off",
                                "ALTER SYSTEM RESET default_transaction_read_only",
                                "SELECT pg_reload_conf()");
                    }
                });
    }

    @Test
    void aDiskThatIsSlowAndHangs() throws Exception {
        survive(
                "after_slow",
                work -> {
                    owner(
                            "ALTER SYSTEM SET commit_delay = 100000",
                            "ALTER SYSTEM SET commit_siblings = 0",
                            "SELECT pg_reload_conf()");
                    long pid =
                            Long.parseLong(
                                    Files.readAllLines(
                                                    agency.data()
                                                            .resolve(
                                                                    "postgres/data/postmaster.pid"))
                                            .getFirst());
                    for (int hang = 0; hang < 4; hang++) {
                        TimeUnit.SECONDS.sleep(1);
                        List<String> all = new ArrayList<>(List.of("" + pid));
                        ProcessHandle.of(pid)
                                .orElseThrow()
                                .children()
                                .forEach(one -> all.add("" + one.pid()));
                        signal("-STOP", all);
                        TimeUnit.SECONDS.sleep(hang == 3 ? 13 : 2);
                        signal("-CONT", all);
                    }
                    owner(
                            "ALTER SYSTEM RESET commit_delay",
                            "ALTER SYSTEM RESET commit_siblings",
                            "SELECT pg_reload_conf()");
                });
    }

    private static void signal(String name, List<String> pids) throws Exception {
        List<String> words = new ArrayList<>(List.of("kill", name));
        words.addAll(pids);
        new ProcessBuilder(words).start().waitFor();
    }
}
