package agency.platform.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import agency.kernel.fact.Recorded;
import agency.kernel.fact.StreamName;
import agency.platform.log.LogKit.Counted;
import agency.platform.log.codec.FactCodec;
import agency.platform.postgres.Database;
import agency.platform.testing.PostgresFixture;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Facts of some categories are the same whichever way they are looked for. */
class LogReaderTest {
    private static final int LANES = 2;
    private static final Set<String> RARE = Set.of("rare", "rarer");

    private Database database;
    private PostgresEventLog log;

    @BeforeEach
    void start() {
        database = PostgresFixture.fresh(LogKit.SCHEMA);
        log = LogKit.started(database.runtime(), LANES);
    }

    @AfterEach
    void stop() {
        log.close();
        database.close();
    }

    private LogReader reader(long longStretch) throws Exception {
        return reader(database.runtime(), longStretch);
    }

    private LogReader reader(DataSource from, long longStretch) throws Exception {
        TypeTable types = new TypeTable(LogKit.FACTS);
        try (var connection = database.runtime().getConnection()) {
            types.register(connection);
        }
        return new LogReader(
                () -> from, types, FactCodec.withoutPersonalTexts(types.all()), longStretch);
    }

    private void append(Random random, int facts) {
        List<CompletableFuture<Appended>> under = new ArrayList<>();
        for (int i = 0; i < facts; i++) {
            int tenant = 1 + random.nextInt(6);
            String category =
                    switch (random.nextInt(300)) {
                        case 0 -> "rare";
                        case 1 -> "rarer";
                        default -> "test";
                    };
            StreamName stream = StreamName.of(tenant, category, "s" + random.nextInt(9));
            under.add(
                    log.append(
                            new Append(
                                    stream,
                                    Append.ANY,
                                    List.of(new Counted(i)),
                                    LogKit.meta(),
                                    LogKit.IDS.next(),
                                    List.of())));
        }
        under.forEach(CompletableFuture::join);
    }

    @Test
    void bothWaysFindTheSame() throws Exception {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        append(random, 4_000);
        LogReader scattered = reader(0);
        LogReader along = reader(Long.MAX_VALUE);
        int rare = 0;
        for (int lane = 0; lane < LANES; lane++) {
            assertThat(scattered.few(log.incarnation(), lane, RARE)).isTrue();
            assertThat(scattered.few(log.incarnation(), lane, Set.of("test"))).isFalse();
            rare += along.lane(log.incarnation(), lane, 0, 4_000, 4_000, RARE, Slice.WHOLE).size();
        }
        assertThat(rare).isPositive();
        for (int i = 0; i < 200; i++) {
            int lane = random.nextInt(LANES);
            long after = random.nextLong(4_000);
            long upTo = random.nextInt(3) == 0 ? Long.MAX_VALUE : after + random.nextInt(4_000);
            int limit = 1 + random.nextInt(40);
            Set<String> wanted = random.nextBoolean() ? RARE : Set.of("rarer");
            Slice slice = slice(random);
            List<Recorded> expected =
                    along.lane(log.incarnation(), lane, after, upTo, limit, wanted, slice);
            assertThat(scattered.lane(log.incarnation(), lane, after, upTo, limit, wanted, slice))
                    .as("lane %d, %d to %d, %d of %s %s", lane, after, upTo, limit, wanted, slice)
                    .isEqualTo(expected);
        }
    }

    /** A log is mostly one long stream; a read of others must not pay for that. */
    @Test
    void goesPastNothingThatWasNotAskedFor() throws Exception {
        StreamName longest = StreamName.of(1, "test", "long");
        for (int i = 0; i < 60; i++) {
            log.append(Append.at(longest, i * 500, several(500), LogKit.meta())).join();
        }
        List<StreamName> few = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            few.add(new StreamName(1, "rare", "s" + i, longest.partition()));
            log.append(Append.at(few.get(i), 0, several(3), LogKit.meta())).join();
        }
        owner("ANALYZE log.event, log.stream");
        int lane = LaneHash.lane(longest.partition(), LANES);
        try (Connection connection = database.runtime().getConnection()) {
            connection.setAutoCommit(false);
            LogReader reader = reader(always(connection), 0);
            LogReader along = reader(always(connection), Long.MAX_VALUE);
            for (int i = 0; i < 10; i++) {
                for (StreamName stream : few) {
                    assertThat(reader.version(log.incarnation(), stream)).isEqualTo(3);
                    assertThat(reader.stream(log.incarnation(), stream, 0, 100)).hasSize(3);
                }
                assertThat(reader.stream(log.incarnation(), longest, 100, 10)).hasSize(10);
                assertThat(rare(reader, lane)).hasSize(15);
                assertThat(
                                along.lane(
                                        log.incarnation(),
                                        lane,
                                        20_000,
                                        20_100,
                                        1_000,
                                        Set.of("test"),
                                        Slice.WHOLE))
                        .hasSize(100);
            }
            assertThat(gonePast(connection)).isEqualTo(10 * (15 + 10 + 15 + 100));
        }
    }

    private List<Recorded> rare(LogReader reader, int lane) {
        return reader.lane(
                log.incarnation(), lane, 0, Long.MAX_VALUE, 50, Set.of("rare"), Slice.WHOLE);
    }

    private static List<Record> several(int count) {
        List<Record> facts = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            facts.add(new Counted(i));
        }
        return facts;
    }

    private void owner(String sql) throws SQLException {
        try (Connection connection = database.owner().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** How many facts the transaction of this connection has looked at so far. */
    private static long gonePast(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row =
                        statement.executeQuery(
                                "SELECT sum(coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0))"
                                    + " FROM pg_stat_xact_all_tables WHERE schemaname = 'log' AND"
                                    + " relname LIKE 'event%' AND relname <> 'event_type'")) {
            row.next();
            return row.getLong(1);
        }
    }

    /** Gives the same connection every time, and keeps it open. */
    private static DataSource always(Connection connection) {
        Connection kept =
                (Connection)
                        Proxy.newProxyInstance(
                                Connection.class.getClassLoader(),
                                new Class<?>[] {Connection.class},
                                (self, method, arguments) ->
                                        method.getName().equals("close")
                                                ? null
                                                : method.invoke(connection, arguments));
        return (DataSource)
                Proxy.newProxyInstance(
                        DataSource.class.getClassLoader(),
                        new Class<?>[] {DataSource.class},
                        (self, method, arguments) -> kept);
    }

    private static Slice slice(Random random) {
        int of = 1 + random.nextInt(4);
        Set<Integer> which = new HashSet<>(Set.of(random.nextInt(of)));
        which.add(random.nextInt(of));
        return new Slice(of, which);
    }

    @Test
    void slicesTogetherAreTheWholeAndAStreamLiesInOneOfThem() throws Exception {
        Random random = new Random(5);
        append(random, 500);
        LogReader reader = reader(Long.MAX_VALUE);
        for (int lane = 0; lane < LANES; lane++) {
            Set<Recorded> all =
                    new HashSet<>(
                            reader.lane(
                                    log.incarnation(), lane, 0, 500, 500, Set.of(), Slice.WHOLE));
            Set<StreamName> seen = new HashSet<>();
            for (int number = 0; number < 3; number++) {
                Slice slice = new Slice(3, Set.of(number));
                List<Recorded> part =
                        reader.lane(log.incarnation(), lane, 0, 500, 500, Set.of(), slice);
                Set<StreamName> streams = new HashSet<>();
                part.forEach(fact -> streams.add(fact.stream()));
                assertThat(seen).doesNotContainAnyElementsOf(streams);
                seen.addAll(streams);
                assertThat(all.containsAll(part)).isTrue();
                all.removeAll(part);
            }
            assertThat(all).isEmpty();
        }
        assertThatThrownBy(() -> new Slice(3, Set.of(3)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Slice(0, Set.of(0)))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
