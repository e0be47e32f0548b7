package agency.platform.log.transfer;

import agency.kernel.fault.Fault;
import agency.platform.log.verify.Checkpoints;
import agency.platform.log.verify.LogVerifier;
import java.io.IOException;
import java.io.OutputStream;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;

/**
 * Writes the whole log as newline-delimited JSON, as it stands at one moment, while it is appended
 * to: a header, every row of every table of it, and a trailer with the number of lines and a
 * SHA-256 over them, signed (Ed25519, RFC 8032) by the installation's checkpoint key.
 *
 * <p>Facts are written as they are stored, personal texts sealed. The keys of people and
 * organisations, sealed themselves under the master key, only when they are asked for: without them
 * an export is for reading, not for importing.
 */
public final class LogExport {
    private static final int ROWS_AT_ONCE = 500;

    private final String url;
    private final Checkpoints signer;

    /**
     * An export of a log.
     *
     * @param url JDBC URL of its database, as the owner
     * @param signer whose key signs it
     */
    public LogExport(String url, Checkpoints signer) {
        this.url = url;
        this.signer = signer;
    }

    /**
     * What was written.
     *
     * @param facts how many facts are in it
     * @param signer a fingerprint of the key that has signed it
     */
    public record Written(long facts, long lines, String signer) {}

    /** Writes all of it; does not close the stream. */
    public Written write(OutputStream to, boolean withKeys) {
        try (Connection connection = DriverManager.getConnection(url)) {
            connection.setAutoCommit(false);
            connection.setReadOnly(true);
            connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
            LogVerifier.holdPartitions(connection);
            SignedWriter lines = new SignedWriter(to);
            lines.line(header(connection, withKeys));
            long facts = 0;
            for (Tables.Table table : Tables.ALL) {
                if (withKeys || !table.secret()) {
                    long rows = rows(connection, table, lines);
                    facts += table.name().equals("event") ? rows : 0;
                }
            }
            lines.end(signer);
            connection.rollback();
            return new Written(facts, lines.count(), Checkpoints.fingerprint(signer.publicKey()));
        } catch (SQLException failed) {
            throw Fault.passing(
                    "export.database",
                    "The database went away during the export: " + failed.getSQLState(),
                    Map.of(),
                    failed);
        } catch (IOException failed) {
            throw Fault.passing(
                    "export.unwritable",
                    "The export could not be written: " + failed.getClass().getSimpleName(),
                    Map.of(),
                    failed);
        }
    }

    private static String header(Connection connection, boolean withKeys) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row =
                        statement.executeQuery(
                                "SELECT json_build_object('agency_export', "
                                        + Tables.FORMAT
                                        + ", 'origin', origin, 'incarnation', incarnation,"
                                        + " 'made_at', clock_timestamp(), 'with_keys', "
                                        + withKeys
                                        + ", 'heads', (SELECT json_agg(head ORDER BY lane) FROM"
                                        + " log.lane))::text FROM log.installation")) {
            if (!row.next()) {
                throw Fault.lasting(
                        "export.empty", "There is no log in this database yet.", Map.of(), null);
            }
            return row.getString(1);
        }
    }

    private static long rows(Connection connection, Tables.Table table, SignedWriter lines)
            throws SQLException, IOException {
        long rows = 0;
        try (Statement statement = connection.createStatement()) {
            statement.setFetchSize(ROWS_AT_ONCE);
            try (ResultSet row =
                    statement.executeQuery(
                            "SELECT json_build_object('"
                                    + table.name()
                                    + "', row_to_json(t))::text FROM "
                                    + table.sql()
                                    + " t ORDER BY "
                                    + table.order())) {
                while (row.next()) {
                    lines.line(row.getString(1));
                    rows++;
                }
            }
        }
        return rows;
    }
}
