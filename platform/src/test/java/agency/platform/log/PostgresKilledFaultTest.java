package agency.platform.log;

import static org.assertj.core.api.Assertions.assertThat;

import agency.platform.crypto.Secret;
import agency.platform.log.LogKit.Counted;
import agency.platform.postgres.Database;
import agency.platform.postgres.EmbeddedPostgres;
import agency.platform.testing.PostgresFixture;
import com.zaxxer.hikari.HikariDataSource;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Fault test F2: PostgreSQL itself is killed at once, again and again, in the middle of a storm.
 */
@Timeout(value = 15, unit = TimeUnit.MINUTES)
class PostgresKilledFaultTest {
    private static final int WRITERS = 8;
    private static final int ACKNOWLEDGED_PER_ROUND = 200;
    private static final long DEADLINE_S = 60;

    @TempDir private Path home;

    private record Left(long lost, long holes, long versionHoles, long duplicates) {}

    private Left storm(String options) throws Exception {
        long seed = Faults.seed("F2 " + options);
        Set<UUID> told = ConcurrentHashMap.newKeySet();
        AtomicBoolean over = new AtomicBoolean();
        AtomicInteger serving = new AtomicInteger();
        try (EmbeddedPostgres server = new EmbeddedPostgres(home);
                FaultProxy proxy = new FaultProxy(serving::get, seed)) {
            server.start();
            serving.set(server.port());
            String url = server.ownerUrl("postgres");
            try (Database durable = PostgresFixture.open(Secret.of(url), LogKit.SCHEMA)) {
                // The log itself is made durably, or the mutant would lose even that.
                LogKit.started(durable.runtime()).close();
            }
            String through =
                    "jdbc:" + url.replace(":" + server.port() + "/", ":" + proxy.port() + "/");
            // Two of them, each with connections of its own, as two processes have.
            try (HikariDataSource pool = Faults.pool(through + options, 4, 5);
                    HikariDataSource otherPool = Faults.pool(through + options, 4, 5);
                    PostgresEventLog one = log(pool);
                    PostgresEventLog other = log(otherPool)) {
                one.start();
                other.start();
                List<Thread> writers = new ArrayList<>();
                for (int i = 0; i < WRITERS; i++) {
                    Random random = new Random(seed + i);
                    PostgresEventLog log = i % 2 == 0 ? one : other;
                    writers.add(Thread.startVirtualThread(() -> write(log, random, told, over)));
                }
                for (int round = 0; round < Faults.ROUNDS; round++) {
                    awaitMore(told, ACKNOWLEDGED_PER_ROUND);
                    killAtOnce(server);
                    serving.set(server.port());
                }
                over.set(true);
                for (Thread writer : writers) {
                    writer.join();
                }
            }
            String direct = server.ownerUrl("postgres");
            assertThat(URI.create(direct).getPort()).isEqualTo(serving.get());
            try (Database after = PostgresFixture.open(Secret.of(direct), LogKit.SCHEMA)) {
                return count(after, told);
            }
        }
    }

    private static PostgresEventLog log(DataSource pool) {
        return new PostgresEventLog(
                () -> pool,
                new LogSettings(1, 1L << 23, 1_000, 5_000, 60_000),
                LogKit.FACTS,
                () -> LogKit.BOX,
                LogKit.IDS);
    }

    private static Left count(Database database, Set<UUID> told) throws Exception {
        Set<UUID> missing = new HashSet<>(told);
        try (var connection = database.runtime().getConnection();
                var row =
                        connection
                                .createStatement()
                                .executeQuery("SELECT event_id FROM log.event")) {
            while (row.next()) {
                missing.remove(row.getObject(1, UUID.class));
            }
        }
        return new Left(
                missing.size(),
                Faults.holes(database.runtime()),
                Faults.versionHoles(database.runtime()),
                Faults.duplicates(database.runtime()));
    }

    private static void write(
            PostgresEventLog log, Random random, Set<UUID> told, AtomicBoolean over) {
        while (!over.get()) {
            UUID id = LogKit.IDS.next();
            Append append =
                    new Append(
                            LogKit.stream("s" + random.nextInt(20)),
                            Append.ANY,
                            List.of(new Counted(1)),
                            LogKit.meta(),
                            id,
                            List.of());
            try {
                if (log.append(append).join() instanceof Appended.Ok) {
                    told.add(id);
                }
            } catch (CompletionException e) {
                // Not acknowledged, so it may be there or not.
            }
        }
    }

    private static void awaitMore(Set<UUID> told, int more) {
        int target = told.size() + more;
        long until = System.nanoTime() + DEADLINE_S * 1_000_000_000L;
        while (told.size() < target) {
            assertThat(System.nanoTime()).as("the storm goes on").isLessThan(until);
            Thread.yield();
        }
    }

    private static void killAtOnce(EmbeddedPostgres server) {
        int before = server.restarts();
        ProcessHandle postmaster = ProcessHandle.of(server.pid()).orElseThrow();
        List<ProcessHandle> all = new ArrayList<>(postmaster.descendants().toList());
        all.addFirst(postmaster);
        all.forEach(ProcessHandle::destroyForcibly);
        long until = System.nanoTime() + DEADLINE_S * 1_000_000_000L;
        while (server.restarts() == before || server.state() != EmbeddedPostgres.State.READY) {
            assertThat(System.nanoTime()).as("the server comes back").isLessThan(until);
            Thread.yield();
        }
    }

    @Test
    void losesNothingAcknowledgedWhenPostgresIsKilled() throws Exception {
        assertThat(storm("")).isEqualTo(new Left(0, 0, 0, 0));
    }

    @Test
    void wouldLoseWhatIsAcknowledgedWithoutSynchronousCommit() throws Exception {
        assertThat(storm("&options=-c%20synchronous_commit=off").lost()).isPositive();
    }
}
