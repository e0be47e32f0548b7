package agency.platform.projection;

import static org.assertj.core.api.Assertions.assertThat;

import agency.kernel.fact.Position;
import agency.kernel.fact.Recorded;
import agency.platform.log.Append;
import agency.platform.log.Appended;
import agency.platform.log.LogKit;
import agency.platform.log.LogKit.Counted;
import agency.platform.log.PostgresEventLog;
import agency.platform.postgres.Database;
import agency.platform.testing.PostgresFixture;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LogProjectionsTest {
    private static final Duration SOON = Duration.ofSeconds(60);

    private long keptMs;
    private Database database;
    private Jdbi jdbi;
    private PostgresEventLog log;
    private final List<AutoCloseable> open = new ArrayList<>();

    @BeforeEach
    void start() throws Exception {
        database = PostgresFixture.fresh(LogKit.SCHEMA);
        jdbi = database.jdbi();
        jdbi.useHandle(sql ->
                sql.execute(
                        "CREATE TABLE total (generation int, key text, sum bigint, PRIMARY"
                                + " KEY (generation, key))"));
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

    /** Sums what was counted, by stream; cannot take 13. */
    private record Totals(int revision, int factor, AtomicBoolean mended) implements Projection {
        Totals(int revision, int factor) {
            this(revision, factor, new AtomicBoolean());
        }

        @Override
        public String name() {
            return "test.totals";
        }

        @Override
        public Set<String> categories() {
            return Set.of("test");
        }

        @Override
        public void apply(List<Recorded> facts, Handle sql, int generation) {
            for (Recorded fact : facts) {
                int by = ((Counted) fact.fact()).by();
                if (by == 13 && !mended.get()) {
                    throw new IllegalStateException("13 cannot be summed");
                }
                sql.createUpdate(
                                "INSERT INTO total VALUES (?, ?, ?) ON CONFLICT (generation, key)"
                                        + " DO UPDATE SET sum = total.sum + excluded.sum")
                        .bind(0, generation)
                        .bind(1, fact.stream().key())
                        .bind(2, by * factor)
                        .execute();
            }
        }

        @Override
        public void forget(Handle sql, int generation) {
            sql.execute("DELETE FROM total WHERE generation = ?", generation);
        }
    }

    private static final class Sum implements MemoryView {
        private final AtomicInteger sum = new AtomicInteger();

        @Override
        public String name() {
            return "test.sum";
        }

        @Override
        public Set<String> categories() {
            return Set.of("test");
        }

        @Override
        public void reset() {
            sum.set(0);
        }

        @Override
        public void apply(Recorded fact) {
            sum.addAndGet(((Counted) fact.fact()).by());
        }
    }

    private record Process(LogInstances instances, LogProjections projections) {}

    private Process process(int leaseMs, Projection projection, MemoryView view) {
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
                                leaseMs,
                                keptMs,
                                SqlGenerationStore.FENCE));
        projections.add(projection);
        projections.add(view);
        projections.start();
        open.add(projections);
        return new Process(instances, projections);
    }

    private Position count(String key, int... by) {
        Position last = null;
        for (int one : by) {
            Appended answer =
                    log.append(
                                    new Append(
                                            LogKit.stream(key),
                                            Append.ANY,
                                            List.of(new Counted(one)),
                                            LogKit.meta(),
                                            LogKit.IDS.next(),
                                            List.of()))
                            .join();
            last = ((Appended.Ok) answer).last();
        }
        return last;
    }

    private long total(int generation, String key) {
        return jdbi.withHandle(sql ->
                sql.createQuery("SELECT sum FROM total WHERE generation = ? AND key = ?")
                        .bind(0, generation)
                        .bind(1, key)
                        .mapTo(Long.class)
                        .findOne()
                        .orElse(0L));
    }

    @Test
    void appliesEveryFactOnceAndAWaiterSeesIt() {
        count("a", 1, 2, 3);
        Sum sum = new Sum();
        Process one = process(5_000, new Totals(1, 1), sum);
        assertThat(sum.sum.get()).isEqualTo(6);
        assertThat(one.instances.mayAdmit()).isTrue();
        Position last = count("a", 4);
        assertThat(one.projections.await(last, List.of("test.totals"), SOON)).isTrue();
        assertThat(one.instances.awaitApplied(last, SOON)).isTrue();
        assertThat(sum.sum.get()).isEqualTo(10);
        assertThat(total(one.projections.generation("test.totals"), "a")).isEqualTo(10);
        assertThat(one.projections.standings())
                .extracting(Projections.Standing::lag)
                .containsOnly(0L);
    }

    @Test
    void goesOnWhereItStoppedAndBuildsANewRevisionBesideTheOld() throws Exception {
        Process first = process(5_000, new Totals(1, 1), new Sum());
        Position last = count("a", 1, 2);
        assertThat(first.projections.await(last, List.of("test.totals"), SOON)).isTrue();
        first.projections.close();
        last = count("a", 3);
        Process again = process(5_000, new Totals(1, 1), new Sum());
        assertThat(again.projections.await(last, List.of("test.totals"), SOON)).isTrue();
        assertThat(total(1, "a")).isEqualTo(6);
        again.projections.close();

        Process newer = process(5_000, new Totals(2, 10), new Sum());
        until(() -> newer.projections.generation("test.totals") == 2);
        assertThat(total(2, "a")).isEqualTo(60);
        last = count("a", 1);
        assertThat(newer.projections.await(last, List.of("test.totals"), SOON)).isTrue();
        assertThat(total(2, "a")).isEqualTo(70);
        until(() -> total(1, "a") == 0);
    }

    @Test
    void setsAsideAFactItCannotApplyAndStopsOnlyItsStream() {
        Process one = process(5_000, new Totals(1, 1), new Sum());
        count("good", 1);
        count("bad", 2, 13, 5);
        Position last = count("good", 3);
        assertThat(one.projections.await(last, List.of("test.totals"), SOON)).isTrue();
        assertThat(total(1, "good")).isEqualTo(4);
        assertThat(total(1, "bad")).isEqualTo(2);
        int parked =
                jdbi.withHandle(sql ->
                        sql.createQuery(
                                        "SELECT count(*) FROM log.dead_event WHERE name ="
                                                + " 'test.totals'")
                                .mapTo(Integer.class)
                                .one());
        assertThat(parked).isEqualTo(2);
        assertThat(one.projections.standings())
                .anyMatch(standing -> standing.stopped().contains("1 streams stopped"));
    }

    private Projections.Detail detail(Process of) {
        return of.projections.detail("test.totals").orElseThrow();
    }

    private static void until(BooleanSupplier holds) throws Exception {
        long end = System.nanoTime() + SOON.toNanos();
        while (!holds.getAsBoolean()) {
            assertThat(System.nanoTime()).as("in time").isLessThan(end);
            TimeUnit.MILLISECONDS.sleep(10);
        }
    }

    @Test
    void whatWasSetAsideIsTriedAgainInOrderWhenAnyProcessIsAsked() throws Exception {
        AtomicBoolean mended = new AtomicBoolean();
        Process one = process(900, new Totals(1, 1, mended), new Sum());
        Process other = process(900, new Totals(1, 1, mended), new Sum());
        count("good", 1);
        count("bad", 2, 13, 5, 13);
        count("worse", 13);
        Position last = count("good", 3);
        assertThat(one.projections.await(last, List.of("test.totals"), SOON)).isTrue();
        assertThat(detail(other).deadInAll()).isEqualTo(4);

        // The cause is still there: tried once more, nothing applied, nothing lost.
        assertThat(other.projections.retry("test.totals")).isEqualTo(4);
        until(() -> detail(one).dead().stream().noneMatch(Projections.Dead::retryAsked));
        assertThat(detail(one).dead())
                .extracting(Projections.Dead::attempts)
                .containsExactly(Limits.POISON_TRIES + 1, 0, 0, Limits.POISON_TRIES + 1);
        assertThat(total(1, "bad")).isEqualTo(2);

        mended.set(true);
        assertThat(other.projections.retry("test.totals")).isEqualTo(4);
        until(() -> detail(one).deadInAll() == 0);
        assertThat(total(1, "bad")).isEqualTo(33);
        last = count("bad", 1);
        assertThat(one.projections.await(last, List.of("test.totals"), SOON)).isTrue();
        assertThat(total(1, "bad")).isEqualTo(34);
        assertThat(total(1, "worse")).isEqualTo(13);
        assertThat(one.projections.standings()).allMatch(s -> s.stopped().isEmpty());
        assertThat(detail(one).lanes()).allMatch(lane -> lane.owner() != null);
        assertThat(one.projections.detail("test.sum").orElseThrow().standing().applied())
                .isEqualTo(8);
        assertThat(one.projections.detail("test.nothing")).isEmpty();
    }

    /** Sums that may be cut into four shards. */
    private record Shared(Totals totals) implements Projection {
        @Override
        public String name() {
            return totals.name();
        }

        @Override
        public int revision() {
            return totals.revision();
        }

        @Override
        public int shards() {
            return 4;
        }

        @Override
        public Set<String> categories() {
            return totals.categories();
        }

        @Override
        public void apply(List<Recorded> facts, Handle sql, int generation) {
            totals.apply(facts, sql, generation);
        }

        @Override
        public void forget(Handle sql, int generation) {
            totals.forget(sql, generation);
        }
    }

    private Process shared() {
        return process(600, new Shared(new Totals(1, 1)), new Sum());
    }

    private Map<String, Long> owned(Process of) {
        return detail(of).lanes().stream()
                .filter(lane -> lane.owner() != null)
                .collect(
                        Collectors.groupingBy(
                                lane -> String.valueOf(lane.owner()), Collectors.counting()));
    }

    @Test
    void shardsAreSharedOutEvenlyAndTakenOverFromWhoLeaves() throws Exception {
        Position last = null;
        for (int i = 0; i < 40; i++) {
            last = count("s" + i, 2 * i);
        }
        Process one = shared();
        assertThat(one.projections.await(last, List.of("test.totals"), SOON)).isTrue();
        until(() -> owned(one).values().stream().toList().equals(List.of(4L)));
        Process two = shared();
        Process three = shared();
        until(() -> owned(one).values().stream().sorted().toList().equals(List.of(1L, 1L, 2L)));
        for (int i = 0; i < 40; i++) {
            last = count("s" + i, 1_000);
        }
        for (Process each : List.of(one, two, three)) {
            assertThat(each.projections.await(last, List.of("test.totals"), SOON)).isTrue();
        }
        for (int i = 0; i < 40; i++) {
            assertThat(total(1, "s" + i)).isEqualTo(1_000 + 2 * i);
        }
        three.projections.close();
        until(() -> owned(one).values().stream().sorted().toList().equals(List.of(2L, 2L)));
        two.projections.close();
        until(() -> owned(one).values().stream().toList().equals(List.of(4L)));
        last = count("s7", 1);
        assertThat(one.projections.await(last, List.of("test.totals"), SOON)).isTrue();
        assertThat(total(1, "s7")).isEqualTo(1_015);
        assertThat(detail(one).lanes())
                .extracting(Projections.Lane::shard)
                .containsExactly(0, 1, 2, 3);
    }

    @Test
    void whatStandsStillInOneShardStaysSoWhenAnotherProcessTakesItOver() throws Exception {
        AtomicBoolean mended = new AtomicBoolean();
        Process one = process(600, new Shared(new Totals(1, 1, mended)), new Sum());
        Position last = count("bad", 2, 13, 5);
        for (int i = 0; i < 8; i++) {
            last = count("good" + i, 1);
        }
        assertThat(one.projections.await(last, List.of("test.totals"), SOON)).isTrue();
        one.projections.close();
        Process two = process(600, new Shared(new Totals(1, 1, mended)), new Sum());
        last = count("bad", 7);
        assertThat(two.projections.await(last, List.of("test.totals"), SOON)).isTrue();
        assertThat(total(1, "bad")).isEqualTo(2);
        assertThat(detail(two).deadInAll()).isEqualTo(3);
        mended.set(true);
        assertThat(two.projections.retry("test.totals")).isEqualTo(3);
        until(() -> total(1, "bad") == 27);
        assertThat(detail(two).deadInAll()).isZero();
    }

    @Test
    void rowsAreBuiltAnewBesideTheLiveOnesAndThereIsAWayBackAndForth() throws Exception {
        keptMs = 60_000;
        Process one = shared();
        Process two = shared();
        Position last = count("a", 1, 2, 3);
        assertThat(two.projections.await(last, List.of("test.totals"), SOON)).isTrue();
        assertThat(one.projections.rollBack("test.totals", null))
                .isInstanceOf(RolledBack.Nothing.class);

        // Somebody's hand has spoilt a row; built anew it is right again.
        jdbi.useHandle(sql -> sql.execute("UPDATE total SET sum = 99"));
        assertThat(one.projections.rebuild("test.totals")).isEqualTo(new Rebuilt.Begun(2));
        until(() ->
                one.projections.generation("test.totals") == 2
                        && two.projections.generation("test.totals") == 2);
        assertThat(total(2, "a")).isEqualTo(6);
        assertThat(detail(two).generations())
                .extracting(Projections.Generation::state)
                .containsExactly(Projections.State.LIVE, Projections.State.REPLACED);
        last = count("a", 4);
        assertThat(two.projections.await(last, List.of("test.totals"), SOON)).isTrue();
        assertThat(total(2, "a")).isEqualTo(10);
        assertThat(total(1, "a")).isEqualTo(99);

        assertThat(two.projections.rollBack("test.totals", null))
                .isEqualTo(new RolledBack.To(1, 1));
        assertThat(two.projections.await(last, List.of("test.totals"), SOON)).isTrue();
        assertThat(total(1, "a")).isEqualTo(103);
        until(() -> one.projections.generation("test.totals") == 1);
        assertThat(detail(one).generations())
                .extracting(Projections.Generation::state)
                .containsExactly(Projections.State.WITHDRAWN, Projections.State.LIVE);

        assertThat(one.projections.rollBack("test.totals", 2)).isEqualTo(new RolledBack.To(2, 1));
        assertThat(one.projections.await(last, List.of("test.totals"), SOON)).isTrue();
        assertThat(total(2, "a")).isEqualTo(10);
    }

    @Test
    void nothingIsBuiltOfAPartOfItsFacts() throws Exception {
        Process one = shared();
        Position last = count("a", 1, 2, 3);
        assertThat(one.projections.await(last, List.of("test.totals"), SOON)).isTrue();
        owner(
                "INSERT INTO log.archived_stream SELECT stream_id, 2 FROM log.stream WHERE category"
                        + " = 'test'");
        assertThat(one.projections.rebuild("test.totals")).isEqualTo(new Rebuilt.FactsArchived());
        // A newer program says so, too, and leaves what is read as it is.
        Process newer = process(600, new Totals(2, 10), new Sum());
        until(() ->
                newer.projections.standings().stream()
                        .anyMatch(standing -> standing.stopped().contains("facts-archived")));
        assertThat(newer.projections.generation("test.totals")).isEqualTo(1);
        owner("DELETE FROM log.archived_stream");
        until(() -> newer.projections.generation("test.totals") == 2);
    }

    private void owner(String statement) throws Exception {
        try (var connection = database.owner().getConnection();
                var sql = connection.createStatement()) {
            sql.execute(statement);
        }
    }

    @Test
    void whoIsGoneBackFromIsNotSwitchedToAgainByItself() throws Exception {
        keptMs = 60_000;
        Position last = count("a", 1, 2);
        Process old = process(600, new Totals(1, 1), new Sum());
        assertThat(old.projections.await(last, List.of("test.totals"), SOON)).isTrue();
        Process newer = process(600, new Totals(2, 10), new Sum());
        until(() -> newer.projections.generation("test.totals") == 2);
        assertThat(newer.projections.rollBack("test.totals", null))
                .isEqualTo(new RolledBack.To(1, 1));
        last = count("a", 3);
        until(() -> old.projections.generation("test.totals") == 1);
        assertThat(old.projections.await(last, List.of("test.totals"), SOON)).isTrue();
        assertThat(total(1, "a")).isEqualTo(6);
        // The newer program reads what the older one feeds, and says what it cannot do itself.
        until(() ->
                newer.projections.standings().stream()
                        .anyMatch(one -> one.stopped().contains("revision 1")));
        assertThat(newer.projections.generation("test.totals")).isEqualTo(1);
        assertThat(newer.projections.await(last, List.of("test.totals"), SOON)).isTrue();
        assertThat(newer.projections.rebuild("test.totals")).isEqualTo(new Rebuilt.NotNow());
        newer.projections.close();
        Process again = process(600, new Totals(2, 10), new Sum());
        assertThat(again.projections.await(last, List.of("test.totals"), SOON)).isTrue();
        assertThat(again.projections.generation("test.totals")).isEqualTo(1);
    }

    @Test
    void isTakenOverWhenItsOwnerStopsAndRefusesTheOldOwnersWrites() {
        Process first = process(300, new Totals(1, 1), new Sum());
        Position last = count("a", 1);
        assertThat(first.projections.await(last, List.of("test.totals"), SOON)).isTrue();
        jdbi.useHandle(sql ->
                sql.execute(
                        "UPDATE log.subscription SET epoch = epoch + 1, owner = 'zombie',"
                                + " lease_until = clock_timestamp() + interval '1 s'"));
        last = count("a", 2);
        assertThat(first.projections.await(last, List.of("test.totals"), SOON)).isTrue();
        assertThat(total(1, "a")).isEqualTo(3);
        GenerationStore other =
                new SqlGenerationStore(
                        jdbi, new Totals(1, 1), 1, "somebody else", 300, SqlGenerationStore.FENCE);
        assertThat(other.meet()).isEmpty();
    }

    @Test
    void feedsMemoryViewsOfEveryProcessAndWaitsForAll() {
        Sum here = new Sum();
        Sum there = new Sum();
        Process first = process(5_000, new Totals(1, 1), here);
        Process second = process(5_000, new Totals(1, 1), there);
        Position last = count("a", 7);
        assertThat(first.instances.awaitApplied(last, SOON)).isTrue();
        assertThat(here.sum.get()).isEqualTo(7);
        assertThat(there.sum.get()).isEqualTo(7);
        assertThat(second.instances.epoch()).isGreaterThan(first.instances.epoch());
        assertThat(second.projections.await(last, List.of("test.totals"), SOON)).isTrue();
    }
}
