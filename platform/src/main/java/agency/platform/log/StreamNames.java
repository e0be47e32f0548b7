package agency.platform.log;

import agency.kernel.fact.StreamName;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.postgresql.core.BaseConnection;

/** The names of streams by their numbers. A name never changes, so what is known stays true. */
final class StreamNames {
    /** Most names held in memory; beyond that all are forgotten and read again as needed. */
    private static final int HELD = 200_000;

    private final Map<Long, StreamName> names = new ConcurrentHashMap<>();

    /** Makes sure that these are known. */
    void learn(Connection connection, Collection<Long> numbers) throws SQLException {
        if (names.size() > HELD) {
            names.clear();
        }
        try (PreparedStatement read =
                connection.prepareStatement(
                        "SELECT stream_id, tenant, category, key, partition FROM log.stream"
                                + " WHERE stream_id = ANY (?)")) {
            read.setArray(
                    1,
                    new BinaryArrays(connection.unwrap(BaseConnection.class))
                            .longsOrNull(java.util.List.copyOf(numbers)));
            try (ResultSet row = read.executeQuery()) {
                while (row.next()) {
                    names.put(
                            row.getLong(1),
                            new StreamName(
                                    row.getInt(2),
                                    row.getString(3),
                                    row.getString(4),
                                    row.getString(5)));
                }
            }
        }
    }

    boolean knows(long number) {
        return names.containsKey(number);
    }

    StreamName name(long number) {
        StreamName name = names.get(number);
        if (name == null) {
            throw new IllegalStateException("a fact of a stream that does not exist: " + number);
        }
        return name;
    }
}
