package agency.platform.audit;

import static org.assertj.core.api.Assertions.assertThat;

import agency.kernel.fact.Recorded;
import agency.platform.log.LogKit;
import agency.platform.testing.InMemoryEventLog;
import java.net.InetAddress;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RefusalLogTest {
    private static final InetAddress FROM = InetAddress.ofLiteral("203.0.113.77");

    private final InMemoryEventLog log =
            new InMemoryEventLog(List.of(RefusalsCounted.TYPE), LogKit.IDS, Clock.systemUTC());
    private final RefusalLog refusals =
            new RefusalLog(log, LogKit.IDS, Clock.systemUTC(), Duration.ofHours(1), List.of());

    @Test
    void makesOneFactOfTheSameRefusalsOfTheSameCaller() {
        for (int i = 0; i < 3; i++) {
            refusals.refused(1, "createKey", "permission-missing", "k", FROM);
        }
        refusals.refused(1, "createKey", "permission-missing", "other", FROM);
        refusals.refused(0, "signIn", "wrong-credentials", null, null);
        refusals.record();
        List<RefusalsCounted> facts = facts();
        assertThat(facts).hasSize(3);
        assertThat(facts)
                .anySatisfy(fact -> {
                    assertThat(fact.actor()).isEqualTo("k");
                    assertThat(fact.times()).isEqualTo(3);
                    assertThat(fact.network()).isEqualTo("203.0.113.0/24");
                })
                .anySatisfy(fact -> {
                    assertThat(fact.actor()).isNull();
                    assertThat(fact.network()).isNull();
                });
        refusals.record();
        assertThat(facts()).as("nothing twice").hasSize(3);
    }

    @Test
    void lestNobodyFillTheLogByBeingRefused() {
        for (int i = 0; i < 100_000; i++) {
            refusals.refused(1, "readKey", "permission-missing", "k" + i, FROM);
        }
        refusals.record();
        List<RefusalsCounted> facts = facts();
        assertThat(facts).hasSize(RefusalLog.MAX_KINDS + 1);
        assertThat(facts.stream().mapToInt(RefusalsCounted::times).sum()).isEqualTo(100_000);
        assertThat(facts)
                .anySatisfy(fact -> {
                    assertThat(fact.reason()).isEqualTo("too-many-to-tell-apart");
                    assertThat(fact.times()).isEqualTo(100_000 - RefusalLog.MAX_KINDS);
                });
    }

    @Test
    void keepsOfAnAddressWhatTellsOfNobody() {
        assertThat(RefusalLog.network(FROM)).isEqualTo("203.0.113.0/24");
        assertThat(RefusalLog.network(InetAddress.ofLiteral("2001:db8:1:2::3")))
                .isEqualTo("2001:db8:1:0:0:0:0:0/48");
    }

    @Test
    void recordsWhatIsGatheredWhenItStops() {
        refusals.start();
        refusals.refused(1, "createKey", "permission-missing", "k", FROM);
        refusals.close();
        assertThat(facts()).hasSize(1);
        refusals.close();
        assertThat(refusals.name()).isEqualTo("refusals");
        assertThat(refusals.purpose()).isNotBlank();
        assertThat(refusals.uses()).isEmpty();
    }

    private List<RefusalsCounted> facts() {
        return log.lane(0, 0, Integer.MAX_VALUE, Set.of()).stream()
                .map(Recorded::fact)
                .map(RefusalsCounted.class::cast)
                .toList();
    }
}
