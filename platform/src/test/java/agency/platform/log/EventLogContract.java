package agency.platform.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import agency.kernel.fact.Personal;
import agency.kernel.fact.Recorded;
import agency.kernel.fact.StreamName;
import agency.platform.log.LogKit.Counted;
import agency.platform.log.LogKit.Noted;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What every event log promises, the real one and the one in memory alike. */
public abstract class EventLogContract {
    /** The log, started, knowing {@link LogKit#FACTS}; the same for every test. */
    protected abstract EventLog log();

    @Test
    void recordsFactsInOrderAndReadsThemBack() {
        Noted noted = new Noted("n", new Personal(UUID.randomUUID(), "Ada"), Duration.ofMillis(5));
        assertThat(append("order", 0, new Counted(1), noted))
                .isInstanceOfSatisfying(
                        Appended.Ok.class, ok -> assertThat(ok.version()).isEqualTo(2));
        append("order", 2, new Counted(3));
        List<Recorded> facts = log().stream(LogKit.stream("order"), 0, 100);
        assertThat(facts)
                .extracting(Recorded::fact)
                .containsExactly(new Counted(1), noted, new Counted(3));
        assertThat(facts).extracting(Recorded::version).containsExactly(1, 2, 3);
        assertThat(facts.getFirst().stream()).isEqualTo(LogKit.stream("order"));
        assertThat(log().stream(LogKit.stream("order"), 1, 1))
                .extracting(Recorded::version)
                .containsExactly(2);
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
        Append any = keyed("twice", Append.ANY, LogKit.IDS.next());
        assertThat(log().append(any).join()).isInstanceOf(Appended.Ok.class);
        assertThat(log().append(any).join()).isInstanceOf(Appended.Duplicate.class);
        Append at = keyed("twice", 1, LogKit.IDS.next());
        assertThat(log().append(at).join()).isInstanceOf(Appended.Ok.class);
        assertThat(log().append(at).join()).isInstanceOf(Appended.Duplicate.class);
        assertThat(log().stream(LogKit.stream("twice"), 0, 10)).hasSize(2);
    }

    @Test
    void letsAValueStandOnlyOnceUntilItIsGivenBack() {
        assertThat(claim("a", 0, "blue", true)).isInstanceOf(Appended.Ok.class);
        assertThat(claim("b", 0, "blue", true)).isEqualTo(new Appended.Taken("slug"));
        assertThat(claim("a", 1, "blue", true)).isInstanceOf(Appended.Ok.class);
        assertThat(claim("b", 0, "blue", false)).isEqualTo(new Appended.Taken("slug"));
        assertThat(claim("a", 2, "blue", false)).isInstanceOf(Appended.Ok.class);
        assertThat(claim("b", 0, "blue", true)).isInstanceOf(Appended.Ok.class);
    }

    @Test
    void readsALaneInOrderByCategoryAndUpToAPosition() {
        long before = log().head(0).value();
        for (int i = 0; i < 5; i++) {
            append("lane-" + i, 0, new Counted(i));
        }
        assertThat(log().lane(0, before, 10, Set.of("test")))
                .extracting(fact -> fact.position().value())
                .containsExactly(before + 1, before + 2, before + 3, before + 4, before + 5);
        assertThat(log().lane(0, before, before + 2, 10, Set.of("test"))).hasSize(2);
        assertThat(log().lane(0, before, 3, Set.of())).hasSize(3);
        assertThat(log().lane(0, before, 10, Set.of("other"))).isEmpty();
        assertThat(log().head(0).value()).isEqualTo(before + 5);
    }

    @Test
    void wakesWhoeverWaitsForACommit() throws Exception {
        CountDownLatch woken = new CountDownLatch(1);
        try (AutoCloseable listening = log().onCommit(woken::countDown)) {
            append("wake", 0, new Counted(1));
            assertThat(woken.await(60, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void refusesARecordThatIsNoFactOfItsContexts() {
        record Stranger(int number) {}
        assertThatThrownBy(() -> append("strange", 0, new Stranger(1)))
                .hasStackTraceContaining("is no fact of this log");
    }

    @Test
    void refusesAStreamInAnotherPartitionThanItsOwn() {
        append("torn", 0, new Counted(1));
        StreamName elsewhere = new StreamName(1, "test", "torn", "elsewhere");
        assertThatThrownBy(() ->
                        log().append(
                                        Append.at(
                                                elsewhere,
                                                1,
                                                List.of(new Counted(2)),
                                                LogKit.meta()))
                                .join())
                .hasStackTraceContaining("another partition");
    }

    private Appended append(String key, int expected, Record... facts) {
        return log().append(Append.at(LogKit.stream(key), expected, List.of(facts), LogKit.meta()))
                .join();
    }

    private static Append keyed(String key, int expected, UUID id) {
        return new Append(
                LogKit.stream(key),
                expected,
                List.of(new Counted(1)),
                LogKit.meta(),
                id,
                List.of());
    }

    private Appended claim(String key, int version, String value, boolean held) {
        return log().append(
                        new Append(
                                LogKit.stream("claims-" + key),
                                version,
                                List.of(new Counted(1)),
                                LogKit.meta(),
                                null,
                                List.of(new Append.Claim("slug", value, held))))
                .join();
    }
}
