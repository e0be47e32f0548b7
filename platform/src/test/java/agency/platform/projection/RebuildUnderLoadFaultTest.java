package agency.platform.projection;

import static org.assertj.core.api.Assertions.assertThat;

import agency.kernel.fact.Position;
import agency.platform.log.Append;
import agency.platform.log.Appended;
import agency.platform.log.Faults;
import agency.platform.log.LogKit;
import agency.platform.log.LogKit.Counted;
import agency.platform.log.PostgresEventLog;
import agency.platform.postgres.Database;
import agency.platform.testing.PostgresFixture;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Fault test F11: rows are built anew beside those that are read, and switched to, while writers
 * write and readers look for what they wrote.
 */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class RebuildUnderLoadFaultTest {
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final List<String> TOTALS = List.of(SlowTotals.NAME);
    private static final int BEFORE = 12_000;
    private static final int READERS = 4;

    private Database database;
    private PostgresEventLog log;
    private final List<AutoCloseable> open = new ArrayList<>();

    @BeforeEach
    void start() {
        database = PostgresFixture.fresh(LogKit.SCHEMA);
        database.jdbi().useHandle(sql -> sql.execute(SlowTotals.TABLE));
        log = LogKit.started(database.runtime());
    }

    @AfterEach
    void stop() throws Exception {
        for (AutoCloseable one : open.reversed()) {
            one.close();
        }
        log.close();
        database.close();
    }

    private LogProjections process() {
        LogInstances instances = new LogInstances(database::runtime, log, LogKit.IDS, false);
        instances.start();
        open.add(instances);
        LogProjections projections =
                new LogProjections(
                        log,
                        database::jdbi,
                        instances,
                        new TableFeed.Feeding(
                                instances.self().toString(),
                                false,
                                600,
                                60_000,
                                SqlGenerationStore.FENCE));
        // So slow that a switch which comes too early is met.
        projections.add(new SlowTotals(20));
        projections.start();
        open.add(projections);
        return projections;
    }

    private Position count(String key) {
        Appended answer =
                log.append(
                                new Append(
                                        LogKit.stream(key),
                                        Append.ANY,
                                        List.of(new Counted(1)),
                                        LogKit.meta(),
                                        LogKit.IDS.next(),
                                        List.of()))
                        .join();
        return ((Appended.Ok) answer).last();
    }

    private long total(int generation, String key) {
        return database.jdbi()
                .withHandle(sql ->
                        sql.createQuery("SELECT sum FROM total WHERE generation = ? AND key = ?")
                                .bind(0, generation)
                                .bind(1, key)
                                .mapTo(Long.class)
                                .findOne()
                                .orElse(0L));
    }

    /**
     * Writes to a stream of its own and looks for it, when it should be there and a moment later;
     * counts what is not found.
     */
    private void reader(
            String key, LogProjections projections, AtomicBoolean ended, AtomicLong missing) {
        for (long written = 1; !ended.get(); written++) {
            Position at = count(key);
            boolean found = projections.await(at, TOTALS, SOON);
            for (int look = 0; look < 2; look++) {
                found &= total(projections.generation(SlowTotals.NAME), key) >= written;
                LockSupport.parkNanos(10_000_000);
            }
            if (!found) {
                missing.incrementAndGet();
            }
        }
    }

    /** Looks again and again for what others wrote; counts how often something is gone again. */
    private void watcher(LogProjections projections, AtomicBoolean ended, AtomicLong missing) {
        long most = 0;
        while (!ended.get()) {
            long now = total(projections.generation(SlowTotals.NAME), "begin");
            if (now < most) {
                missing.incrementAndGet();
            }
            most = Math.max(most, now);
            LockSupport.parkNanos(5_000_000);
        }
    }

    /**
     * What was left.
     *
     * @param missing how often a writer did not find what it had written
     * @param different streams whose sums differ, old rows or new, from the log's at their position
     */
    private record Left(long missing, long different, int generation) {}

    private interface Switch {
        void over(LogProjections projections) throws Exception;
    }

    private Left underLoad(Switch way) throws Exception {
        Random random = new Random(Faults.seed("F11"));
        List<CompletableFuture<Appended>> before = new ArrayList<>();
        for (int i = 0; i < BEFORE; i++) {
            before.add(
                    log.append(
                            new Append(
                                    LogKit.stream("s" + random.nextInt(50)),
                                    Append.ANY,
                                    List.of(new Counted(1)),
                                    LogKit.meta(),
                                    LogKit.IDS.next(),
                                    List.of())));
            if (before.size() == 500) {
                before.forEach(CompletableFuture::join);
                before.clear();
            }
        }
        LogProjections one = process();
        LogProjections two = process();
        AtomicBoolean ended = new AtomicBoolean();
        AtomicLong missing = new AtomicLong();
        List<Thread> readers = new ArrayList<>();
        for (int i = 0; i < READERS; i++) {
            String key = "reader" + i;
            LogProjections asked = i % 2 == 0 ? one : two;
            readers.add(Thread.startVirtualThread(() -> reader(key, asked, ended, missing)));
            readers.add(Thread.startVirtualThread(() -> watcher(asked, ended, missing)));
        }
        try {
            assertThat(one.await(count("begin"), TOTALS, SOON)).isTrue();
            TimeUnit.MILLISECONDS.sleep(500);
            way.over(one);
            TimeUnit.MILLISECONDS.sleep(1_000);
        } finally {
            ended.set(true);
            for (Thread reader : readers) {
                reader.join();
            }
        }
        Position last = count("last");
        assertThat(two.await(last, TOTALS, SOON)).isTrue();
        return new Left(missing.get(), different(), two.generation(SlowTotals.NAME));
    }

    private long different() throws Exception {
        return Faults.number(
                database.runtime(),
                """
                SELECT count(*) FROM log.stream s
                  JOIN log.subscription c ON c.shard = s.stream_id % 4 AND c.lane = s.lane
                  LEFT JOIN total t ON t.generation = c.generation AND t.key = s.key
                 WHERE s.category = 'test' AND coalesce(t.sum, 0) <>
                   (SELECT count(*) FROM log.event e WHERE e.lane = s.lane
                       AND e.stream_id = s.stream_id AND e.pos <= c.pos)
                """);
    }

    @Test
    void readersNeverNoticeAndTheRowsAreTheSame() throws Exception {
        Left left =
                underLoad(projections -> {
                    assertThat(projections.rebuild(SlowTotals.NAME))
                            .isEqualTo(new Rebuilt.Begun(2));
                    long end = System.nanoTime() + SOON.toNanos();
                    while (projections.generation(SlowTotals.NAME) != 2) {
                        assertThat(System.nanoTime()).as("switched in time").isLessThan(end);
                        TimeUnit.MILLISECONDS.sleep(10);
                    }
                });
        assertThat(left.generation()).isEqualTo(2);
        assertThat(left.missing()).isZero();
        assertThat(left.different()).isZero();
    }

    @Test
    void readersNoticeWhenItIsSwitchedToBeforeItHasComeAsFar() throws Exception {
        Left left =
                underLoad(projections -> {
                    assertThat(projections.rebuild(SlowTotals.NAME))
                            .isEqualTo(new Rebuilt.Begun(2));
                    database.jdbi()
                            .useHandle(sql ->
                                    sql.execute(
                                            "UPDATE log.subscription SET state = 3 - state -"
                                                    + " CASE state WHEN 0 THEN 2 ELSE 0 END"));
                });
        assertThat(left.missing()).isPositive();
    }
}
