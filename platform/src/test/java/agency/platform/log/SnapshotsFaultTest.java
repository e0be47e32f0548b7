package agency.platform.log;

import static org.assertj.core.api.Assertions.assertThat;

import agency.kernel.decision.Decider;
import agency.kernel.decision.Decision;
import agency.kernel.fact.Personal;
import agency.kernel.fact.StreamName;
import agency.platform.log.LogKit.Counted;
import agency.platform.postgres.Database;
import agency.platform.testing.PostgresFixture;
import java.sql.SQLException;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Fault test F12: what is decided on a snapshot is what would be decided on the facts. */
class SnapshotsFaultTest {
    private static final AtomicLong EVOLVED = new AtomicLong();

    private Database database;
    private PostgresEventLog log;

    @BeforeEach
    void start() {
        database = PostgresFixture.fresh(LogKit.SCHEMA);
        log = LogKit.started(database.runtime());
    }

    @AfterEach
    void stop() {
        log.close();
        database.close();
    }

    /** What a summing decider knows: of several shapes, as states are. */
    private sealed interface Sum {
        /** Nothing was counted. */
        record None() implements Sum {}

        /** So much was. */
        record Some(long total, List<Integer> lastFew) implements Sum {}
    }

    private static Decision<Counted, String> decided(int by, Sum sum) {
        long total = sum instanceof Sum.Some some ? some.total : 0;
        // What is recorded tells all that the decider knew.
        return Decision.accept(new Counted((int) (31 * total + by + sum.hashCode()) % 1_000));
    }

    private static Sum evolved(Sum sum, Counted event, int factor) {
        EVOLVED.incrementAndGet();
        long total = sum instanceof Sum.Some some ? some.total : 0;
        return new Sum.Some(total + factor * event.by(), List.of(event.by(), (int) total % 7));
    }

    private static final class Now {
        /** Sums. */
        private static final class Summing implements Decider<Integer, Sum, Counted, String> {
            @Override
            public Sum initial() {
                return new Sum.None();
            }

            @Override
            public Decision<Counted, String> decide(Integer by, Sum sum) {
                return decided(by, sum);
            }

            @Override
            public Sum evolve(Sum sum, Counted event) {
                return evolved(sum, event, 1);
            }
        }
    }

    private static final class Later {
        /** The same class as a later version of the program has it. */
        private static final class Summing implements Decider<Integer, Sum, Counted, String> {
            @Override
            public Sum initial() {
                return new Sum.None();
            }

            @Override
            public Decision<Counted, String> decide(Integer by, Sum sum) {
                return decided(by, sum);
            }

            @Override
            public Sum evolve(Sum sum, Counted event) {
                return evolved(sum, event, 2);
            }
        }
    }

    private SqlSnapshots snapshots(Function<List<Class<?>>, byte[]> hash) {
        return new SqlSnapshots(
                database::runtime, () -> LogKit.BOX, LogKit.FACTS, log::incarnation, hash);
    }

    private StreamCommands keeping() {
        return new StreamCommands(log, snapshots(CodeHash::of));
    }

    private void count(Commands commands, String key, Decider<Integer, Sum, Counted, String> by) {
        Commands.Handled<Counted, String> done =
                commands.handle(LogKit.stream(key), by, 1, LogKit.meta());
        assertThat(done).isInstanceOf(Commands.Handled.Done.class);
    }

    private List<Record> facts(String key) {
        return log.stream(LogKit.stream(key), 0, 10_000).stream().map(one -> one.fact()).toList();
    }

    private long kept() throws SQLException {
        return Faults.number(database.runtime(), "SELECT count(*) FROM log.snapshot");
    }

    @Test
    void whatIsDecidedIsTheSameWithSnapshotsAndWithout() throws Exception {
        Random random = new Random(Faults.seed("F12"));
        StreamCommands plain = new StreamCommands(log);
        StreamCommands one = keeping();
        StreamCommands other = keeping();
        int commands = 3 * StreamCommands.LONG + random.nextInt(StreamCommands.LONG);
        for (int i = 0; i < commands; i++) {
            count(plain, "plain", new Now.Summing());
            count(random.nextBoolean() ? one : other, "kept", new Now.Summing());
        }
        assertThat(facts("kept")).isEqualTo(facts("plain"));
        assertThat(kept()).isEqualTo(1);
        long before = EVOLVED.get();
        count(one, "kept", new Now.Summing());
        assertThat(EVOLVED.get() - before).isLessThan(2L * StreamCommands.LONG);
    }

    private List<Record> throughANewVersion(Function<List<Class<?>>, byte[]> hash) {
        StreamCommands commands = new StreamCommands(log, snapshots(hash));
        for (int i = 0; i < StreamCommands.LONG + 20; i++) {
            count(commands, "kept", new Now.Summing());
            count(new StreamCommands(log), "plain", new Now.Summing());
        }
        for (int i = 0; i < 20; i++) {
            count(commands, "kept", new Later.Summing());
            count(new StreamCommands(log), "plain", new Later.Summing());
        }
        return facts("kept");
    }

    @Test
    void anotherVersionOfTheCodeStartsFromTheFacts() {
        assertThat(throughANewVersion(CodeHash::of)).isEqualTo(facts("plain"));
    }

    @Test
    void withoutTheHashOfTheCodeItWouldDecideOnWhatTheOldOneMade() {
        assertThat(throughANewVersion(code -> new byte[32])).isNotEqualTo(facts("plain"));
    }

    private void filled() {
        for (int i = 0; i < StreamCommands.LONG + 5; i++) {
            count(keeping(), "kept", new Now.Summing());
        }
    }

    @Test
    void whatSomebodyWroteIntoTheTableOrAnotherLifeLeftIsNotBelieved() throws Exception {
        filled();
        Now.Summing decider = new Now.Summing();
        StreamName stream = LogKit.stream("kept");
        assertThat(snapshots(CodeHash::of).read(stream, decider)).isPresent();
        database.jdbi()
                .useHandle(sql -> sql.execute("UPDATE log.snapshot SET version = version - 1"));
        assertThat(snapshots(CodeHash::of).read(stream, decider)).isEmpty();
        count(keeping(), "kept", decider);
        assertThat(
                        new SqlSnapshots(
                                        database::runtime,
                                        () -> LogKit.BOX,
                                        LogKit.FACTS,
                                        () -> new UUID(5, 5))
                                .read(stream, decider))
                .isEmpty();
    }

    /** A state with a name in it. */
    private record Named(Personal name) {}

    /** Knows a name. */
    private static final class Naming implements Decider<Integer, Named, Counted, String> {
        @Override
        public Named initial() {
            return new Named(new Personal(new UUID(1, 1), "Ada"));
        }

        @Override
        public Decision<Counted, String> decide(Integer by, Named named) {
            return Decision.accept(new Counted(by));
        }

        @Override
        public Named evolve(Named named, Counted event) {
            return named;
        }
    }

    @Test
    void aPersonalTextIsNotKept() throws Exception {
        for (int i = 0; i < StreamCommands.LONG + 5; i++) {
            keeping().handle(LogKit.stream("named"), new Naming(), 1, LogKit.meta());
        }
        assertThat(kept()).isZero();
    }
}
