package agency.platform.postgres;

import static agency.platform.postgres.PostgresKit.number;
import static agency.platform.postgres.PostgresKit.run;
import static agency.platform.postgres.PostgresKit.started;
import static agency.platform.postgres.PostgresKit.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import agency.kernel.fault.Fault;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.SQLException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 2, unit = TimeUnit.MINUTES)
class EmbeddedPostgresTest {
    @TempDir private Path home;

    @Test
    void keepsWhatWasCommittedOverAStop() throws SQLException, IOException {
        EmbeddedPostgres first = started(home);
        assertThat(first.state()).isEqualTo(EmbeddedPostgres.State.READY);
        run(first, "CREATE TABLE kept (id int)", "INSERT INTO kept VALUES (42)");
        first.close();
        assertThat(first.state()).isEqualTo(EmbeddedPostgres.State.STOPPED);
        try (EmbeddedPostgres second = started(home)) {
            assertThat(second.port()).isBetween(20_000, 32_000);
            assertThat(number(second, "SELECT id FROM kept")).isEqualTo(42);
            assertThat(text(second, "SHOW data_checksums")).isEqualTo("on");
            assertThat(text(second, "SHOW fsync")).isEqualTo("on");
            assertThat(text(second, "SHOW full_page_writes")).isEqualTo("on");
            assertThat(text(second, "SHOW synchronous_commit")).isEqualTo("on");
            assertThat(text(second, "SHOW listen_addresses")).isEqualTo("127.0.0.1");
            assertThat(text(second, "SHOW unix_socket_directories")).isEmpty();
            assertThat(text(second, "SHOW password_encryption")).isEqualTo("scram-sha-256");
        }
        assertThat(
                        PosixFilePermissions.toString(
                                Files.getPosixFilePermissions(home.resolve("password"))))
                .isEqualTo("rw-------");
        assertThat(home.resolve("data/postmaster.pid")).doesNotExist();
    }

    @Test
    void letsNobodyInWithoutThePassword() {
        try (EmbeddedPostgres server = started(home)) {
            String wrong =
                    "postgresql://127.0.0.1:" + server.port() + "/postgres?user=" + Cluster.OWNER;
            assertThatThrownBy(() -> run(wrong + "&password=guess", "SELECT 1"))
                    .isInstanceOf(SQLException.class)
                    .hasMessageContaining("password authentication failed");
        }
    }

    @Test
    void refusesDataOfAnotherMajorVersion() throws IOException {
        started(home).close();
        Files.writeString(home.resolve("data/PG_VERSION"), "17\n");
        assertThatThrownBy(() -> started(home))
                .isInstanceOf(Fault.class)
                .hasMessageContaining("PostgreSQL 17")
                .hasMessageContaining("export and import");
    }

    @Test
    void neverMakesAnewWhatIsDamaged() throws IOException {
        Files.createDirectories(home.resolve("data/base"));
        Files.writeString(home.resolve("password"), "the only one");
        assertThatThrownBy(() -> started(home))
                .isInstanceOf(Fault.class)
                .hasMessageContaining("no PG_VERSION");
        assertThat(home.resolve("password")).hasContent("the only one");
        assertThat(home.resolve("data/base")).isDirectory();
    }

    @Test
    void saysWhatIsMissingWhenThePasswordIsGone() throws IOException {
        started(home).close();
        Files.delete(home.resolve("password"));
        assertThatThrownBy(() -> started(home))
                .isInstanceOf(Fault.class)
                .hasMessageContaining(home.resolve("password").toString());
    }

    @Test
    void saysWhyPostgresDidNotStart() throws IOException {
        started(home).close();
        Files.writeString(home.resolve("data/postgresql.conf"), "no_such_setting = 1\n");
        assertThatThrownBy(() -> started(home))
                .isInstanceOf(Fault.class)
                .hasMessageContaining("configuration file")
                .hasMessageContaining("postgres.log");
    }

    @Test
    void boundsWhatPostgresWritesDown() throws IOException {
        Path file = home.resolve("postgres.log");
        ServerLog log = new ServerLog(file, 100);
        Files.writeString(file, "x".repeat(100));
        log.bound();
        assertThat(file).hasSize(100);
        Files.writeString(file, "y".repeat(101));
        log.bound();
        assertThat(file).isEmptyFile();
        assertThat(home.resolve("postgres.log.1")).hasSize(101);
    }

    @Test
    void quotesOnlyTheLatestLaunch() throws IOException {
        Path file = home.resolve("postgres.log");
        Files.writeString(file, "2026-01-01 FATAL:  of long ago\n");
        ServerLog log = new ServerLog(file, 1_000);
        assertThat(log.launch()).isNotNull();
        assertThat(log.lastFatal()).isEqualTo("it gave no reason");
        Files.writeString(file, Files.readString(file) + "2026-01-02 FATAL:  of now\n");
        assertThat(log.lastFatal()).isEqualTo("of now");
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
}
