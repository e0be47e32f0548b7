package agency.platform.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import agency.kernel.fault.Fault;
import agency.platform.crypto.Secret;
import agency.platform.testing.PostgresFixture;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jdbi.v3.core.statement.UnableToExecuteStatementException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DatabaseTest {
    private static final Schema THINGS = Schema.of("fixture", "db/fixture");

    @TempDir private Path home;

    @Test
    void embeddedItGivesTheRuntimeRoleTheDataAndNotTheSchema() {
        Database database =
                new Database(DatabaseSettings.embedded(), () -> home, List.of(THINGS), List.of());
        database.start();
        try {
            database.jdbi()
                    .useHandle(sql -> sql.execute("INSERT INTO fixture.thing VALUES (1, 'one')"));
            String name =
                    database.jdbi()
                            .withHandle(sql ->
                                    sql.createQuery("SELECT name FROM fixture.thing")
                                            .mapTo(String.class)
                                            .one());
            assertThat(name).isEqualTo("one");
            assertThatThrownBy(() ->
                            database.jdbi()
                                    .useHandle(sql -> sql.execute("DROP TABLE fixture.thing")))
                    .isInstanceOf(UnableToExecuteStatementException.class)
                    .hasMessageContaining("must be owner");
            assertThat(database.where()).contains("embedded");
        } finally {
            database.close();
        }
        Database again =
                new Database(DatabaseSettings.embedded(), () -> home, List.of(THINGS), List.of());
        again.start();
        try {
            int count =
                    again.jdbi()
                            .withHandle(sql ->
                                    sql.createQuery("SELECT count(*) FROM fixture.thing")
                                            .mapTo(Integer.class)
                                            .one());
            assertThat(count).isEqualTo(1);
        } finally {
            again.close();
        }
    }

    @Test
    void aNamedServerIsUsedThroughItsUrl() {
        Database database = PostgresFixture.fresh(THINGS);
        try {
            database.jdbi()
                    .useHandle(sql -> sql.execute("INSERT INTO fixture.thing VALUES (1, 'one')"));
            assertThat(database.embedded()).isEmpty();
        } finally {
            database.close();
        }
    }

    @Test
    void aWrongPasswordIsSaidWithoutShowingIt() {
        int port = PostgresFixture.server().port();
        assertThatThrownBy(() ->
                        open("postgresql://agency_owner:hunter2@127.0.0.1:" + port + "/postgres"))
                .isInstanceOf(Fault.class)
                .hasMessageContaining("refuses the user agency_owner")
                .hasMessageNotContaining("hunter2");
    }

    @Test
    void aMissingDatabaseIsNamedWithTheCommandThatMakesIt() {
        String url = PostgresFixture.server().ownerUrl("not_there");
        assertThatThrownBy(() -> open(url))
                .isInstanceOf(Fault.class)
                .hasMessageContaining("CREATE DATABASE not_there");
    }

    @Test
    void anUnreachableServerIsNamed() {
        assertThatThrownBy(() -> open("postgresql://a:b@127.0.0.1:1/agency"))
                .isInstanceOf(Fault.class)
                .hasMessageContaining("127.0.0.1:1/agency cannot be reached");
    }

    @Test
    void aServerThatMayLoseWhatItAcknowledgedIsRefused() {
        Secret url = PostgresFixture.freshUrl();
        assertThatThrownBy(() -> open(url.reveal() + "&options=-c%20synchronous_commit%3Doff"))
                .isInstanceOf(Fault.class)
                .hasMessageContaining("synchronous_commit is off")
                .hasMessageContaining("ALTER SYSTEM SET synchronous_commit = on");
    }

    @Test
    void aRuntimeRoleThatMayLoseWhatItAcknowledgedIsRefused() throws Exception {
        Secret owner = PostgresFixture.freshUrl();
        ConnectionTarget target = ConnectionTarget.parse("database.url", owner);
        PostgresKit.run(
                owner.reveal(),
                "CREATE ROLE careless LOGIN PASSWORD 'careless'",
                "ALTER ROLE careless SET synchronous_commit = off");
        Secret url = Secret.of("postgresql://careless:careless@" + target.shown());
        Database database =
                new Database(
                        new DatabaseSettings(url, owner, 4),
                        () -> Path.of(""),
                        List.of(THINGS),
                        List.of());
        assertThatThrownBy(database::start)
                .isInstanceOf(Fault.class)
                .hasMessageContaining("synchronous_commit is off")
                .hasMessageContaining("ALTER ROLE");
    }

    @Test
    void moreConnectionsThanTheEmbeddedServerGivesAreRefused() {
        Database database =
                new Database(
                        new DatabaseSettings(null, null, 41),
                        () -> home,
                        List.of(THINGS),
                        List.of());
        assertThatThrownBy(database::start)
                .isInstanceOf(Fault.class)
                .hasMessageContaining("at most 40");
    }

    @Test
    void urlsOfBothFormsAreRead() {
        ConnectionTarget libpq =
                ConnectionTarget.parse(
                        "database.url",
                        Secret.of(
                                "postgresql://an%40na:p%3Aw+1@db.example:5433/agency?sslmode=require"));
        assertThat(libpq.user()).isEqualTo("an@na");
        assertThat(libpq.password().reveal()).isEqualTo("p:w+1");
        assertThat(libpq.jdbcUrl()).isEqualTo("jdbc:postgresql://db.example:5433/agency");
        assertThat(libpq.parameters()).containsEntry("sslmode", "require");
        ConnectionTarget jdbc =
                ConnectionTarget.parse(
                        "database.url",
                        Secret.of("jdbc:postgresql://[::1]/agency?user=u&password=secret"));
        assertThat(jdbc.user()).isEqualTo("u");
        assertThat(jdbc.port()).isEqualTo(5432);
        assertThat(jdbc.jdbcUrl()).isEqualTo("jdbc:postgresql://[::1]:5432/agency");
        assertThat(jdbc.toString()).doesNotContain("secret");
    }

    @Test
    void urlsThatCannotBeUsedSayWhyAndNeverRepeatThePassword() {
        for (String wrong :
                List.of(
                        "mysql://u:pa55@h/db",
                        "postgresql://u:pa55@h",
                        "postgresql://h/db",
                        "postgresql://u:pa55@h h/db")) {
            assertThatThrownBy(() -> ConnectionTarget.parse("database.url", Secret.of(wrong)))
                    .isInstanceOf(Fault.class)
                    .hasMessageContaining("database.url cannot be used")
                    .hasMessageNotContaining("pa55");
        }
    }

    @Test
    void aSecondHolderOfAFolderIsToldWhoHasIt() throws Exception {
        DataDirectory first = new DataDirectory(home.resolve("data"));
        first.start();
        first.describe("process 123 at http://127.0.0.1:8080");
        DataDirectory second = new DataDirectory(home.resolve("data"));
        assertThatThrownBy(second::start)
                .isInstanceOf(Fault.class)
                .hasMessageContaining("process 123 at http://127.0.0.1:8080")
                .hasMessageContaining("--data");
        first.close();
        second.start();
        assertThat(Files.isDirectory(second.folder("journal"))).isTrue();
        second.close();
    }

    private static void open(String url) {
        Database database =
                new Database(
                        new DatabaseSettings(Secret.of(url), null, 4),
                        () -> Path.of(""),
                        List.of(THINGS),
                        List.of());
        try {
            database.start();
        } finally {
            database.close();
        }
    }
}
