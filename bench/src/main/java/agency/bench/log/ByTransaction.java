package agency.bench.log;

import agency.platform.json.Json;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.jspecify.annotations.Nullable;

/**
 * A log as most are kept in PostgreSQL: rows carry the number of their transaction ({@code xid8})
 * and readers go as far as the oldest one that is still open ({@code pg_snapshot_xmin}), so that
 * none shows up behind them. Writers do not wait for each other; readers wait for everybody.
 */
final class ByTransaction implements Tailed {
    private static final byte[] META = new byte[40];

    private final Connection writing;
    private final Connection reading;
    private final PreparedStatement insert;
    private final PreparedStatement read;
    private final byte[] body;
    private String lastTransaction = "0";
    private long lastId;

    ByTransaction(String url, byte[] body) throws SQLException {
        this.body = body;
        writing = DriverManager.getConnection(url);
        reading = DriverManager.getConnection(url);
        try (Statement make = writing.createStatement()) {
            make.execute(
                    "CREATE TABLE by_transaction (xid xid8 NOT NULL DEFAULT pg_current_xact_id(),"
                            + " id bigint GENERATED ALWAYS AS IDENTITY, tenant int NOT NULL, meta"
                            + " bytea NOT NULL, body bytea NOT NULL, PRIMARY KEY (xid, id))");
        }
        insert =
                writing.prepareStatement(
                        "INSERT INTO by_transaction (tenant, meta, body) VALUES (?, ?, ?)");
        read =
                reading.prepareStatement(
                        "SELECT xid::text, id, body FROM by_transaction WHERE (xid, id) >"
                                + " (?::xid8, ?) AND xid < pg_snapshot_xmin(pg_current_snapshot())"
                                + " ORDER BY by_transaction.xid, id LIMIT ?");
    }

    /** Fills it with so many rows, to be read from the beginning. */
    void fill(long rows) throws SQLException {
        try (PreparedStatement many =
                writing.prepareStatement(
                        "INSERT INTO by_transaction (tenant, meta, body) SELECT 1, ?, ? FROM"
                                + " generate_series(1, ?)")) {
            many.setBytes(1, META);
            many.setBytes(2, body);
            many.setLong(3, rows);
            many.executeUpdate();
        }
        try (Statement analyse = writing.createStatement()) {
            analyse.execute("ANALYZE by_transaction");
        }
    }

    @Override
    public void append(long number) throws SQLException {
        insert.setInt(1, 1);
        insert.setBytes(2, META);
        insert.setBytes(3, Json.write(new Ours.Happened(Ours.NOBODY, number, Ours.WORDS)));
        insert.executeUpdate();
    }

    /** From the beginning again. */
    void rewind() {
        lastTransaction = "0";
        lastId = 0;
    }

    @Override
    public Ours.@Nullable Happened next(int limit) throws SQLException {
        Ours.Happened last = null;
        read.setString(1, lastTransaction);
        read.setLong(2, lastId);
        read.setInt(3, limit);
        try (ResultSet row = read.executeQuery()) {
            while (row.next()) {
                lastTransaction = row.getString(1);
                lastId = row.getLong(2);
                last = Json.mapper().readValue(row.getBytes(3), Ours.Happened.class);
            }
        }
        return last;
    }

    @Override
    public void close() throws SQLException {
        writing.close();
        reading.close();
    }
}
