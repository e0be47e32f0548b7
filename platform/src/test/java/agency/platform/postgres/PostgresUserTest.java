package agency.platform.postgres;

import static agency.platform.postgres.PostgresKit.await;
import static agency.platform.postgres.PostgresKit.lives;
import static agency.platform.postgres.PostgresKit.number;
import static agency.platform.postgres.PostgresKit.programs;
import static agency.platform.postgres.PostgresKit.run;
import static agency.platform.postgres.PostgresKit.started;
import static agency.platform.postgres.PostgresKit.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import agency.platform.postgres.PostgresKit.Child;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** As root in its two ways, and as an ordinary user. */
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class PostgresUserTest {
    @TempDir private Path folder;

    @BeforeEach
    void onlyRootCanBecomeAnotherUser() {
        assumeTrue(
                System.getProperty("user.name").equals("root"),
                "only root can become another user; as an ordinary user every other test covers"
                        + " that way");
    }

    @Test
    void rootsServerInANamespaceIsNotRootInside() throws SQLException, IOException {
        assumeTrue(works("unshare", "--user", "true"), "this machine forbids user namespaces");
        Path home = Files.createDirectory(folder.resolve("home"));
        try (EmbeddedPostgres server =
                new EmbeddedPostgres(home, programs(), (any, data) -> Unprivileged.inNamespace())) {
            server.start();
            assertThat(number(server, "SELECT 1")).isEqualTo(1);
        }
        assertThat(owner(home.resolve("data"))).isZero();
    }

    @Test
    void whereNamespacesAreForbiddenRootsServerRunsAsNobodyAndStaysSo()
            throws SQLException, IOException {
        Path home = Files.createDirectory(folder.resolve("home"));
        Files.setPosixFilePermissions(home, PosixFilePermissions.fromString("rwx------"));
        try (EmbeddedPostgres server =
                new EmbeddedPostgres(home, programs(), (any, data) -> Unprivileged.asNobody())) {
            server.start();
            run(server, "CREATE TABLE kept (id int)", "INSERT INTO kept VALUES (1)");
            assertThat(owner(Path.of("/proc/" + server.pid()))).isNotZero();
        }
        int nobody = owner(home.resolve("data"));
        assertThat(nobody).isNotZero();
        // The next start may find that namespaces are allowed; the data stays with its owner.
        try (EmbeddedPostgres server = started(home)) {
            assertThat(number(server, "SELECT id FROM kept")).isEqualTo(1);
            assertThat(owner(Path.of("/proc/" + server.pid()))).isEqualTo(nobody);
        }
    }

    @Test
    void dataMadeByRootIsHandedOverWhenNamespacesAreForbiddenLater()
            throws SQLException, IOException {
        Path home = Files.createDirectory(folder.resolve("home"));
        try (EmbeddedPostgres server = started(home)) {
            run(server, "CREATE TABLE kept (id int)", "INSERT INTO kept VALUES (2)");
        }
        try (EmbeddedPostgres server =
                new EmbeddedPostgres(home, programs(), (any, data) -> Unprivileged.asNobody())) {
            server.start();
            assertThat(number(server, "SELECT id FROM kept")).isEqualTo(2);
        }
    }

    @Test
    void anOrdinaryUserStartsItDirectlyAndItDiesWithItsJvm() throws Exception {
        String user = "agency-test-" + ProcessHandle.current().pid();
        assumeTrue(
                works("useradd", "--no-create-home", "--shell", "/bin/false", user),
                "no user can be added");
        try {
            Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
            Path home = Files.createDirectory(folder.resolve("home"));
            assertThat(works("chown", user, home.toString())).isTrue();
            List<String> become =
                    List.of(
                            "setpriv",
                            "--reuid=" + user,
                            "--regid=nogroup",
                            "--clear-groups",
                            "--");
            String url;
            try (Child child = new Child(become, readableClassPath(), home).ready()) {
                url = child.url();
                run(url, "CREATE TABLE kept (id int)", "INSERT INTO kept VALUES (9)");
                assertThat(text(url, "SELECT current_user")).isEqualTo(Cluster.OWNER);
                assertThat(owner(Path.of("/proc/" + child.server()))).isEqualTo(owner(home));
                child.kill();
                await(() -> !lives(child.server()));
            }
            // Root starts it next: as its owner, so that the owner can use it again afterwards.
            try (EmbeddedPostgres server = started(home)) {
                assertThat(number(server, "SELECT id FROM kept")).isEqualTo(9);
            }
            try (Child child = new Child(become, readableClassPath(), home).ready()) {
                assertThat(text(child.url(), "SELECT id FROM kept")).isEqualTo("9");
                child.kill();
                // A user of whom something still runs cannot be removed.
                await(() -> !lives(child.server()) && !lives(child.watcher()));
            }
        } finally {
            works("userdel", "--force", user);
        }
    }

    /** The class path copied to where every user may read it: root's own folders are closed. */
    private String readableClassPath() throws IOException, InterruptedException {
        List<String> copies = new ArrayList<>();
        Path into = folder.resolve("classes");
        Files.createDirectories(into);
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
            if (Files.exists(Path.of(entry))) {
                Path copy = into.resolve(copies.size() + "-" + Path.of(entry).getFileName());
                assertThat(works("cp", "-r", entry, copy.toString())).isTrue();
                copies.add(copy.toString());
            }
        }
        assertThat(works("chmod", "-R", "a+rX", into.toString())).isTrue();
        return String.join(File.pathSeparator, copies);
    }

    private static int owner(Path file) throws IOException {
        return (Integer) Files.getAttribute(file, "unix:uid");
    }

    private static boolean works(String... command) {
        try {
            return new ProcessBuilder(command)
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException missing) {
            return false;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
