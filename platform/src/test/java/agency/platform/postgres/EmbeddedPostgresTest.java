package agency.platform.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import agency.kernel.fault.Fault;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 2, unit = TimeUnit.MINUTES)
class EmbeddedPostgresTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @TempDir private Path home;

    @Test
    void keepsWhatWasCommittedOverAStop() throws SQLException, IOException {
        try (EmbeddedPostgres first = new EmbeddedPostgres(home)) {
            first.start();
            run(first, "CREATE TABLE kept (id int)", "INSERT INTO kept VALUES (42)");
        }
        try (EmbeddedPostgres second = new EmbeddedPostgres(home)) {
            second.start();
            assertThat(number(second, "SELECT id FROM kept")).isEqualTo(42);
            assertThat(text(second, "SHOW data_checksums")).isEqualTo("on");
            assertThat(text(second, "SHOW synchronous_commit")).isEqualTo("on");
            assertThat(text(second, "SHOW listen_addresses")).isEqualTo("127.0.0.1");
        }
        assertThat(
                        PosixFilePermissions.toString(
                                Files.getPosixFilePermissions(home.resolve("password"))))
                .isEqualTo("rw-------");
    }

    @Test
    void comesBackOnTheSamePortWhenItIsKilled() throws SQLException {
        try (EmbeddedPostgres server = new EmbeddedPostgres(home)) {
            server.start();
            run(server, "CREATE TABLE kept (id int)", "INSERT INTO kept VALUES (7)");
            long killed = server.pid();
            int port = server.port();
            ProcessHandle.of(killed).orElseThrow().destroyForcibly();
            await(() -> server.pid() != killed && answers(server));
            assertThat(server.port()).isEqualTo(port);
            assertThat(number(server, "SELECT id FROM kept")).isEqualTo(7);
        }
    }

    @Test
    void getsANewWatcherWhenItsWatcherIsKilled() {
        try (EmbeddedPostgres server = new EmbeddedPostgres(home)) {
            server.start();
            long killed = server.watcherPid();
            ProcessHandle.of(killed).orElseThrow().destroyForcibly();
            await(() ->
                    server.watcherPid() != killed
                            && ProcessHandle.of(server.watcherPid())
                                    .map(ProcessHandle::isAlive)
                                    .orElse(false));
            assertThat(answers(server)).isTrue();
        }
    }

    @Test
    void diesWithUsAndLosesNothing() throws IOException, SQLException {
        Child child = new Child(home);
        run(child.url, "CREATE TABLE kept (id int)", "INSERT INTO kept VALUES (1)");
        child.jvm.destroyForcibly();
        await(() ->
                ProcessHandle.of(child.server).isEmpty()
                        && ProcessHandle.of(child.watcher).isEmpty());
        try (EmbeddedPostgres next = new EmbeddedPostgres(home)) {
            next.start();
            assertThat(number(next, "SELECT id FROM kept")).isEqualTo(1);
        }
    }

    @Test
    void aLeftoverOfAnEarlierLifeIsStoppedBeforeTheNextStart() throws IOException, SQLException {
        Child child = new Child(home);
        run(child.url, "CREATE TABLE kept (id int)", "INSERT INTO kept VALUES (3)");
        // The watcher first, so that nobody is left to stop the server; our JVM at once after it.
        ProcessHandle.of(child.watcher).orElseThrow().destroyForcibly();
        child.jvm.destroyForcibly();
        await(() -> !child.jvm.isAlive());
        try (EmbeddedPostgres next = new EmbeddedPostgres(home)) {
            next.start();
            assertThat(next.pid()).isNotEqualTo(child.server);
            assertThat(number(next, "SELECT id FROM kept")).isEqualTo(3);
        }
        await(() -> ProcessHandle.of(child.server).isEmpty());
    }

    @Test
    void aMakingThatWasCutShortIsBegunAgain() throws IOException, SQLException {
        Files.createDirectories(home.resolve("making-data/base"));
        Files.writeString(home.resolve("making-data/PG_VERSION"), "18\n");
        Files.writeString(home.resolve("password"), "left by the making that was cut short");
        try (EmbeddedPostgres server = new EmbeddedPostgres(home)) {
            server.start();
            assertThat(number(server, "SELECT 1")).isEqualTo(1);
        }
        assertThat(home.resolve("making-data")).doesNotExist();
    }

    @Test
    void refusesDataOfAnotherMajorVersion() throws IOException {
        try (EmbeddedPostgres server = new EmbeddedPostgres(home)) {
            server.start();
        }
        Files.writeString(home.resolve("data/PG_VERSION"), "17\n");
        try (EmbeddedPostgres server = new EmbeddedPostgres(home)) {
            assertThatThrownBy(server::start)
                    .isInstanceOf(Fault.class)
                    .hasMessageContaining("PostgreSQL 17")
                    .hasMessageContaining("export and import");
        }
    }

    @Test
    void namesTheArchiveOfEachSystem() {
        assertThat(PostgresBinaries.archive("Linux", "amd64"))
                .isEqualTo("postgres-linux-x86_64.txz");
        assertThat(PostgresBinaries.archive("Linux", "aarch64"))
                .isEqualTo("postgres-linux-arm_64.txz");
        assertThat(PostgresBinaries.archive("Mac OS X", "x86_64"))
                .isEqualTo("postgres-darwin-x86_64.txz");
        assertThat(PostgresBinaries.archive("Mac OS X", "aarch64"))
                .isEqualTo("postgres-darwin-arm_64.txz");
    }

    /** A JVM of its own with an embedded server in it. */
    private static final class Child {
        private final Process jvm;
        private final long server;
        private final long watcher;
        private final String url;

        Child(Path home) throws IOException {
            jvm =
                    new ProcessBuilder(
                                    List.of(
                                            ProcessHandle.current().info().command().orElseThrow(),
                                            "-cp",
                                            System.getProperty("java.class.path"),
                                            ChildJvm.class.getName(),
                                            home.toString()))
                            .redirectError(ProcessBuilder.Redirect.INHERIT)
                            .start();
            BufferedReader out =
                    new BufferedReader(
                            new InputStreamReader(jvm.getInputStream(), StandardCharsets.UTF_8));
            String[] said = out.readLine().split(" ");
            server = Long.parseLong(said[0]);
            watcher = Long.parseLong(said[1]);
            url = said[2];
        }
    }

    private static boolean answers(EmbeddedPostgres server) {
        try {
            return number(server, "SELECT 1") == 1;
        } catch (SQLException notYet) {
            return false;
        }
    }

    private static void run(EmbeddedPostgres server, String... statements) throws SQLException {
        run(server.ownerUrl("postgres"), statements);
    }

    private static void run(String url, String... statements) throws SQLException {
        try (Connection connection = DriverManager.getConnection("jdbc:" + url);
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    private static int number(EmbeddedPostgres server, String query) throws SQLException {
        return Integer.parseInt(text(server, query));
    }

    private static String text(EmbeddedPostgres server, String query) throws SQLException {
        try (Connection connection =
                        DriverManager.getConnection("jdbc:" + server.ownerUrl("postgres"));
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(query)) {
            assertThat(row.next()).isTrue();
            return row.getString(1);
        }
    }

    private static void await(BooleanSupplier condition) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("waited " + PATIENCE).isLessThan(deadline);
            java.util.concurrent.locks.LockSupport.parkNanos(10_000_000);
        }
    }
}
