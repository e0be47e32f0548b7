package agency.platform.projection;

import static org.assertj.core.api.Assertions.assertThat;

import agency.kernel.fact.Position;
import agency.kernel.fact.Recorded;
import agency.platform.log.Append;
import agency.platform.log.Appended;
import agency.platform.log.LogKit;
import agency.platform.log.LogKit.Counted;
import agency.platform.log.PostgresEventLog;
import agency.platform.log.Rewind;
import agency.platform.log.verify.CheckpointWriter;
import agency.platform.log.verify.Checkpoints;
import agency.platform.log.verify.LogVerifier;
import agency.platform.postgres.Database;
import agency.platform.testing.PostgresFixture;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Readers of a log with several lanes, before and after it begins another life. */
class LivesTest {
    private static final Duration SOON = Duration.ofSeconds(30);
    private static final List<String> TOTALS = List.of("test.totals");
    private static final int LANES = 4;
    private static final int TENANTS = 20;

    @TempDir private Path folder;
    private Database database;
    private Jdbi jdbi;
    private PostgresEventLog log;
    private final List<AutoCloseable> open = new ArrayList<>();

    @BeforeEach
    void start() {
        database = PostgresFixture.fresh(LogKit.SCHEMA);
        jdbi = database.jdbi();
        jdbi.useHandle(sql ->
                sql.execute(
                        "CREATE TABLE total (generation int, tenant int, key text, sum bigint,"
                                + " PRIMARY KEY (generation, tenant, key))"));
        log = LogKit.started(database.runtime(), LANES);
    }

    @AfterEach
    void stop() throws Exception {
        for (AutoCloseable one : open.reversed()) {
            one.close();
        }
        log.close();
        database.close();
    }

    /** Sums what was counted, by organisation and stream. */
    private static final class Totals implements Projection {
        @Override
        public String name() {
            return TOTALS.getFirst();
        }

        @Override
        public int revision() {
            return 1;
        }

        @Override
        public Set<String> categories() {
            return Set.of("test");
        }

        @Override
        public void apply(List<Recorded> facts, Handle sql, int generation) {
            for (Recorded fact : facts) {
                sql.createUpdate(
                                "INSERT INTO total VALUES (?, ?, ?, ?) ON CONFLICT (generation,"
                                        + " tenant, key) DO UPDATE SET sum = total.sum +"
                                        + " excluded.sum")
                        .bind(0, generation)
                        .bind(1, fact.stream().tenant())
                        .bind(2, fact.stream().key())
                        .bind(3, ((Counted) fact.fact()).by())
                        .execute();
            }
        }

        @Override
        public void forget(Handle sql, int generation) {
            sql.execute("DELETE FROM total WHERE generation = ?", generation);
        }
    }

    /** The same sums in memory. */
    private static final class Sums implements MemoryView {
        private final Map<String, Long> sums = new ConcurrentHashMap<>();

        @Override
        public String name() {
            return "test.sums";
        }

        @Override
        public Set<String> categories() {
            return Set.of("test");
        }

        @Override
        public void reset() {
            sums.clear();
        }

        @Override
        public void apply(Recorded fact) {
            sums.merge(
                    fact.stream().tenant() + "/" + fact.stream().key(),
                    (long) ((Counted) fact.fact()).by(),
                    Long::sum);
        }

        Map<String, Long> now() {
            return new TreeMap<>(sums);
        }
    }

    private record Process(LogInstances instances, LogProjections projections, Sums sums) {}

    private Process process() {
        LogInstances instances = new LogInstances(database::runtime, log, LogKit.IDS, false);
        instances.start();
        open.add(instances);
        LogProjections projections =
                new LogProjections(
                        log,
                        () -> jdbi,
                        instances,
                        new TableFeed.Feeding(
                                instances.self().toString(),
                                false,
                                300,
                                60_000,
                                SqlGenerationStore.FENCE));
        Sums sums = new Sums();
        projections.add(new Totals());
        projections.add(sums);
        projections.start();
        open.add(projections);
        return new Process(instances, projections, sums);
    }

    private Position count(int tenant, String key, int by) {
        Append append =
                new Append(
                        LogKit.stream(tenant, key),
                        Append.ANY,
                        List.of(new Counted(by)),
                        LogKit.meta(),
                        LogKit.IDS.next(),
                        List.of());
        return ((Appended.Ok) log.append(append).join()).last();
    }

    /** Counts in the streams of every organisation; where each lane stands after it. */
    private Map<Integer, Position> countAll(String key, int by) {
        Map<Integer, Position> last = new TreeMap<>();
        for (int tenant = 1; tenant <= TENANTS; tenant++) {
            Position at = count(tenant, key, by);
            last.put(at.lane(), at);
        }
        assertThat(last).as("no lane is left out").hasSize(LANES);
        return last;
    }

    private static void await(Process process, Iterable<Position> positions) {
        for (Position position : positions) {
            assertThat(process.projections.await(position, TOTALS, SOON))
                    .as(position.toString())
                    .isTrue();
        }
    }

    /** What the log holds, summed here; the read goes through the log, never through a view. */
    private Map<String, Long> truth() {
        Map<String, Long> sums = new TreeMap<>();
        for (int lane = 0; lane < LANES; lane++) {
            for (Recorded fact : log.lane(lane, 0, 10_000, Set.of("test"))) {
                sums.merge(
                        fact.stream().tenant() + "/" + fact.stream().key(),
                        (long) ((Counted) fact.fact()).by(),
                        Long::sum);
            }
        }
        return sums;
    }

    private Map<String, Long> table(Process process) {
        Map<String, Long> sums = new TreeMap<>();
        jdbi.useHandle(sql ->
                sql.createQuery("SELECT tenant || '/' || key, sum FROM total WHERE generation = ?")
                        .bind(0, process.projections.generation(TOTALS.getFirst()))
                        .map((row, context) -> sums.put(row.getString(1), row.getLong(2)))
                        .list());
        return sums;
    }

    /** Takes the log back and waits until it is noticed. */
    private void rewind(Map<Integer, Position> heads, boolean reborn) throws Exception {
        UUID before = log.incarnation();
        Rewind.to(database.owner(), heads.values(), reborn);
        CountDownLatch noticed = new CountDownLatch(1);
        try (AutoCloseable listening =
                log.onCommit(() -> {
                    if (!log.incarnation().equals(before)) {
                        noticed.countDown();
                    }
                })) {
            boolean already = !log.incarnation().equals(before);
            assertThat(already || !reborn || noticed.await(30, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void readEveryLaneInTheProcessThatFeedsAndInTheOneThatFollows() {
        countAll("early", 1);
        Process feeding = process();
        await(feeding, countAll("a", 2).values());
        Process following = process();
        // One busy lane: how far the quiet ones have come says nothing about it.
        Position busy = count(1, "busy", 1);
        for (int i = 0; i < 50; i++) {
            busy = count(1, "busy", 1);
        }
        await(feeding, List.of(busy));
        await(following, List.of(busy));
        await(following, countAll("b", 3).values());
        Map<String, Long> truth = truth();
        assertThat(truth).hasSize(3 * TENANTS + 1);
        assertThat(feeding.sums.now()).isEqualTo(truth);
        assertThat(following.sums.now()).isEqualTo(truth);
        assertThat(table(following)).isEqualTo(truth);
        assertThat(following.projections.standings())
                .extracting(Projections.Standing::lag)
                .containsOnly(0L);
        assertThat(feeding.instances.awaitApplied(busy, SOON)).isTrue();
    }

    @Test
    void areRebuiltInAnotherLifeWhosePositionsHoldOtherFacts() throws Exception {
        Process one = process();
        Map<Integer, Position> kept = countAll("both", 1);
        countAll("gone", 10);
        Map<Integer, Position> lost = countAll("gone", 10);
        await(one, lost.values());
        int generation = one.projections.generation(TOTALS.getFirst());

        rewind(kept, true);
        countAll("new", 100);
        Map<Integer, Position> last = countAll("newer", 100);
        await(one, last.values());
        assertThat(last.get(0).value()).as("positions come again").isEqualTo(lost.get(0).value());
        Map<String, Long> truth = truth();
        assertThat(truth.keySet()).noneMatch(stream -> stream.endsWith("gone"));
        assertThat(one.sums.now()).isEqualTo(truth);
        assertThat(table(one)).isEqualTo(truth);
        assertThat(one.projections.generation(TOTALS.getFirst())).isGreaterThan(generation);
        assertThat(one.instances.awaitApplied(last.get(1), SOON)).isTrue();
        for (Position of : lost.values()) {
            assertThat(one.projections.await(of, TOTALS, Duration.ZERO)).isFalse();
            assertThat(one.instances.awaitApplied(of, Duration.ZERO)).isFalse();
        }
        assertVerified();
    }

    @Test
    void wouldSkipFactsHadThereBeenNoNewLife() throws Exception {
        Process one = process();
        Map<Integer, Position> kept = countAll("both", 1);
        countAll("gone", 10);
        await(one, countAll("gone", 10).values());
        rewind(kept, false);
        countAll("new", 100);
        await(one, countAll("newer", 100).values());
        assertThat(one.sums.now()).isNotEqualTo(truth());
        assertThat(table(one)).isNotEqualTo(truth());
    }

    private void assertVerified() {
        Checkpoints checkpoints = new Checkpoints(folder);
        new CheckpointWriter(database::runtime, checkpoints).write();
        assertThat(
                        new LogVerifier(database::runtime, checkpoints)
                                .verify(progress -> {})
                                .findings())
                .isEmpty();
    }
}
