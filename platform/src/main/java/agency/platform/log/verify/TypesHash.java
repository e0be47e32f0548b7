package agency.platform.log.verify;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

/** The hash over the registered types of facts, in the order of their numbers. */
record TypesHash(int count, String hash) {
    /** Of the first so many types. */
    static TypesHash of(Connection connection, int first) throws SQLException {
        try (PreparedStatement read =
                connection.prepareStatement(
                        "SELECT count(*), sha256(coalesce(string_agg(record_send(ROW(type_id,"
                                + " convert_to(name, 'UTF8'), schema_ver, codec,"
                                + " convert_to(schema, 'UTF8'))), ''::bytea ORDER BY type_id), ''))"
                                + " FROM log.event_type WHERE type_id <= ?")) {
            read.setInt(1, first);
            try (ResultSet row = read.executeQuery()) {
                row.next();
                return new TypesHash(row.getInt(1), Checkpoint.hex(row.getBytes(2)));
            }
        }
    }
}
