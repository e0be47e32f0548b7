package agency.platform.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
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
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * What the tests of the embedded server share: the unpacked programs, a child JVM, a little SQL.
 */
final class PostgresKit {
    static final Duration PATIENCE = Duration.ofSeconds(60);

    private PostgresKit() {}

    private static final class Programs {
        private static final Path FOLDER = unpacked();

        private static Path unpacked() {
            try {
                Path folder = Files.createTempDirectory("agency-programs-");
                // Others start them too: see PostgresUserTest.
                Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
                PostgresBinaries.unpackedBelow(folder);
                Runtime.getRuntime().addShutdownHook(new Thread(() -> removed(folder)));
                return folder;
            } catch (IOException unwritable) {
                throw new UncheckedIOException(unwritable);
            }
        }

        private static void removed(Path folder) {
            try {
                PostgresBinaries.removeTree(folder);
            } catch (IOException left) {
                throw new UncheckedIOException(left);
            }
        }
    }

    /** Unpacked once for all tests of this JVM. */
    static Path programs() {
        return Programs.FOLDER;
    }

    static EmbeddedPostgres started(Path home) {
        EmbeddedPostgres server = new EmbeddedPostgres(home, programs());
        server.start();
        return server;
    }

    /** A JVM of its own with an embedded server in it. */
    static final class Child implements AutoCloseable {
        final Process jvm;
        private long server;
        private long watcher;
        private String url = "";

        /** Launched, not yet ready. */
        Child(List<String> before, String classPath, Path home) throws IOException {
            List<String> command = new ArrayList<>(before);
            command.addAll(
                    List.of(
                            ProcessHandle.current().info().command().orElseThrow(),
                            "-XX:TieredStopAtLevel=1",
                            "-cp",
                            classPath,
                            ChildJvm.class.getName(),
                            home.toString(),
                            programs().toString()));
            jvm =
                    new ProcessBuilder(command)
                            .redirectError(ProcessBuilder.Redirect.INHERIT)
                            .start();
        }

        Child(Path home) throws IOException {
            this(List.of(), System.getProperty("java.class.path"), home);
        }

        /** Waits until its server accepts connections. */
        Child ready() throws IOException {
            BufferedReader out =
                    new BufferedReader(
                            new InputStreamReader(jvm.getInputStream(), StandardCharsets.UTF_8));
            String line = Objects.requireNonNull(out.readLine(), "the child JVM ended");
            while (!line.matches("\\d+ \\d+ postgresql:.*")) {
                line = Objects.requireNonNull(out.readLine(), "the child JVM ended");
            }
            String[] said = line.split(" ");
            server = Long.parseLong(said[0]);
            watcher = Long.parseLong(said[1]);
            url = said[2];
            return this;
        }

        long server() {
            return server;
        }

        long watcher() {
            return watcher;
        }

        String url() {
            return url;
        }

        void kill() {
            jvm.destroyForcibly();
            await(() -> !jvm.isAlive());
        }

        @Override
        public void close() {
            kill();
        }
    }

    static boolean lives(long pid) {
        return ProcessHandle.of(pid).map(Signals::lives).orElse(false);
    }

    static void kill(long pid) {
        ProcessHandle.of(pid).orElseThrow().destroyForcibly();
    }

    static boolean answers(EmbeddedPostgres server) {
        try {
            return number(server, "SELECT 1") == 1;
        } catch (SQLException notYet) {
            return false;
        }
    }

    static void run(EmbeddedPostgres server, String... statements) throws SQLException {
        run(server.ownerUrl("postgres"), statements);
    }

    static void run(String url, String... statements) throws SQLException {
        try (Connection connection = DriverManager.getConnection("jdbc:" + url);
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    static int number(EmbeddedPostgres server, String query) throws SQLException {
        return Integer.parseInt(text(server, query));
    }

    static String text(EmbeddedPostgres server, String query) throws SQLException {
        return text(server.ownerUrl("postgres"), query);
    }

    static String text(String url, String query) throws SQLException {
        try (Connection connection = DriverManager.getConnection("jdbc:" + url);
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(query)) {
            assertThat(row.next()).isTrue();
            return row.getString(1);
        }
    }

    static void await(BooleanSupplier condition) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("waited " + PATIENCE).isLessThan(deadline);
            LockSupport.parkNanos(10_000_000);
        }
    }
}
