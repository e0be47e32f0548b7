package agency.platform.log.verify;

import static org.assertj.core.api.Assertions.assertThat;

import agency.platform.log.Append;
import agency.platform.log.Appended;
import agency.platform.log.LogKit;
import agency.platform.log.LogKit.Counted;
import agency.platform.log.PostgresEventLog;
import agency.platform.postgres.Database;
import agency.platform.testing.PostgresFixture;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.BiPredicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Fault test F21: a superuser who changes the log and everything that is counted along with it is
 * found out, in the right lane and at the right position; and would not be without seals or without
 * checkpoints.
 */
class TamperingFaultTest {
    private static final int LANES = 4;

    /** Facts of each lane at least; each is a batch with a seal of its own. */
    private static final int FACTS = 24;

    private static final BiPredicate<byte[], byte[]> SEALS = Arrays::equals;
    private static final BiPredicate<byte[], byte[]> NO_SEALS = (stored, hashed) -> true;

    @TempDir private Path kept;
    @TempDir private Path empty;
    private final int[] heads = new int[LANES];
    private Database database;

    /** Where something is found to be wrong. */
    private record Place(String what, int lane, long from, long to) {
        static Place at(String what, int lane, long position) {
            return new Place(what, lane, position, position);
        }
    }

    @BeforeEach
    void start() {
        database = PostgresFixture.fresh(LogKit.SCHEMA);
        try (PostgresEventLog log = LogKit.started(database.runtime(), LANES)) {
            int tenant = 0;
            while (Arrays.stream(heads).anyMatch(n -> n < FACTS)) {
                tenant++;
                int lane = append(log, tenant, 0);
                heads[lane]++;
                for (int version = 1; version < 6; version++) {
                    append(log, tenant, version);
                    heads[lane]++;
                }
            }
        }
        new CheckpointWriter(database::runtime, new Checkpoints(kept)).write();
        assertThat(found(SEALS, kept)).isEmpty();
    }

    private static int append(PostgresEventLog log, int tenant, int version) {
        Append one =
                Append.at(
                        LogKit.stream(tenant, "s"),
                        version,
                        List.of(new Counted(version)),
                        LogKit.meta());
        return ((Appended.Ok) log.append(one).join()).last().lane();
    }

    @AfterEach
    void stop() {
        database.close();
    }

    private List<Place> found(BiPredicate<byte[], byte[]> seals, Path checkpoints) {
        return new LogVerifier(database::runtime, new Checkpoints(checkpoints), seals)
                .verify(progress -> {}).findings().stream()
                        .map(f -> new Place(f.what(), f.lane(), f.from(), f.to()))
                        .toList();
    }

    private void asSuperuser(String... statements) throws Exception {
        try (Connection connection = database.owner().getConnection();
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                assertThat(statement.executeUpdate(sql)).as(sql).isPositive();
            }
        }
    }

    /** Position 5 of lane 0, 6 of lane 1, …: a test that names no lane would be found out. */
    private static long place(int lane) {
        return 5 + lane;
    }

    private void flip(int lane) throws Exception {
        asSuperuser(
                "UPDATE log.event SET body = set_byte(body, 3, get_byte(body, 3) # 1) WHERE lane = "
                        + lane
                        + " AND pos = "
                        + place(lane));
    }

    @Test
    void findsAFlippedByteOfAnyLaneBecauseOfTheSeals() throws Exception {
        List<Place> expected = new ArrayList<>();
        for (int lane = 0; lane < LANES; lane++) {
            flip(lane);
            expected.add(Place.at("seal-broken", lane, place(lane)));
        }
        assertThat(found(SEALS, kept)).isEqualTo(expected);
        assertThat(found(NO_SEALS, kept)).isEmpty();
    }

    @Test
    void findsADeletedFactWhoseGapWasClosedBecauseOfTheSeals() throws Exception {
        List<Place> expected = new ArrayList<>();
        List<Place> cut = new ArrayList<>();
        for (int lane = 0; lane < LANES; lane++) {
            // The last fact of its stream, so that its versions still count up.
            String of = " WHERE lane = " + lane;
            String gap =
                    "(SELECT max(pos) FROM log.event e" + of + " AND version = 6 AND pos < 20)";
            long position = number("SELECT " + gap);
            asSuperuser(
                    "UPDATE log.stream SET version = 5 WHERE stream_id = (SELECT stream_id FROM"
                            + " log.event"
                            + of
                            + " AND pos = "
                            + position
                            + ")",
                    "DELETE FROM log.event" + of + " AND pos = " + position,
                    "DELETE FROM log.seal" + of + " AND pos = " + position,
                    // Over there and back, or positions would collide on their way.
                    moved("event", lane, position, 1_000_000),
                    moved("event", lane, 1_000_000, -1_000_001),
                    moved("seal", lane, position, 1_000_000),
                    moved("seal", lane, 1_000_000, -1_000_001),
                    "UPDATE log.stream SET first_pos = first_pos - 1"
                            + of
                            + " AND first_pos > "
                            + position,
                    "UPDATE log.lane SET head = head - 1" + of);
            // Every fact behind the gap is now one position away from where it was sealed, and the
            // checkpoint knows one more.
            expected.add(new Place("seal-broken", lane, position, heads[lane] - 1));
            cut.add(Place.at("tail-cut", lane, heads[lane]));
        }
        assertThat(found(SEALS, empty)).isEqualTo(expected);
        assertThat(found(NO_SEALS, kept)).isEqualTo(cut);
        assertThat(found(NO_SEALS, empty)).isEmpty();
        expected.addAll(cut);
        assertThat(found(SEALS, kept)).isEqualTo(expected);
    }

    private static String moved(String table, int lane, long beyond, long by) {
        return "UPDATE log."
                + table
                + " SET pos = pos + ("
                + by
                + ") WHERE lane = "
                + lane
                + " AND pos > "
                + beyond;
    }

    @Test
    void findsADeletedFactAtItsPosition() throws Exception {
        List<Place> expected = new ArrayList<>();
        for (int lane = 0; lane < LANES; lane++) {
            asSuperuser("DELETE FROM log.event WHERE lane = " + lane + " AND pos = " + place(lane));
            expected.add(Place.at("fact-missing", lane, place(lane)));
            expected.add(Place.at("seal-broken", lane, place(lane)));
        }
        assertThat(found(SEALS, kept)).containsAll(expected);
    }

    @Test
    void findsACutTailWithItsHeadResetBecauseOfTheCheckpoints() throws Exception {
        List<Place> expected = new ArrayList<>();
        for (int lane = 0; lane < LANES; lane++) {
            long last = heads[lane] - 3 - lane;
            cut(lane, last);
            expected.add(new Place("tail-cut", lane, last + 1, heads[lane]));
        }
        assertThat(found(SEALS, kept)).isEqualTo(expected);
        assertThat(found(SEALS, empty)).isEmpty();
    }

    private void cut(int lane, long last) throws Exception {
        String tail = " WHERE lane = " + lane + " AND pos > " + last;
        asSuperuser(
                "DELETE FROM log.event" + tail,
                "DELETE FROM log.seal" + tail,
                "UPDATE log.stream s SET version = (SELECT count(*) FROM log.event e WHERE"
                        + " e.stream_id = s.stream_id) WHERE lane = "
                        + lane,
                "UPDATE log.lane l SET head = "
                        + last
                        + ", seal = (SELECT hash FROM log.seal s WHERE s.lane = l.lane AND s.pos ="
                        + " "
                        + last
                        + ") WHERE lane = "
                        + lane);
        try (Connection connection = database.owner().getConnection();
                Statement statement = connection.createStatement()) {
            statement.executeUpdate("DELETE FROM log.stream WHERE version = 0");
        }
    }

    @Test
    void findsAHistoryWrittenAnewWithItsSealsBecauseOfTheCheckpoints() throws Exception {
        List<Place> expected = new ArrayList<>();
        for (int lane = 0; lane < LANES; lane++) {
            flip(lane);
            for (long position = place(lane); position <= heads[lane]; position++) {
                seal(lane, position);
            }
            asSuperuser(
                    "UPDATE log.lane l SET seal = (SELECT hash FROM log.seal s WHERE s.lane ="
                            + " l.lane AND s.pos = l.head) WHERE lane = "
                            + lane);
            expected.add(new Place("history-rewritten", lane, 1, heads[lane]));
        }
        assertThat(found(SEALS, kept)).isEqualTo(expected);
        assertThat(found(SEALS, empty)).isEmpty();
    }

    /** What the log itself would seal here. */
    private void seal(int lane, long position) throws Exception {
        asSuperuser(
                """
                UPDATE log.seal SET hash = sha256(
                    (SELECT hash FROM log.seal WHERE lane = %1$d AND pos = %2$d - 1)
                    || (SELECT record_send(ROW(pos, tenant, stream_id, version, type_id, schema_ver,
                        event_id, key_id, recorded_at, meta, body)) FROM log.event
                        WHERE lane = %1$d AND pos = %2$d)
                    || coalesce((SELECT record_send(ROW(stream_id, tenant,
                        convert_to(category, 'UTF8'), convert_to(key, 'UTF8'),
                        convert_to(partition, 'UTF8'), first_pos)) FROM log.stream
                        WHERE lane = %1$d AND first_pos = %2$d), ''))
                WHERE lane = %1$d AND pos = %2$d\
                """
                        .formatted(lane, position));
    }

    private long number(String sql) throws Exception {
        try (Connection connection = database.owner().getConnection();
                var row = connection.createStatement().executeQuery(sql)) {
            row.next();
            return row.getLong(1);
        }
    }
}
