package agency.platform.log;

import static org.assertj.core.api.Assertions.assertThat;

import agency.platform.crypto.Secret;
import agency.platform.log.LogKit.Counted;
import agency.platform.postgres.Database;
import agency.platform.testing.PostgresFixture;
import com.zaxxer.hikari.HikariDataSource;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Fault test F6: every append is sent one to three times through a proxy that loses things. */
@Timeout(value = 15, unit = TimeUnit.MINUTES)
class LossyProxyFaultTest {
    private static final int WRITERS = 8;
    private static final int APPENDS = 40;
    private static final double FAULTS = 0.02;

    private Database database;
    private String url;
    private int port;

    @BeforeEach
    void start() {
        Secret secret = PostgresFixture.freshUrl();
        url = secret.reveal();
        port = URI.create(url).getPort();
        database = PostgresFixture.open(secret, LogKit.SCHEMA);
        LogKit.started(database.runtime()).close();
    }

    @AfterEach
    void stop() {
        database.close();
    }

    private record Left(long duplicates, int unknown, long missing) {}

    private Left storm(String function) throws Exception {
        long seed = Faults.seed("F6 " + function);
        AtomicInteger unknown = new AtomicInteger();
        int appends = APPENDS * Faults.ROUNDS;
        // Two of them, each with connections of its own, as two processes have.
        try (FaultProxy proxy = new FaultProxy(() -> port, seed);
                HikariDataSource pool = pool(proxy);
                HikariDataSource otherPool = pool(proxy);
                PostgresEventLog log = log(pool, function);
                PostgresEventLog other = log(otherPool, function)) {
            log.start();
            other.start();
            proxy.faults(FAULTS);
            List<Thread> writers = new ArrayList<>();
            for (int i = 0; i < WRITERS; i++) {
                Random random = new Random(seed + i);
                String key = "w" + i;
                writers.add(
                        Thread.startVirtualThread(() -> {
                            for (int n = 0; n < appends; n++) {
                                send(List.of(log, other), key, n, random, unknown);
                            }
                        }));
            }
            for (Thread writer : writers) {
                writer.join();
            }
            proxy.faults(0);
        }
        long facts = Faults.number(database.runtime(), "SELECT count(*) FROM log.event");
        return new Left(
                Faults.duplicates(database.runtime()),
                unknown.get(),
                Math.max(0, (long) WRITERS * appends - facts));
    }

    private HikariDataSource pool(FaultProxy proxy) {
        return Faults.pool("jdbc:" + url.replace(":" + port + "/", ":" + proxy.port() + "/"), 6, 1);
    }

    private static PostgresEventLog log(HikariDataSource pool, String function) {
        return new PostgresEventLog(
                () -> pool,
                new LogSettings(1, 1L << 23, 1_000, 1_000, 60_000),
                LogKit.FACTS,
                () -> LogKit.BOX,
                LogKit.IDS,
                function);
    }

    private static void send(
            List<PostgresEventLog> logs, String key, int n, Random random, AtomicInteger unknown) {
        Append append =
                new Append(
                        LogKit.stream(key),
                        n % 2 == 0 ? Append.ANY : n,
                        List.of(new Counted(n)),
                        LogKit.meta(),
                        LogKit.IDS.next(),
                        List.of());
        int times = 1 + random.nextInt(3);
        for (int i = 0; i < times; i++) {
            try {
                // A repetition may come to another process.
                Appended answer = logs.get(random.nextInt(logs.size())).append(append).join();
                if (!(answer instanceof Appended.Ok || answer instanceof Appended.Duplicate)) {
                    unknown.incrementAndGet();
                }
            } catch (CompletionException e) {
                unknown.incrementAndGet();
            }
        }
    }

    @Test
    void recordsEachOnceAndLeavesNoOutcomeUnknown() throws Exception {
        assertThat(storm("log.append")).isEqualTo(new Left(0, 0, 0));
    }

    @Test
    void wouldRecordTwiceWithoutLookingForTheRequestsId() throws Exception {
        String mutant =
                Faults.mutant(
                        database,
                        "append_forgetful",
                        "IF v_before[i] IS NOT NULL THEN",
                        "IF false THEN",
                        "INSERT INTO log.event_key",
                        "INSERT INTO pg_temp.event_key_lost",
                        "  IF v_any THEN\n    INSERT",
                        "  IF false THEN\n    INSERT");
        assertThat(storm(mutant).duplicates()).isPositive();
    }
}
