package agency.ledger.view.usagebyhour;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import agency.kernel.fact.Recorded;
import agency.kernel.metering.Admission;
import agency.kernel.metering.Ending;
import agency.kernel.metering.Outcome;
import agency.kernel.metering.Permit;
import agency.kernel.metering.TokenUsage;
import agency.kernel.metering.UsageClass;
import agency.ledger.api.LedgerSettings;
import agency.ledger.flow.OpenForTests;
import agency.ledger.testing.LedgerKit;
import agency.ledger.testing.LedgerNode;
import agency.ledger.view.usagebyhour.UsageQuery.Asked;
import agency.ledger.view.usagebyhour.UsageQuery.Dimension;
import agency.platform.log.EventLog;
import agency.platform.log.Moments;
import agency.platform.testing.PostgresFixture;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Usage as it was known is usage summed up from the facts that there were. */
class UsageAsOfTest {
    private static final int FACTS = 40;
    private static final int POINTS = 300;
    private static final Instant END = Instant.parse("2030-01-01T00:00:00Z");
    private static final UUID OTHER = new UUID(9, 9);

    @TempDir private Path journals;
    private final AtomicReference<Instant> now =
            new AtomicReference<>(Instant.parse("2026-11-20T00:00:00Z"));
    private LedgerNode node;
    private final Random random = new Random(21);

    @BeforeEach
    void use() throws Exception {
        node =
                new LedgerNode(
                                PostgresFixture.freshUrl(),
                                journals,
                                LedgerSettings.DEFAULT,
                                now::get)
                        .start();
        long posted = 0;
        while (node.log().head(0).value() < FACTS) {
            int attempts = 1 + random.nextInt(4);
            for (int i = 0; i < attempts; i++) {
                attempt();
            }
            posted += attempts;
            long all = posted;
            LedgerKit.await("posted", () -> node.context().posted() == all);
        }
        spreadOverHours();
        node.projections().rebuild(UsageByHour.NAME);
        LedgerKit.await("built anew", () -> node.projections().generation(UsageByHour.NAME) == 2);
        node.settle();
    }

    /** Begun at some time of some days, so that some are recorded late. */
    private void attempt() {
        now.set(Instant.parse("2026-11-20T00:00:00Z").plusSeconds(random.nextInt(200_000)));
        UUID request =
                new UUID(now.get().toEpochMilli() << 16 | 0x7000, random.nextLong() | 1L << 63);
        UUID key = random.nextBoolean() ? LedgerKit.KEY : OTHER;
        Admission admission =
                OpenForTests.admit(
                        node.context().ledger(),
                        LedgerKit.intent(request, key, "openai", "gpt-4o"));
        Permit permit = ((Admission.Admitted) admission).permit();
        permit.settle(
                new Outcome(
                        Ending.COMPLETED,
                        random.nextBoolean() ? UsageClass.REPORTED : UsageClass.ESTIMATED,
                        new TokenUsage(1 + random.nextInt(900), random.nextInt(99), 0, 7),
                        200,
                        900,
                        300,
                        1_000,
                        100,
                        null));
    }

    /** As if it had taken days to record them. */
    private void spreadOverHours() throws Exception {
        try (Connection connection = node.database().owner().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(
                    "UPDATE log.event SET recorded_at = '2026-11-20T00:00:00Z'::timestamptz + pos *"
                            + " interval '17 minutes'");
        }
    }

    @AfterEach
    void close() {
        node.close();
    }

    private Asked asked() {
        List<List<Dimension>> by =
                List.of(
                        List.of(),
                        List.of(Dimension.KEY, Dimension.MODEL),
                        List.of(Dimension.DAY),
                        List.of(Dimension.HOUR, Dimension.OPERATION));
        Instant from =
                Instant.parse("2026-11-20T00:00:00Z").plus(random.nextInt(40), ChronoUnit.HOURS);
        return new Asked(
                random.nextInt(3) == 0 ? 1 : 0,
                from,
                from.plus(1 + random.nextInt(60), ChronoUnit.HOURS),
                by.get(random.nextInt(by.size())),
                random.nextInt(3) == 0
                        ? Map.of(Dimension.KEY, LedgerKit.KEY.toString())
                        : Map.of());
    }

    @Test
    void isTheSumOfTheFactsThatThereWere() throws Exception {
        UsageQuery live =
                new UsageQuery(
                        node.database().jdbi(),
                        () -> node.projections().generation(UsageByHour.NAME));
        UsageAsOf asOf = new UsageAsOf(live, node.log(), point -> true);
        UsageByHour projection = new UsageByHour();
        long head = node.log().head(0).value();
        int some = 0;
        for (int i = 0; i < POINTS; i++) {
            long upTo = 1 + random.nextLong(head);
            Instant at = Instant.parse("2026-11-20T00:00:00Z").plus(Duration.ofMinutes(17 * upTo));
            Moments.Point point =
                    asOf.moments()
                            .point(
                                    random.nextBoolean() ? "0:" + upTo : at.toString(),
                                    Instant.now());
            assertThat(point.positions()).containsExactly(upTo);
            int then = 1_000 + i;
            List<Recorded> facts = node.log().lane(0, 0, upTo, 10_000, Set.of());
            node.database().jdbi().useTransaction(sql -> projection.apply(facts, sql, then));
            Asked asked = asked();
            List<UsageQuery.Sums> expected =
                    new UsageQuery(node.database().jdbi(), () -> then).sums(asked);
            assertThat(asOf.sums(asked, point))
                    .as(asked + " as of " + point)
                    .containsExactlyInAnyOrderElementsOf(expected);
            some += expected.size();
            node.database().jdbi().useTransaction(sql -> projection.forget(sql, then));
        }
        assertThat(some).isGreaterThan(POINTS);
    }

    private UsageQuery live() {
        return new UsageQuery(
                node.database().jdbi(), () -> node.projections().generation(UsageByHour.NAME));
    }

    /** The same log, its facts up to a position put away. */
    private EventLog putAway(long through) {
        return (EventLog)
                Proxy.newProxyInstance(
                        EventLog.class.getClassLoader(),
                        new Class<?>[] {EventLog.class},
                        (self, method, arguments) -> {
                            if (method.getName().equals("archivedThrough")) {
                                return through;
                            }
                            if (method.getName().equals("lane")) {
                                arguments[1] = Math.max((long) arguments[1], through);
                            }
                            return method.invoke(node.log(), arguments);
                        });
    }

    @Test
    void ofWhatWasPutAwayOnlyTheWholeHoursAreTold() throws Exception {
        UsageAsOf whole = new UsageAsOf(live(), node.log(), point -> true);
        long head = node.log().head(0).value();
        int told = 0;
        for (int i = 0; i < POINTS; i++) {
            UsageAsOf later = new UsageAsOf(live(), putAway(random.nextLong(head)), point -> true);
            Moments.Point point = whole.moments().point("0:" + (1 + random.nextLong(head)), END);
            Asked asked = asked();
            try {
                assertThat(later.sums(asked, point)).isEqualTo(whole.sums(asked, point));
                told++;
            } catch (UsageAsOf.Archived archived) {
                Instant hour = archived.hour();
                Moments.Point before = whole.moments().at(hour.minus(1, ChronoUnit.MICROS));
                assertThat(later.sums(asked, later.moments().at(hour)))
                        .isEqualTo(whole.sums(asked, before));
            }
        }
        assertThat(told).isBetween(POINTS / 4, POINTS - 20);
        assertThatThrownBy(() ->
                        new UsageAsOf(live(), node.log(), point -> false)
                                .sums(asked(), whole.moments().at(END)))
                .isInstanceOf(UsageQuery.NotBuiltYet.class);
    }

    @Test
    void rowsThatDoNotSayWhenTheyWereRecordedCannotTell() {
        UsageQuery live =
                new UsageQuery(
                        node.database().jdbi(),
                        () -> node.projections().generation(UsageByHour.NAME));
        node.database()
                .jdbi()
                .useHandle(sql ->
                        sql.execute(
                                "UPDATE ledger.usage_by_hour SET recorded = '-infinity' WHERE"
                                        + " generation = 2 AND ctid = (SELECT ctid FROM"
                                        + " ledger.usage_by_hour WHERE generation = 2 LIMIT 1)"));
        assertThatThrownBy(() -> live.recordedBefore(asked(), Instant.now()))
                .isInstanceOf(UsageQuery.NotBuiltYet.class);
    }
}
