package agency.platform.projection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import agency.kernel.fact.Recorded;
import agency.kernel.fault.Fault;
import agency.platform.log.Append;
import agency.platform.log.LogKit;
import agency.platform.log.LogKit.Counted;
import agency.platform.log.Moments;
import agency.platform.log.PostgresEventLog;
import agency.platform.postgres.Database;
import agency.platform.testing.PostgresFixture;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.Test;

class ReplayTest {
    /** Counts, and cannot take 13. */
    private static final class Counts implements Projection {
        private final SlowTotals totals = new SlowTotals(0);

        @Override
        public String name() {
            return totals.name();
        }

        @Override
        public int revision() {
            return 1;
        }

        @Override
        public Set<String> categories() {
            return totals.categories();
        }

        @Override
        public void apply(List<Recorded> facts, Handle sql, int generation) {
            for (Recorded fact : facts) {
                if (((Counted) fact.fact()).by() == 13) {
                    throw new IllegalStateException("13");
                }
            }
            totals.apply(facts, sql, generation);
        }

        @Override
        public void forget(Handle sql, int generation) {
            totals.forget(sql, generation);
        }
    }

    private static void count(PostgresEventLog log, String key, int... by) {
        for (int one : by) {
            log.append(
                            new Append(
                                    LogKit.stream(key),
                                    Append.ANY,
                                    List.of(new Counted(one)),
                                    LogKit.meta(),
                                    LogKit.IDS.next(),
                                    List.of()))
                    .join();
        }
    }

    private static long sum(Jdbi jdbi, String table, String key) {
        return jdbi.withHandle(sql ->
                sql.createQuery("SELECT sum FROM " + table + " WHERE key = ?")
                        .bind(0, key)
                        .mapTo(Long.class)
                        .findOne()
                        .orElse(0L));
    }

    @Test
    void makesTheTablesAsTheyWereAndTouchesNothingElse() throws Exception {
        try (Database database = PostgresFixture.fresh(LogKit.SCHEMA);
                PostgresEventLog log = LogKit.started(database.runtime())) {
            Jdbi owner = Jdbi.create(database.owner());
            owner.useHandle(sql -> sql.execute(SlowTotals.TABLE));
            owner.useHandle(sql -> sql.execute("INSERT INTO total VALUES (1, 'live', 5)"));
            count(log, "a", 1, 2);
            count(log, "bad", 3, 13, 4);
            count(log, "a", 10);
            Moments moments = new Moments(log);
            Replay replay = new Replay(owner, log, List.of(new Counts()));

            Replay.Made then = replay.into("was_2", moments.point("0:2", Instant.now()));
            assertThat(then).isEqualTo(new Replay.Made(Map.of("was_2.total", 1L), Map.of()));
            assertThat(sum(owner, "was_2.total", "a")).isEqualTo(3);
            Replay.Made now = replay.into("was_6", moments.point("0:6", Instant.now()));
            assertThat(now.leftOut()).isEqualTo(Map.of(SlowTotals.NAME, 2L));
            assertThat(sum(owner, "was_6.total", "a")).isEqualTo(13);
            assertThat(sum(owner, "was_6.total", "bad")).isEqualTo(3);
            assertThat(sum(owner, "public.total", "live")).isEqualTo(5);
            assertThat(sum(owner, "public.total", "a")).isZero();

            Moments.Point point = moments.point("0:1", Instant.now());
            owner.useHandle(sql ->
                    sql.execute(
                            "INSERT INTO log.archived_stream SELECT stream_id, 1 FROM log.stream"
                                    + " WHERE category = 'test'"));
            assertThatThrownBy(() -> replay.into("was_1", point))
                    .isInstanceOf(Fault.class)
                    .hasMessageContaining("lie in archives");
            owner.useHandle(sql -> sql.execute("DELETE FROM log.archived_stream"));
            assertThatThrownBy(() -> replay.into("was_2", point))
                    .isInstanceOf(Fault.class)
                    .hasMessageContaining("already");
            for (String bad : List.of("", "Was", "a-b", "x;drop schema log", "pg_x", "1a")) {
                assertThatThrownBy(() -> replay.into(bad, point))
                        .as(bad)
                        .isInstanceOf(Fault.class)
                        .hasMessageContaining("small letters");
            }
            for (String ours : List.of("log", "keys", "public")) {
                assertThatThrownBy(() -> replay.into(ours, point))
                        .isInstanceOf(Fault.class)
                        .hasMessageContaining("already");
            }
        }
    }
}
