package agency.platform.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import agency.kernel.fact.Recorded;
import agency.platform.log.LogKit.Counted;
import agency.platform.postgres.Database;
import agency.platform.testing.PostgresFixture;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class MomentsTest {
    private static final int LANES = 3;

    @Test
    void findsWhereEachLaneStoodAtAnyMoment() throws Exception {
        try (Database database = PostgresFixture.fresh(LogKit.SCHEMA);
                PostgresEventLog log = LogKit.started(database.runtime(), LANES)) {
            Random random = new Random(3);
            for (int i = 0; i < 150; i++) {
                log.append(
                                new Append(
                                        LogKit.stream(random.nextInt(20), "s"),
                                        Append.ANY,
                                        List.of(new Counted(i), new Counted(i)),
                                        LogKit.meta(),
                                        LogKit.IDS.next(),
                                        List.of()))
                        .join();
            }
            List<Recorded> all = new ArrayList<>();
            for (int lane = 0; lane < LANES; lane++) {
                all.addAll(log.lane(lane, 0, 10_000, Set.of()));
            }
            Moments moments = new Moments(log);
            Instant now = Instant.now().plus(Duration.ofMinutes(1));
            for (int i = 0; i < 100; i++) {
                Recorded one = all.get(random.nextInt(all.size()));
                Instant at = one.recordedAt().plusNanos(1_000L * (random.nextInt(3) - 1));
                Moments.Point point = moments.point(at.toString(), now);
                for (int lane = 0; lane < LANES; lane++) {
                    int of = lane;
                    long by =
                            all.stream()
                                    .filter(fact -> fact.position().lane() == of)
                                    .filter(fact -> !fact.recordedAt().isAfter(at))
                                    .count();
                    assertThat(point.positions().get(lane)).isEqualTo(by);
                }
                String position = one.position().lane() + ":" + one.position().value();
                Moments.Point same = moments.point(position, now);
                assertThat(same.positions().get(one.position().lane()))
                        .isEqualTo(one.position().value());
                assertThat(same.at()).isEqualTo(one.recordedAt());
            }
            for (String wrong :
                    List.of("", "soon", "9:1", "0:0", "0:99999", "2999-01-01T00:00:00Z")) {
                assertThatThrownBy(() -> moments.point(wrong, now))
                        .as(wrong)
                        .isInstanceOf(Moments.NoSuchPoint.class);
            }
        }
    }
}
