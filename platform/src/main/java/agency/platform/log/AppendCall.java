package agency.platform.log;

import agency.kernel.fact.StreamName;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGStatement;
import org.postgresql.core.BaseConnection;

/** One call of {@code log.append}: a batch out, an answer per row back, in one round trip. */
final class AppendCall implements AutoCloseable {
    private final BinaryArrays arrays;
    private final PreparedStatement statement;
    private final PreparedStatement one;
    private final int lane;

    /**
     * A prepared call.
     *
     * @param function the function's name, to which {@code _one} is added for the one that takes a
     *     single fact; another one only in tests that prove what it protects
     */
    AppendCall(Connection connection, int lane, String function) throws SQLException {
        this.lane = lane;
        this.arrays = new BinaryArrays(connection.unwrap(BaseConnection.class));
        this.statement =
                connection.prepareStatement(
                        "SELECT o_head, o_status, o_version, o_pos FROM "
                                + function
                                + "(?,?, ?,?,?,?, ?,?,?,?,?, ?,?,?,?,?,?,?)");
        statement.unwrap(PGStatement.class).setPrepareThreshold(1);
        this.one =
                connection.prepareStatement(
                        "SELECT o_head, o_status FROM "
                                + function
                                + "_one(?,?, ?,?,?,?,?, ?,?,?,?,?,?)");
        one.unwrap(PGStatement.class).setPrepareThreshold(1);
    }

    /** What became of each row. */
    @SuppressWarnings("ArrayRecordComponent") // carried, never compared
    record Answers(long head, long[] status, long[] version, long[] position) {}

    /** Appends requests that were all written down in the same life of the log. */
    Answers call(List<Prepared> requests) throws SQLException {
        if (requests.size() == 1 && requests.getFirst().single()) {
            Answers answers = single(requests.getFirst());
            if (answers != null) {
                return answers;
            }
        }
        return all(requests);
    }

    /** Null when it is not as simple as that; nothing was changed then. */
    private @Nullable Answers single(Prepared request) throws SQLException {
        Prepared.Row row = request.rows().getFirst();
        Prepared.Written fact = row.facts().getFirst();
        one.setShort(1, (short) lane);
        one.setObject(2, request.life());
        one.setInt(3, row.stream().tenant());
        one.setString(4, row.stream().category());
        one.setString(5, row.stream().key());
        one.setString(6, row.stream().partition());
        one.setInt(7, row.expected());
        one.setInt(8, fact.type());
        one.setShort(9, (short) fact.version());
        one.setObject(10, fact.id());
        one.setObject(11, fact.keyId() == 0 ? null : fact.keyId(), Types.BIGINT);
        one.setBytes(12, fact.meta());
        one.setBytes(13, fact.body());
        try (ResultSet answer = one.executeQuery()) {
            answer.next();
            long head = answer.getLong(1);
            long status = answer.getInt(2);
            return answer.wasNull()
                    ? null
                    : new Answers(
                            head,
                            new long[] {status},
                            new long[] {row.expected() + 1},
                            new long[] {head});
        }
    }

    private Answers all(List<Prepared> requests) throws SQLException {
        Map<StreamName, Integer> streams = new LinkedHashMap<>();
        List<Prepared.Row> rows = new ArrayList<>();
        for (Prepared request : requests) {
            for (Prepared.Row row : request.rows()) {
                streams.putIfAbsent(row.stream(), streams.size() + 1);
                rows.add(row);
            }
        }
        List<StreamName> names = List.copyOf(streams.keySet());
        statement.setShort(1, (short) lane);
        statement.setObject(2, requests.getFirst().life());
        statement.setArray(3, arrays.ints(names.size(), i -> names.get(i).tenant()));
        statement.setArray(4, arrays.texts(names.stream().map(StreamName::category).toList()));
        statement.setArray(5, arrays.texts(names.stream().map(StreamName::key).toList()));
        statement.setArray(6, arrays.texts(names.stream().map(StreamName::partition).toList()));
        int[] index = new int[rows.size()];
        List<Prepared.Written> facts = new ArrayList<>();
        List<Integer> owner = new ArrayList<>();
        for (int i = 0; i < index.length; i++) {
            index[i] = streams.getOrDefault(rows.get(i).stream(), 0);
            for (Prepared.Written fact : rows.get(i).facts()) {
                facts.add(fact);
                owner.add(i + 1);
            }
        }
        statement.setArray(7, arrays.ints(index.length, i -> index[i]));
        statement.setArray(8, arrays.ints(index.length, i -> rows.get(i).expected()));
        statement.setArray(9, arrays.ints(index.length, i -> rows.get(i).facts().size()));
        statement.setArray(10, arrays.shorts(index.length, i -> rows.get(i).claim()));
        statement.setArray(11, arrays.uuids(rows.stream().map(Prepared.Row::id).toList()));
        statement.setArray(12, arrays.ints(facts.size(), owner::get));
        statement.setArray(13, arrays.ints(facts.size(), i -> facts.get(i).type()));
        statement.setArray(14, arrays.shorts(facts.size(), i -> facts.get(i).version()));
        statement.setArray(15, arrays.uuids(facts.stream().map(Prepared.Written::id).toList()));
        statement.setArray(
                16, arrays.longsOrNull(facts.stream().map(Prepared.Written::keyId).toList()));
        statement.setArray(17, arrays.byteas(facts.stream().map(Prepared.Written::meta).toList()));
        statement.setArray(18, arrays.byteas(facts.stream().map(Prepared.Written::body).toList()));
        try (ResultSet row = statement.executeQuery()) {
            row.next();
            return new Answers(
                    row.getLong(1),
                    BinaryArrays.numbers(row.getArray(2)),
                    BinaryArrays.numbers(row.getArray(3)),
                    BinaryArrays.numbers(row.getArray(4)));
        }
    }

    @Override
    public void close() throws SQLException {
        statement.close();
        one.close();
    }
}
