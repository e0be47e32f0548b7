package agency.bench.log;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;

/** The least that durable storage costs: rows without versions, order or seals. */
final class Floor implements AutoCloseable {
    /** Connections; the embedded server allows 48 in all. */
    static final int CONNECTIONS = 32;

    /** Rows in one transaction of the batched floor. */
    static final int BATCH = 256;

    private static final byte[] META = new byte[40];

    private final List<Connection> connections = new ArrayList<>();
    private final BlockingQueue<PreparedStatement> inserts = new ArrayBlockingQueue<>(CONNECTIONS);
    private final byte[] body;

    Floor(String url, byte[] body) throws SQLException {
        this.body = body;
        for (int i = 0; i < CONNECTIONS; i++) {
            Connection connection = DriverManager.getConnection(url);
            if (i == 0) {
                try (Statement make = connection.createStatement()) {
                    make.execute(
                            "CREATE TABLE IF NOT EXISTS floor (id bigint GENERATED ALWAYS AS"
                                    + " IDENTITY PRIMARY KEY, tenant int NOT NULL, meta bytea NOT"
                                    + " NULL, body bytea NOT NULL)");
                    make.execute("CREATE TABLE IF NOT EXISTS floor_lock (head bigint NOT NULL)");
                    make.execute("INSERT INTO floor_lock VALUES (0)");
                }
            }
            connections.add(connection);
            inserts.add(
                    connection.prepareStatement(
                            "INSERT INTO floor (tenant, meta, body) VALUES (?, ?, ?)"));
        }
    }

    /** One row, one transaction. */
    int insertOne() throws SQLException, InterruptedException {
        PreparedStatement insert = inserts.take();
        try {
            insert.setInt(1, 1);
            insert.setBytes(2, META);
            insert.setBytes(3, body);
            insert.executeUpdate();
            return 1;
        } finally {
            inserts.add(insert);
        }
    }

    /** {@link #BATCH} rows in one transaction, under a row lock. */
    Callers.Caller batches(int number) throws SQLException {
        Connection connection = connections.get(number);
        PreparedStatement insert =
                connection.prepareStatement(
                        "WITH held AS (SELECT head FROM floor_lock FOR UPDATE) INSERT INTO floor"
                            + " (tenant, meta, body) SELECT 1, ?, n.body FROM held, unnest(?) AS"
                            + " n(body)");
        byte[][] bodies = new byte[BATCH][];
        java.util.Arrays.fill(bodies, body);
        return () -> {
            insert.setBytes(1, META);
            insert.setArray(2, connection.createArrayOf("bytea", bodies));
            return insert.executeUpdate();
        };
    }

    @Override
    public void close() throws SQLException {
        for (Connection connection : connections) {
            connection.close();
        }
    }
}
