package agency.platform.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import agency.kernel.fact.FactType;
import agency.kernel.fact.Recorded;
import agency.kernel.fault.Fault;
import agency.platform.postgres.Database;
import agency.platform.testing.PostgresFixture;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A stored fact's shape changes only as a new version. */
class VersionsTest {
    private record WeighedV1(int grams) {
        Weighed up() {
            if (grams < 0) {
                throw new IllegalStateException("less than nothing");
            }
            return new Weighed(grams * 1_000L);
        }
    }

    private record ChangedV1(int grams, String scale) {
        Weighed up() {
            return new Weighed(grams * 1_000L);
        }
    }

    private record Weighed(long milligrams) {}

    private static final FactType<WeighedV1> FIRST =
            new FactType<>("test.weighed", 1, WeighedV1.class);
    private static final FactType<Weighed> SECOND = FIRST.then(Weighed.class, WeighedV1::up);

    private Database database;

    @BeforeEach
    void start() {
        database = PostgresFixture.fresh(LogKit.SCHEMA);
    }

    @AfterEach
    void stop() {
        database.close();
    }

    private PostgresEventLog log(FactType<?>... types) {
        PostgresEventLog log =
                new PostgresEventLog(
                        database::runtime,
                        LogSettings.DEFAULT,
                        List.of(types),
                        () -> LogKit.BOX,
                        LogKit.IDS);
        log.start();
        return log;
    }

    private static void append(PostgresEventLog log, int expected, Record fact) {
        Append append = Append.at(LogKit.stream("scale"), expected, List.of(fact), LogKit.meta());
        assertThat(log.append(append).join()).isInstanceOf(Appended.Ok.class);
    }

    private static List<Recorded> read(PostgresEventLog log) {
        return log.stream(LogKit.stream("scale"), 0, 10);
    }

    @Test
    void anOlderFactIsReadAsTheNewestAndSaysAsWhatItIsStored() {
        try (PostgresEventLog then = log(FIRST)) {
            append(then, 0, new WeighedV1(2));
        }
        try (PostgresEventLog now = log(SECOND)) {
            append(now, 1, new Weighed(5));
            assertThat(read(now))
                    .extracting(Recorded::fact)
                    .containsExactly(new Weighed(2_000), new Weighed(5));
            assertThat(read(now)).extracting(Recorded::storedAs).containsExactly(1, 2);
            assertThat(read(now)).extracting(Recorded::type).containsOnly(SECOND);
        }
    }

    @Test
    void onlyTheNewestVersionIsWritten() {
        try (PostgresEventLog now = log(SECOND)) {
            assertThatThrownBy(() -> append(now, 0, new WeighedV1(1)))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void anOlderRecordThatIsNotWhatWasStoredIsRefusedAtStart() {
        log(FIRST).close();
        FactType<Weighed> changed =
                new FactType<>("test.weighed", 1, ChangedV1.class)
                        .then(Weighed.class, ChangedV1::up);
        assertThatThrownBy(() -> log(changed))
                .isInstanceOfSatisfying(
                        Fault.class,
                        fault -> {
                            assertThat(fault.code()).isEqualTo("log.fact-changed");
                            assertThat(fault)
                                    .hasMessageContaining("test.weighed version 1")
                                    .hasMessageContaining("new version");
                        });
        log(SECOND).close();
    }

    @Test
    void aVersionThatIsNotKnownStopsTheReading() {
        try (PostgresEventLog now = log(SECOND)) {
            append(now, 0, new Weighed(5));
        }
        try (PostgresEventLog then = log(FIRST)) {
            assertThatThrownBy(() -> read(then))
                    .isInstanceOfSatisfying(
                            Fault.class,
                            fault -> assertThat(fault.code()).isEqualTo("log.unknown-fact"));
        }
    }

    @Test
    void aFactThatItsUpcasterRefusesStopsTheReading() {
        try (PostgresEventLog then = log(FIRST)) {
            append(then, 0, new WeighedV1(-1));
        }
        try (PostgresEventLog now = log(SECOND)) {
            assertThatThrownBy(() -> read(now))
                    .isInstanceOfSatisfying(
                            Fault.class,
                            fault -> {
                                assertThat(fault.code()).isEqualTo("log.fact-unreadable");
                                assertThat(fault.arguments())
                                        .containsEntry("type", "test.weighed.v1");
                            });
        }
    }

    @Test
    void aRecordOrAVersionStandsOnlyOnce() {
        assertThatThrownBy(() -> log(SECOND, new FactType<>("test.other", 1, WeighedV1.class)))
                .hasMessageContaining("used twice");
    }
}
