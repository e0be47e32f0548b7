package agency.platform.log;

import agency.kernel.fact.Position;
import agency.kernel.fact.Recorded;
import agency.kernel.fact.StreamName;
import agency.kernel.fault.Fault;
import agency.platform.log.codec.FactCodec;
import agency.platform.log.codec.PersonalTexts;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGStatement;
import org.postgresql.core.BaseConnection;

/** Reads facts back. One statement is one snapshot, and positions are in commit order: no gaps. */
final class LogReader {
    /** Most facts in one read. */
    static final int MAX_LIMIT = 10_000;

    private static final String COLUMNS =
            "e.pos, e.tenant, e.stream_id, e.version, e.type_id, e.event_id, e.recorded_at, e.meta,"
                    + " e.body, (SELECT i.incarnation FROM log.installation i)";

    /** On a longer stretch it pays to ask first whether the wanted facts are few, positions. */
    private static final long LONG_STRETCH = 100_000;

    /** Few: no more than one in so many of the lane's facts. */
    private static final int FEW = 50;

    /** So long an answer to that is good, ns. */
    private static final long ASK_AGAIN_NANOS = 60_000_000_000L;

    private final Supplier<DataSource> database;
    private final TypeTable types;
    private final FactCodec codec;
    private final long longStretch;
    private final Map<Wanted, Rarity> rarities = new ConcurrentHashMap<>();
    private volatile Life life = new Life(new UUID(0, 0), new StreamNames());

    LogReader(Supplier<DataSource> database, TypeTable types, FactCodec codec) {
        this(database, types, codec, LONG_STRETCH);
    }

    /** The same with another idea of what is long. */
    LogReader(Supplier<DataSource> database, TypeTable types, FactCodec codec, long longStretch) {
        this.database = database;
        this.types = types;
        this.codec = codec;
        this.longStretch = longStretch;
    }

    /** A lane's facts of some categories. */
    private record Wanted(UUID incarnation, int lane, Set<String> categories) {}

    /** Whether they were few when that was asked. */
    private record Rarity(boolean few, long askedNanos) {}

    /** The names of streams hold within one life of the log: a restored one gives numbers anew. */
    private record Life(UUID incarnation, StreamNames names) {}

    private StreamNames names(UUID incarnation) {
        Life now = life;
        if (!now.incarnation.equals(incarnation)) {
            now = new Life(incarnation, new StreamNames());
            life = now;
        }
        return now.names;
    }

    /** A fact as it is stored. */
    @SuppressWarnings("ArrayRecordComponent") // carried, never compared
    private record Stored(
            int lane,
            long position,
            int tenant,
            long stream,
            int version,
            int type,
            UUID id,
            Instant recordedAt,
            byte[] meta,
            byte[] body) {}

    int version(UUID incarnation, StreamName stream) {
        try (Connection connection = database.get().getConnection();
                PreparedStatement ask =
                        connection.prepareStatement(
                                "SELECT i.incarnation, (SELECT s.version FROM log.stream s WHERE"
                                        + " s.tenant = ? AND s.category = ? AND s.key = ?) FROM"
                                        + " log.installation i")) {
            ask.setInt(1, stream.tenant());
            ask.setString(2, stream.category());
            ask.setString(3, stream.key());
            try (ResultSet row = ask.executeQuery()) {
                if (!row.next() || !incarnation.equals(row.getObject(1, UUID.class))) {
                    throw anotherLife();
                }
                return row.getInt(2);
            }
        } catch (SQLException e) {
            throw unreachable(e);
        }
    }

    /**
     * A stream's versions have no gaps: both ends of the stretch are said, so that no plan, however
     * wrong about how long the stream is, reads more than it.
     */
    List<Recorded> stream(UUID incarnation, StreamName stream, int afterVersion, int limit) {
        int through = (int) Math.min(Integer.MAX_VALUE, (long) afterVersion + bounded(limit));
        return read(
                incarnation,
                connection -> {
                    PreparedStatement read =
                            connection.prepareStatement(
                                    "SELECT e.lane, "
                                            + COLUMNS
                                            + " FROM log.stream s JOIN log.event e ON e.lane ="
                                            + " s.lane AND e.stream_id = s.stream_id WHERE s.tenant"
                                            + " = ? AND s.category = ? AND s.key = ? AND e.version"
                                            + " > ? AND e.version <= ? ORDER BY e.version");
                    read.setInt(1, stream.tenant());
                    read.setString(2, stream.category());
                    read.setString(3, stream.key());
                    read.setInt(4, afterVersion);
                    read.setInt(5, through);
                    return read;
                });
    }

    List<Recorded> lane(
            UUID incarnation,
            int lane,
            long after,
            long upTo,
            int limit,
            Set<String> categories,
            Slice slice) {
        bounded(limit);
        if (upTo - after > longStretch
                && !categories.isEmpty()
                && few(incarnation, lane, categories)) {
            return read(
                    incarnation,
                    connection ->
                            scattered(connection, lane, after, upTo, limit, categories, slice));
        }
        return read(
                incarnation,
                connection -> along(connection, lane, after, upTo, limit, categories, slice));
    }

    /**
     * Goes along the lane and leaves out what is not wanted. Nought is added to the stream's
     * number, so that the index of streams cannot be used: there is no plan that starts from them.
     */
    private static PreparedStatement along(
            Connection connection,
            int lane,
            long after,
            long upTo,
            int limit,
            Set<String> categories,
            Slice slice)
            throws SQLException {
        PreparedStatement read =
                connection.prepareStatement(
                        "SELECT e.lane, "
                                + COLUMNS
                                + " FROM log.event e WHERE e.lane = ? AND e.pos > ? AND"
                                + " e.pos <= ?"
                                + (categories.isEmpty()
                                        ? ""
                                        : " AND EXISTS (SELECT FROM log.stream s WHERE"
                                                + " s.stream_id = e.stream_id + 0 AND"
                                                + " s.category = ANY (?))")
                                + cut(slice, "e")
                                + " ORDER BY e.pos LIMIT ?");
        read.setShort(1, (short) lane);
        read.setLong(2, after);
        read.setLong(3, upTo);
        int next = 4;
        if (!categories.isEmpty()) {
            read.setArray(next++, texts(connection, categories));
        }
        read.setInt(next, limit);
        return read;
    }

    /**
     * Looks the wanted streams up one by one and puts their facts in order: a few thousand facts
     * among millions are found without going past the millions. Of each stream the first ones in
     * order of version, which is their order of position too, are enough; asking for that keeps
     * PostgreSQL from turning it into the other plan, or from going past the millions for each.
     */
    private static PreparedStatement scattered(
            Connection connection,
            int lane,
            long after,
            long upTo,
            int limit,
            Set<String> categories,
            Slice slice)
            throws SQLException {
        PreparedStatement read =
                connection.prepareStatement(
                        "SELECT e.lane, "
                                + COLUMNS
                                + " FROM log.stream s CROSS JOIN LATERAL (SELECT * FROM log.event"
                                + " f WHERE f.lane = ? AND f.stream_id = s.stream_id AND f.pos > ?"
                                + " AND f.pos <= ? ORDER BY f.version LIMIT ?) e WHERE s.lane = ?"
                                + " AND s.category = ANY (?)"
                                + cut(slice, "s")
                                + " ORDER BY e.pos LIMIT ?");
        read.setShort(1, (short) lane);
        read.setLong(2, after);
        read.setLong(3, upTo);
        read.setInt(4, limit);
        read.setShort(5, (short) lane);
        read.setArray(6, texts(connection, categories));
        read.setInt(7, limit);
        return read;
    }

    /** Numbers of ours, checked: spelled out, so that each slice has its own plan. */
    private static String cut(Slice slice, String table) {
        return slice.whole()
                ? ""
                : " AND "
                        + table
                        + ".stream_id % "
                        + slice.of()
                        + slice.which().stream()
                                .sorted()
                                .map(Object::toString)
                                .collect(Collectors.joining(", ", " IN (", ")"));
    }

    private static Array texts(Connection connection, Set<String> categories) throws SQLException {
        return new BinaryArrays(connection.unwrap(BaseConnection.class))
                .texts(List.copyOf(categories));
    }

    /** Whether facts of these categories are few among the lane's; asked anew from time to time. */
    boolean few(UUID incarnation, int lane, Set<String> categories) {
        Wanted wanted = new Wanted(incarnation, lane, Set.copyOf(categories));
        Rarity known = rarities.get(wanted);
        if (known != null && System.nanoTime() - known.askedNanos < ASK_AGAIN_NANOS) {
            return known.few;
        }
        try (Connection connection = database.get().getConnection();
                PreparedStatement ask =
                        connection.prepareStatement(
                                "SELECT l.head, (SELECT coalesce(sum(s.version), 0) FROM log.stream"
                                        + " s WHERE s.lane = l.lane AND s.category = ANY (?)) FROM"
                                        + " log.lane l WHERE l.lane = ?")) {
            ask.setArray(1, texts(connection, categories));
            ask.setShort(2, (short) lane);
            try (ResultSet row = ask.executeQuery()) {
                boolean few = row.next() && row.getLong(2) <= row.getLong(1) / FEW;
                rarities.keySet().removeIf(old -> !old.incarnation.equals(incarnation));
                rarities.put(wanted, new Rarity(few, System.nanoTime()));
                return few;
            }
        } catch (SQLException e) {
            throw unreachable(e);
        }
    }

    List<Recorded> at(UUID incarnation, int lane, List<Long> positions) {
        bounded(positions.size());
        return read(
                incarnation,
                connection -> {
                    PreparedStatement read =
                            connection.prepareStatement(
                                    "SELECT e.lane, "
                                            + COLUMNS
                                            + " FROM log.event e WHERE e.lane = ? AND e.pos = ANY"
                                            + " (?) ORDER BY e.pos");
                    read.setShort(1, (short) lane);
                    read.setArray(
                            2,
                            new BinaryArrays(connection.unwrap(BaseConnection.class))
                                    .longsOrNull(positions));
                    return read;
                });
    }

    long archivedThrough(int lane) {
        try (Connection connection = database.get().getConnection();
                PreparedStatement ask =
                        connection.prepareStatement(
                                "SELECT coalesce(max(to_pos), 0) FROM log.archive WHERE lane ="
                                        + " ?")) {
            ask.setShort(1, (short) lane);
            try (ResultSet row = ask.executeQuery()) {
                row.next();
                return row.getLong(1);
            }
        } catch (SQLException e) {
            throw unreachable(e);
        }
    }

    /** The heads of all lanes, by lane, and of which life of the log. */
    @SuppressWarnings("ArrayRecordComponent") // carried, never compared
    record Heads(UUID incarnation, long[] heads) {}

    Heads heads(int lanes) {
        try (Connection connection = database.get().getConnection();
                PreparedStatement read =
                        connection.prepareStatement(
                                "SELECT l.lane, l.head, i.incarnation FROM log.lane l,"
                                        + " log.installation i");
                ResultSet row = read.executeQuery()) {
            long[] heads = new long[lanes];
            UUID incarnation = new UUID(0, 0);
            while (row.next()) {
                heads[row.getShort(1)] = row.getLong(2);
                incarnation = row.getObject(3, UUID.class);
            }
            return new Heads(incarnation, heads);
        } catch (SQLException e) {
            throw unreachable(e);
        }
    }

    private static int bounded(int limit) {
        if (limit < 1 || limit > MAX_LIMIT) {
            throw new IllegalArgumentException(
                    "a read takes 1 to " + MAX_LIMIT + " facts, not " + limit);
        }
        return limit;
    }

    private interface Question {
        PreparedStatement ask(Connection connection) throws SQLException;
    }

    private List<Recorded> read(UUID incarnation, Question question) {
        List<Stored> rows = new ArrayList<>();
        StreamNames names = names(incarnation);
        try (Connection connection = database.get().getConnection()) {
            try (PreparedStatement read = question.ask(connection)) {
                read.unwrap(PGStatement.class).setPrepareThreshold(1);
                try (ResultSet row = read.executeQuery()) {
                    while (row.next()) {
                        if (rows.isEmpty() && !incarnation.equals(row.getObject(11, UUID.class))) {
                            throw anotherLife();
                        }
                        rows.add(stored(row));
                    }
                }
            }
            Set<Long> unknown = new HashSet<>();
            for (Stored row : rows) {
                if (!names.knows(row.stream)) {
                    unknown.add(row.stream);
                }
            }
            if (!unknown.isEmpty()) {
                names.learn(connection, unknown);
            }
        } catch (SQLException e) {
            throw unreachable(e);
        }
        List<Recorded> facts = new ArrayList<>(rows.size());
        Map<Long, StreamName> local = new HashMap<>();
        for (Stored row : rows) {
            facts.add(recorded(incarnation, row, local.computeIfAbsent(row.stream, names::name)));
        }
        return facts;
    }

    private static Stored stored(ResultSet row) throws SQLException {
        return new Stored(
                row.getInt(1),
                row.getLong(2),
                row.getInt(3),
                row.getLong(4),
                row.getInt(5),
                row.getInt(6),
                row.getObject(7, UUID.class),
                row.getObject(8, OffsetDateTime.class).toInstant(),
                row.getBytes(9),
                row.getBytes(10));
    }

    private Recorded recorded(UUID incarnation, Stored row, StreamName stream) {
        TypeTable.Stored stored = types.of(row.type, row.position);
        return new Recorded(
                new Position(incarnation, row.lane, row.position),
                stream,
                row.version,
                row.id,
                stored.type(),
                stored.version(),
                row.recordedAt,
                MetaCodec.decode(row.meta),
                codec.decode(
                        stored.type(),
                        stored.version(),
                        row.body,
                        new PersonalTexts.Place(row.tenant, row.id)));
    }

    private static Fault anotherLife() {
        return Fault.passing(
                EventLog.ANOTHER_LIFE,
                "The log was restored or has failed over: what was known of it holds no more.",
                Map.of(),
                null);
    }

    static Fault unreachable(@Nullable SQLException cause) {
        return Fault.passing(
                "log.unreachable", "The log's database cannot be reached.", Map.of(), cause);
    }
}
