package agency.platform.log;

import static org.assertj.core.api.Assertions.assertThat;

import agency.kernel.fact.Recorded;
import agency.platform.crypto.Secret;
import agency.platform.postgres.Database;
import agency.platform.testing.PostgresFixture;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Fault tests F1 and F4: writers are killed in the middle of a storm, readers read along. */
@Timeout(value = 15, unit = TimeUnit.MINUTES)
class AppendStormFaultTest {
    private static final int CHILDREN = 2;
    private static final int ACKNOWLEDGED_PER_ROUND = 300;
    private static final int ROUND_WITHIN_S = 60;

    private Database database;
    private String url;

    @BeforeEach
    void start() {
        Secret secret = PostgresFixture.freshUrl();
        url = "jdbc:" + secret.reveal();
        database = PostgresFixture.open(secret, LogKit.SCHEMA);
        LogKit.started(database.runtime()).close();
    }

    @AfterEach
    void stop() {
        database.close();
    }

    /** What a storm left behind. */
    private record Left(long lost, long holes, long versionHoles, long duplicates, long broken) {}

    private Left storm(String function, String how, int children) throws Exception {
        Random random = new Random(Faults.seed("F1 " + function + " " + how));
        Map<UUID, Long> told = StormChild.told();
        AtomicLong count = new AtomicLong();
        List<StormChild.Running> running = new ArrayList<>();
        for (int i = 0; i < children; i++) {
            running.add(new StormChild.Running(url, random.nextLong(), function, how, told, count));
        }
        try (Tailer tailer = new Tailer(database.runtime())) {
            for (int round = 0; round < Faults.ROUNDS; round++) {
                awaitMore(count, ACKNOWLEDGED_PER_ROUND);
                int victim = random.nextInt(children);
                running.get(victim).kill();
                running.set(
                        victim,
                        new StormChild.Running(url, random.nextLong(), function, how, told, count));
            }
            awaitMore(count, ACKNOWLEDGED_PER_ROUND);
            for (StormChild.Running child : running) {
                child.kill();
            }
            DataSource owner = database.runtime();
            return new Left(
                    lost(told),
                    Faults.holes(owner),
                    Faults.versionHoles(owner),
                    Faults.duplicates(owner),
                    tailer.broken());
        }
    }

    private static void awaitMore(AtomicLong count, long more) {
        long target = count.get() + more;
        long until = System.nanoTime() + ROUND_WITHIN_S * 1_000_000_000L;
        while (count.get() < target) {
            assertThat(System.nanoTime()).as("the storm goes on").isLessThan(until);
            Thread.onSpinWait();
            Thread.yield();
        }
    }

    private long lost(Map<UUID, Long> told) throws Exception {
        Map<UUID, Long> found = new HashMap<>();
        try (var connection = database.runtime().getConnection();
                var row =
                        connection
                                .createStatement()
                                .executeQuery("SELECT event_id, pos FROM log.event")) {
            while (row.next()) {
                found.put(row.getObject(1, UUID.class), row.getLong(2));
            }
        }
        return told.entrySet().stream()
                .filter(e -> !e.getValue().equals(found.get(e.getKey())))
                .count();
    }

    /** Reads along and counts how often what it had read turned out not to be a prefix. */
    private static final class Tailer implements AutoCloseable {
        private final DataSource database;
        private final PostgresEventLog log;
        private final CountDownLatch closing = new CountDownLatch(1);
        private final Thread thread = Thread.ofVirtual().unstarted(this::run);
        private long read;
        private long last;
        private volatile long broken;

        Tailer(DataSource database) {
            this.database = database;
            this.log = LogKit.started(database);
            thread.start();
        }

        private void run() {
            try {
                do {
                    for (Recorded fact : log.lane(0, last, 1_000, Set.of())) {
                        broken += fact.position().value() == last + 1 ? 0 : 1;
                        last = fact.position().value();
                        read++;
                    }
                    long standing =
                            Faults.number(
                                    database,
                                    "SELECT count(*) FROM log.event WHERE pos <= " + last);
                    broken += standing == read ? 0 : 1;
                } while (!closing.await(1, TimeUnit.MILLISECONDS));
            } catch (Exception e) {
                broken += 1_000_000;
            }
        }

        long broken() throws InterruptedException {
            closing.countDown();
            thread.join();
            return broken;
        }

        @Override
        public void close() {
            closing.countDown();
            log.close();
        }
    }

    @Test
    void losesNothingAcknowledgedAndLeavesNoHoleWhenWritersAreKilled() throws Exception {
        assertThat(storm("log.append", "honest", CHILDREN)).isEqualTo(new Left(0, 0, 0, 0, 0));
    }

    @Test
    void wouldLoseWhatIsAcknowledgedBeforeItsCommit() throws Exception {
        assertThat(storm("log.append", "hasty", 1).lost()).isPositive();
    }

    @Test
    void wouldShowReadersNoPrefixWithoutTheLanesLock() throws Exception {
        try (var connection = database.owner().getConnection();
                var statement = connection.createStatement()) {
            statement.execute("CREATE SEQUENCE log.unordered");
        }
        String mutant =
                Faults.mutant(
                        database,
                        "append_unordered",
                        "SELECT l.head, greatest(clock_timestamp(), l.last_at),",
                        "SELECT nextval('log.unordered') * 1000, clock_timestamp(),",
                        "SELECT l.head + 1, greatest(clock_timestamp(), l.last_at),",
                        "SELECT nextval('log.unordered') * 1000 + 1, clock_timestamp(),",
                        "WHERE l.lane = p_lane FOR UPDATE;",
                        "WHERE l.lane = p_lane; PERFORM pg_sleep(random() * 0.02);",
                        "UPDATE log.lane l SET head = o_head, last_at = v_at, seal = v_previous"
                                + " WHERE l.lane = p_lane;",
                        "SELECT 1 INTO v_id;",
                        "UPDATE log.lane l SET head = o_head, last_at = v_at, seal = v_seal WHERE"
                                + " l.lane = p_lane;",
                        "SELECT 1 INTO v_stream;");
        Left left = storm(mutant, "honest", CHILDREN);
        assertThat(left.holes()).isPositive();
        assertThat(left.broken()).isPositive();
    }
}
