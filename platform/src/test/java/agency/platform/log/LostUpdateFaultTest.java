package agency.platform.log;

import static org.assertj.core.api.Assertions.assertThat;

import agency.kernel.decision.Decider;
import agency.kernel.decision.Decision;
import agency.kernel.fault.Fault;
import agency.platform.log.LogKit.Counted;
import agency.platform.postgres.Database;
import agency.platform.testing.PostgresFixture;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Fault test F5: 64 writers of two processes' logs count in one stream. */
@Timeout(value = 15, unit = TimeUnit.MINUTES)
class LostUpdateFaultTest {
    private static final int WRITERS = 64;

    private Database database;

    @BeforeEach
    void start() {
        database = PostgresFixture.fresh(LogKit.SCHEMA);
    }

    @AfterEach
    void stop() {
        database.close();
    }

    private enum Counting implements Decider<Integer, Integer, Counted, String> {
        COUNTING;

        @Override
        public Integer initial() {
            return 0;
        }

        @Override
        public Decision<Counted, String> decide(Integer by, Integer state) {
            return Decision.accept(new Counted(state + by));
        }

        @Override
        public Integer evolve(Integer state, Counted event) {
            return event.by();
        }
    }

    private PostgresEventLog log(String function) {
        PostgresEventLog log =
                new PostgresEventLog(
                        database::runtime,
                        LogSettings.DEFAULT,
                        LogKit.FACTS,
                        () -> LogKit.BOX,
                        LogKit.IDS,
                        function);
        log.start();
        return log;
    }

    private int lostUpdates(String function) throws InterruptedException {
        AtomicInteger counted = new AtomicInteger();
        try (PostgresEventLog one = log(function);
                PostgresEventLog other = log(function)) {
            List<Thread> writers = new ArrayList<>();
            for (int i = 0; i < WRITERS; i++) {
                Commands commands = new StreamCommands(i % 2 == 0 ? one : other);
                writers.add(
                        Thread.startVirtualThread(() -> {
                            for (int n = 0; n < Faults.ROUNDS; n++) {
                                count(commands, counted);
                            }
                        }));
            }
            for (Thread writer : writers) {
                writer.join();
            }
            Counted last =
                    (Counted) one.stream(LogKit.stream("counter"), 0, 10_000).getLast().fact();
            return counted.get() - last.by();
        }
    }

    private static void count(Commands commands, AtomicInteger counted) {
        while (true) {
            try {
                commands.handle(LogKit.stream("counter"), Counting.COUNTING, 1, LogKit.meta());
                counted.incrementAndGet();
                return;
            } catch (Fault contended) {
                assertThat(contended.code()).isEqualTo("log.contended");
            }
        }
    }

    @Test
    void losesNoUpdateOfSixtyFourWriters() throws Exception {
        assertThat(lostUpdates("log.append")).isZero();
    }

    @Test
    void wouldLoseUpdatesWithoutTheExpectedVersion() throws Exception {
        String mutant =
                Faults.mutant(
                        database,
                        "append_careless",
                        "ELSIF r_expected[i] <> s_version[s] THEN",
                        "ELSIF false THEN",
                        "UPDATE log.stream s SET version = p_expected + 1",
                        "UPDATE log.stream s SET version = s.version + 1",
                        "AND s.lane = p_lane AND s.version = p_expected",
                        "AND s.lane = p_lane",
                        "RETURNING s.stream_id INTO v_stream",
                        "RETURNING s.stream_id, s.version INTO v_stream, v_version",
                        "v_begun bytea := ''::bytea;",
                        "v_begun bytea := ''::bytea; v_version int := 1;",
                        "VALUES (p_lane, o_head, p_tenant, v_stream, p_expected + 1,",
                        "VALUES (p_lane, o_head, p_tenant, v_stream, v_version,");
        assertThat(lostUpdates(mutant)).isPositive();
    }
}
