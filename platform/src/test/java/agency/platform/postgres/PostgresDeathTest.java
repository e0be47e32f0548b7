package agency.platform.postgres;

import static agency.platform.postgres.PostgresKit.answers;
import static agency.platform.postgres.PostgresKit.await;
import static agency.platform.postgres.PostgresKit.kill;
import static agency.platform.postgres.PostgresKit.lives;
import static agency.platform.postgres.PostgresKit.number;
import static agency.platform.postgres.PostgresKit.run;
import static agency.platform.postgres.PostgresKit.started;
import static agency.platform.postgres.PostgresKit.text;
import static org.assertj.core.api.Assertions.assertThat;

import agency.platform.postgres.PostgresKit.Child;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Each of the three processes killed with SIGKILL, and starts cut short: nothing is lost, nothing
 * left over.
 */
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class PostgresDeathTest {
    private static final int STARTS_CUT_SHORT = 4;

    @TempDir private Path home;

    @Test
    void comesBackOnTheSamePortWhenItIsKilledInTheMiddleOfWork() throws SQLException {
        try (EmbeddedPostgres server = started(home)) {
            run(server, "CREATE TABLE kept (id int)", "INSERT INTO kept VALUES (7)");
            String url = server.ownerUrl("postgres");
            // A backend that computes does not notice that its server is gone, and would bar the
            // next.
            CompletableFuture<SQLException> busy =
                    CompletableFuture.supplyAsync(() ->
                            failureOf(
                                    url,
                                    "SELECT count(*) FROM pg_class a, pg_class b, pg_class c,"
                                            + " pg_class d"));
            await(() ->
                    quietly(
                                    server,
                                    "SELECT count(*) FROM pg_stat_activity WHERE query LIKE"
                                            + " '%pg_class a%' AND pid <> pg_backend_pid()")
                            == 1);
            long killed = server.pid();
            int port = server.port();
            kill(killed);
            await(() -> server.pid() != killed && answers(server));
            assertThat(busy.join().getSQLState()).startsWith("08");
            assertThat(server.port()).isEqualTo(port);
            assertThat(server.restarts()).isEqualTo(1);
            assertThat(server.state()).isEqualTo(EmbeddedPostgres.State.READY);
            assertThat(number(server, "SELECT id FROM kept")).isEqualTo(7);
        }
    }

    @Test
    void isStoppedByTheNewWatcherWhenTheFirstWasKilled() throws IOException {
        try (Child child = new Child(home).ready()) {
            kill(child.watcher());
            await(() ->
                    child.jvm
                            .children()
                            .anyMatch(it ->
                                    it.pid() != child.watcher()
                                            && it.info()
                                                    .commandLine()
                                                    .map(line ->
                                                            line.contains(
                                                                    "agency-postgres-watcher"))
                                                    .orElse(false)));
            assertThat(lives(child.server())).isTrue();
            child.kill();
            await(() -> !lives(child.server()));
        }
    }

    @Test
    void diesWithUsAndLosesNothing() throws IOException, SQLException {
        try (Child child = new Child(home).ready()) {
            run(child.url(), "CREATE TABLE kept (id int)", "INSERT INTO kept VALUES (1)");
            child.kill();
            await(() -> !lives(child.server()) && !lives(child.watcher()));
        }
        try (EmbeddedPostgres next = started(home)) {
            assertThat(number(next, "SELECT id FROM kept")).isEqualTo(1);
        }
    }

    @Test
    void aLeftoverOfAnEarlierLifeIsStoppedBeforeTheNextStart() throws IOException, SQLException {
        try (Child child = new Child(home).ready()) {
            run(child.url(), "CREATE TABLE kept (id int)", "INSERT INTO kept VALUES (3)");
            // Held still, so that it cannot replace its watcher before it is killed too.
            Signals.send("STOP", child.jvm.pid());
            kill(child.watcher());
            child.kill();
            assertThat(lives(child.server())).isTrue();
            try (EmbeddedPostgres next = started(home)) {
                assertThat(next.pid()).isNotEqualTo(child.server());
                assertThat(number(next, "SELECT id FROM kept")).isEqualTo(3);
            }
            assertThat(lives(child.server())).isFalse();
        }
    }

    @Test
    void allThreeKilledAtOnceLoseNothing() throws IOException, SQLException {
        try (Child child = new Child(home).ready()) {
            run(child.url(), "CREATE TABLE kept (id int)", "INSERT INTO kept VALUES (5)");
            Signals.send("STOP", child.jvm.pid());
            kill(child.watcher());
            kill(child.server());
            child.kill();
        }
        try (EmbeddedPostgres next = started(home)) {
            assertThat(number(next, "SELECT id FROM kept")).isEqualTo(5);
        }
    }

    @Test
    void aStaleLockFileWhoseNumberNowIsAnotherProgramsIsSeenThrough()
            throws IOException, SQLException {
        started(home).close();
        Process other = new ProcessBuilder("sleep", "600").start();
        try {
            Path lockFile = home.resolve("data/postmaster.pid");
            Files.writeString(
                    lockFile,
                    other.pid()
                            + "\n"
                            + home.resolve("data")
                            + "\n1700000000\n20001\n\n127.0.0.1\n\nready\n");
            try (EmbeddedPostgres next = started(home)) {
                assertThat(number(next, "SELECT 1")).isEqualTo(1);
            }
            assertThat(other.isAlive()).isTrue();
        } finally {
            other.destroyForcibly();
        }
    }

    @Test
    void aMakingThatIsKilledInTheMiddleIsBegunAgain() throws IOException, SQLException {
        try (Child child = new Child(home)) {
            await(() -> making() != null);
            child.kill();
            assertThat(home.resolve("data")).doesNotExist();
        }
        try (EmbeddedPostgres server = started(home)) {
            assertThat(number(server, "SELECT 1")).isEqualTo(1);
            assertThat(text(server, "SHOW data_checksums")).isEqualTo("on");
        }
        started(home).close();
        await(() -> {
            // An initdb that outlived its starter removes or finishes its own folder; a later start
            // clears it.
            started(home).close();
            return making() == null;
        });
    }

    @Test
    void aStartCutShortAnywhereIsFollowedByASoundOne() throws IOException, SQLException {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        try (EmbeddedPostgres first = started(home)) {
            run(first, "CREATE TABLE kept (id int)");
        }
        for (int round = 0; round < STARTS_CUT_SHORT; round++) {
            try (Child child = new Child(home)) {
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(200 + random.nextInt(1_000)));
                child.kill();
            }
            try (EmbeddedPostgres next = started(home)) {
                assertThat(number(next, "SELECT count(*) FROM kept"))
                        .as("seed " + seed)
                        .isEqualTo(round);
                run(next, "INSERT INTO kept VALUES (" + round + ")");
            }
        }
    }

    /** The folder of a making that has got some way, or null. */
    private @org.jspecify.annotations.Nullable Path making() {
        try (var all = Files.list(home)) {
            return all.filter(path -> path.getFileName().toString().startsWith("making-"))
                    .filter(path -> Files.exists(path.resolve("PG_VERSION")))
                    .findFirst()
                    .orElse(null);
        } catch (IOException unreadable) {
            throw new java.io.UncheckedIOException(unreadable);
        }
    }

    private static SQLException failureOf(String url, String query) {
        try {
            throw new AssertionError("answered " + text(url, query));
        } catch (SQLException failed) {
            return failed;
        }
    }

    private static int quietly(EmbeddedPostgres server, String query) {
        try {
            return number(server, query);
        } catch (SQLException notNow) {
            return -1;
        }
    }
}
