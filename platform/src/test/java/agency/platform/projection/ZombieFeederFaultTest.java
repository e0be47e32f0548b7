package agency.platform.projection;

import static org.assertj.core.api.Assertions.assertThat;

import agency.platform.crypto.Secret;
import agency.platform.log.Append;
import agency.platform.log.Faults;
import agency.platform.log.LogKit;
import agency.platform.log.LogKit.Counted;
import agency.platform.log.PostgresEventLog;
import agency.platform.postgres.Database;
import agency.platform.testing.PostgresFixture;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Fault test F7: processes that feed a projection's shards are stopped past their lease, while
 * others take over, and go on afterwards as if nothing had been; one is killed.
 */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class ZombieFeederFaultTest {
    private static final int LEASE_MS = 600;
    private static final int CHILDREN = 3;
    private static final int STREAMS = 24;
    private static final long BATCH_MS = 25;

    private Database database;
    private String url;
    private PostgresEventLog log;

    @BeforeEach
    void start() {
        Secret secret = PostgresFixture.freshUrl();
        url = "jdbc:" + secret.reveal();
        database = PostgresFixture.open(secret, LogKit.SCHEMA);
        database.jdbi().useHandle(sql -> sql.execute(SlowTotals.TABLE));
        log = LogKit.started(database.runtime());
    }

    @AfterEach
    void stop() {
        log.close();
        database.close();
    }

    /**
     * What was left.
     *
     * @param wrong streams whose sum in the rows is not their sum in the log
     * @param takenOver how often a shard changed hands
     */
    private record Left(long wrong, long takenOver) {}

    private Left storm(String fence) throws Exception {
        Random random = new Random(Faults.seed("F7 " + fence));
        List<FeederChild.Running> children = new ArrayList<>();
        AtomicBoolean ended = new AtomicBoolean();
        Thread appending = Thread.startVirtualThread(() -> append(ended));
        try {
            for (int i = 0; i < CHILDREN; i++) {
                children.add(new FeederChild.Running(url, LEASE_MS, fence, BATCH_MS));
            }
            for (int round = 0; round < Faults.ROUNDS + 2; round++) {
                TimeUnit.MILLISECONDS.sleep(random.nextLong(200, 500));
                FeederChild.Running victim = children.get(random.nextInt(CHILDREN));
                victim.stop();
                TimeUnit.MILLISECONDS.sleep(3L * LEASE_MS);
                victim.resume();
            }
            children.removeFirst().kill();
            TimeUnit.MILLISECONDS.sleep(500);
            ended.set(true);
            appending.join();
            awaitHead();
            return new Left(wrong(), changes());
        } finally {
            ended.set(true);
            appending.join();
            for (FeederChild.Running child : children) {
                child.kill();
            }
        }
    }

    private void append(AtomicBoolean ended) {
        Random random = new Random(1);
        while (!ended.get()) {
            log.append(
                            new Append(
                                    LogKit.stream("s" + random.nextInt(STREAMS)),
                                    Append.ANY,
                                    List.of(new Counted(1)),
                                    LogKit.meta(),
                                    LogKit.IDS.next(),
                                    List.of()))
                    .join();
        }
    }

    private void awaitHead() throws Exception {
        long head = log.head(0).value();
        long end = System.nanoTime() + 60_000_000_000L;
        while (Faults.number(
                        database.runtime(), "SELECT coalesce(min(pos), 0) FROM log.subscription")
                < head) {
            assertThat(System.nanoTime()).as("fed to the head").isLessThan(end);
            TimeUnit.MILLISECONDS.sleep(20);
        }
    }

    private long wrong() throws Exception {
        return Faults.number(
                database.runtime(),
                "SELECT count(*) FROM log.stream s LEFT JOIN total t ON t.key = s.key AND"
                        + " t.generation = 1 WHERE s.category = 'test' AND s.version IS DISTINCT"
                        + " FROM t.sum");
    }

    private long changes() throws Exception {
        return Faults.number(database.runtime(), "SELECT sum(epoch) FROM log.subscription");
    }

    @Test
    void nothingIsAppliedTwiceOrLeftOut() throws Exception {
        Left left = storm(SqlGenerationStore.FENCE);
        assertThat(left.wrong()).isZero();
        assertThat(left.takenOver()).isGreaterThan(8);
    }

    @Test
    void withoutTheFenceItIs() throws Exception {
        assertThat(storm("true").wrong()).isPositive();
    }
}
