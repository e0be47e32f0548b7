package agency.platform.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import agency.kernel.decision.Decider;
import agency.kernel.decision.Decision;
import agency.kernel.fact.Personal;
import agency.kernel.fact.Recorded;
import agency.platform.log.LogKit.Counted;
import agency.platform.log.LogKit.Noted;
import agency.platform.postgres.Database;
import agency.platform.testing.PostgresFixture;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PostgresEventLogTest {
    private Database database;
    private PostgresEventLog log;

    @BeforeAll
    void start() throws Exception {
        database = PostgresFixture.fresh(LogKit.SCHEMA);
        log = LogKit.started(database.runtime());
    }

    @AfterAll
    void stop() {
        log.close();
        database.close();
    }

    private Appended append(String key, int expected, Record... facts) {
        return log.append(Append.at(LogKit.stream(key), expected, List.of(facts), LogKit.meta()))
                .join();
    }

    @Test
    void recordsFactsInOrderAndReadsThemBack() {
        assertThat(append("order", 0, new Counted(1), new Counted(2)))
                .isInstanceOfSatisfying(
                        Appended.Ok.class, ok -> assertThat(ok.version()).isEqualTo(2));
        assertThat(append("order", 2, new Counted(3))).isInstanceOf(Appended.Ok.class);
        List<Recorded> facts = log.stream(LogKit.stream("order"), 0, 100);
        assertThat(facts)
                .extracting(Recorded::fact)
                .containsExactly(new Counted(1), new Counted(2), new Counted(3));
        assertThat(facts).extracting(Recorded::version).containsExactly(1, 2, 3);
        assertThat(facts.getFirst().stream()).isEqualTo(LogKit.stream("order"));
        assertThat(log.stream(LogKit.stream("order"), 2, 100)).hasSize(1);
    }

    @Test
    void refusesAnAppendAtAVersionThatIsNotTheStreams() {
        append("moved", 0, new Counted(1));
        assertThat(append("moved", 0, new Counted(2))).isEqualTo(new Appended.WrongVersion(1));
        assertThat(append("moved", 5, new Counted(2))).isEqualTo(new Appended.WrongVersion(1));
        assertThat(append("never", 5, new Counted(2))).isEqualTo(new Appended.WrongVersion(0));
    }

    @Test
    void recordsTheSameRequestOnce() {
        UUID id = LogKit.IDS.next();
        Append any =
                new Append(
                        LogKit.stream("twice"),
                        Append.ANY,
                        List.of(new Counted(1), new Counted(2)),
                        LogKit.meta(),
                        id,
                        List.of());
        CompletableFuture<Appended> first = log.append(any);
        CompletableFuture<Appended> second = log.append(any);
        assertThat(first.join()).isInstanceOf(Appended.Ok.class);
        assertThat(second.join()).isInstanceOf(Appended.Duplicate.class);
        Append at =
                new Append(
                        LogKit.stream("twice"),
                        2,
                        List.of(new Counted(3)),
                        LogKit.meta(),
                        LogKit.IDS.next(),
                        List.of());
        assertThat(log.append(at).join()).isInstanceOf(Appended.Ok.class);
        assertThat(log.append(at).join()).isInstanceOf(Appended.Duplicate.class);
        assertThat(log.stream(LogKit.stream("twice"), 0, 10)).hasSize(3);
    }

    @Test
    void letsAValueStandOnlyOnceUntilItIsGivenBack() {
        assertThat(claim("a", 0, "slug", "blue", true)).isInstanceOf(Appended.Ok.class);
        assertThat(claim("b", 0, "slug", "blue", true)).isEqualTo(new Appended.Taken("slug"));
        assertThat(claim("a", 1, "slug", "blue", true)).isInstanceOf(Appended.Ok.class);
        assertThat(claim("b", 0, "other", "blue", true)).isInstanceOf(Appended.Ok.class);
        assertThat(claim("b", 1, "slug", "blue", false)).isEqualTo(new Appended.Taken("slug"));
        assertThat(claim("a", 2, "slug", "blue", false)).isInstanceOf(Appended.Ok.class);
        assertThat(claim("b", 1, "slug", "blue", true)).isInstanceOf(Appended.Ok.class);
    }

    @Test
    void letsOneOfManyClaimTheSameValueInOneBatch() {
        List<CompletableFuture<Appended>> asked = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            asked.add(
                    log.append(
                            new Append(
                                    LogKit.stream("many-" + i),
                                    0,
                                    List.of(new Counted(i)),
                                    LogKit.meta(),
                                    null,
                                    List.of(new Append.Claim("mail", "x@y", true)))));
        }
        assertThat(asked.stream().map(CompletableFuture::join))
                .filteredOn(Appended.Ok.class::isInstance)
                .hasSize(1);
    }

    private Appended claim(String key, int version, String kind, String value, boolean held) {
        return log.append(
                        new Append(
                                LogKit.stream("claims-" + key),
                                version,
                                List.of(new Counted(1)),
                                LogKit.meta(),
                                null,
                                List.of(new Append.Claim(kind, value, held))))
                .join();
    }

    @Test
    void keepsPersonalTextsUnreadableInTheDatabaseAndErasesThem() throws Exception {
        UUID person = UUID.randomUUID();
        Noted noted =
                new Noted("hello", new Personal(person, "Ada Lovelace"), Duration.ofMillis(5));
        append("personal", 0, noted);
        assertThat(log.stream(LogKit.stream("personal"), 0, 1).getFirst().fact()).isEqualTo(noted);
        try (var connection = database.runtime().getConnection();
                var row =
                        connection
                                .createStatement()
                                .executeQuery(
                                        "SELECT count(*), count(*) FILTER (WHERE"
                                                + " position('Lovelace'::bytea IN body) > 0),"
                                                + " count(key_id) FROM log.event WHERE"
                                                + " position('hello'::bytea IN body) > 0")) {
            row.next();
            assertThat(row.getInt(1)).isEqualTo(1);
            assertThat(row.getInt(2)).isZero();
            assertThat(row.getInt(3)).isEqualTo(1);
        }
        assertThat(log.keys().erase(1, person)).isTrue();
        assertThat(log.keys().erase(1, person)).isFalse();
        assertThat(log.stream(LogKit.stream("personal"), 0, 1).getFirst().fact())
                .isEqualTo(new Noted("hello", new Personal(person, null), Duration.ofMillis(5)));
        assertThatThrownBy(() -> append("personal", 1, noted)).hasMessageContaining("erased");
    }

    @Test
    void readsALaneWithoutGaps() {
        for (int i = 0; i < 20; i++) {
            append("lane-" + i, 0, new Counted(i));
        }
        long head = log.head(0).value();
        List<Recorded> all = log.lane(0, 0, 10_000, Set.of());
        for (int i = 0; i < all.size(); i++) {
            assertThat(all.get(i).position().value()).isEqualTo(i + 1);
        }
        assertThat(all.size()).isGreaterThanOrEqualTo((int) head);
        assertThat(log.lane(0, 0, 10_000, Set.of("unique")))
                .allMatch(f -> f.stream().category().equals("unique"));
        assertThat(log.lane(0, 0, 3, 10_000, Set.of())).hasSize(3);
    }

    enum Counting implements Decider<Integer, Integer, Counted, String> {
        COUNTING;

        @Override
        public Integer initial() {
            return 0;
        }

        @Override
        public Decision<Counted, String> decide(Integer by, Integer state) {
            return by == 0
                    ? Decision.nothing()
                    : by < 0 ? Decision.reject("down") : Decision.accept(new Counted(state + by));
        }

        @Override
        public Integer evolve(Integer state, Counted event) {
            return event.by();
        }
    }

    @Test
    void decidesAgainWhenTheStreamMovedOn() {
        StreamCommands commands = new StreamCommands(log);
        List<Thread> writers = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            writers.add(
                    Thread.startVirtualThread(() -> {
                        for (int n = 0; n < 10; n++) {
                            commands.handle(
                                    LogKit.stream("counter"), Counting.COUNTING, 1, LogKit.meta());
                        }
                    }));
        }
        writers.forEach(t -> {
            try {
                t.join();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
        assertThat(log.stream(LogKit.stream("counter"), 0, 1000).getLast().fact())
                .isEqualTo(new Counted(80));
        assertThat(commands.handle(LogKit.stream("counter"), Counting.COUNTING, -1, LogKit.meta()))
                .isEqualTo(new Commands.Handled.Refused<>("down"));
        assertThat(commands.handle(LogKit.stream("counter"), Counting.COUNTING, 0, LogKit.meta()))
                .isInstanceOfSatisfying(
                        Commands.Handled.Done.class,
                        done -> assertThat(done.version()).isEqualTo(80));
    }
}
