package agency.platform.log.transfer;

import agency.kernel.fault.Fault;
import agency.platform.log.verify.LogVerifier;
import agency.platform.log.verify.Verdict;
import java.io.IOException;
import java.io.InputStream;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Reads an exported log into an empty database, in one transaction: what is not whole, in order and
 * signed leaves nothing behind. At its end every seal is hashed again and the log begins another
 * life.
 */
public final class LogImport {
    private static final int ROWS_AT_ONCE = 500;
    private static final int BYTES_AT_ONCE = 4 << 20;

    private final String url;

    /**
     * An import into a database.
     *
     * @param url JDBC URL, as the owner; its schemas are made, its log is not
     */
    public LogImport(String url) {
        this.url = url;
    }

    /** What was read, and a fingerprint of the key that had signed it. */
    public record Imported(long facts, String signer) {}

    /**
     * Reads all of it.
     *
     * @param signer the fingerprint of the key that must have signed it; null for any
     */
    public Imported read(InputStream from, @Nullable String signer) {
        SignedReader lines = new SignedReader(from, "import.bad", "Nothing was imported.");
        try (Connection connection = DriverManager.getConnection(url)) {
            connection.setAutoCommit(false);
            try {
                Imported imported = imported(connection, lines, signer);
                connection.commit();
                return imported;
            } catch (SQLException refused) {
                connection.rollback();
                throw Fault.lasting(
                        "import.refused",
                        "The database refused what stands at or before line "
                                + lines.number()
                                + " ("
                                + refused.getSQLState()
                                + "). Nothing was imported.",
                        Map.of("line", Long.toString(lines.number())),
                        refused);
            } catch (IOException | RuntimeException failed) {
                connection.rollback();
                throw failed;
            }
        } catch (SQLException failed) {
            throw Fault.passing(
                    "import.database",
                    "The database went away during the import: " + failed.getSQLState(),
                    Map.of(),
                    failed);
        } catch (IOException failed) {
            throw Fault.passing(
                    "import.unreadable",
                    "The file cannot be read: " + failed.getClass().getSimpleName(),
                    Map.of(),
                    failed);
        }
    }

    private Imported imported(Connection connection, SignedReader lines, @Nullable String signer)
            throws SQLException, IOException {
        refuseFull(connection);
        List<Long> heads = header(lines);
        long facts = 0;
        int table = 0;
        List<String> rows = new ArrayList<>();
        int bytes = 0;
        while (true) {
            JsonNode node = lines.object();
            String name = node.propertyNames().stream().findFirst().orElse("");
            if (name.equals("trailer")) {
                write(connection, Tables.ALL.get(table), rows);
                SignedReader.Signed signed = lines.end(node, signer);
                finish(connection, heads);
                return new Imported(facts, signed.signer());
            }
            int next = table;
            while (next < Tables.ALL.size() && !Tables.ALL.get(next).name().equals(name)) {
                next++;
            }
            if (next == Tables.ALL.size()) {
                throw lines.bad("is of no kind that belongs here");
            }
            if (next != table || rows.size() >= ROWS_AT_ONCE || bytes > BYTES_AT_ONCE) {
                write(connection, Tables.ALL.get(table), rows);
                bytes = 0;
                if (table == 1 && next > 1) {
                    makePartitions(connection);
                }
                table = next;
            }
            String row = node.path(name).toString();
            rows.add(row);
            bytes += row.length();
            facts += name.equals("event") ? 1 : 0;
        }
    }

    private static void refuseFull(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT count(*) FROM log.installation")) {
            row.next();
            if (row.getLong(1) > 0) {
                throw Fault.lasting(
                        "import.not-empty",
                        "There is a log in this place already. Import into a new one.",
                        Map.of(),
                        null);
            }
        }
    }

    private static List<Long> header(SignedReader lines) throws IOException {
        JsonNode header = lines.header();
        if (header.path("agency_export").asInt(0) != Tables.FORMAT) {
            throw lines.bad("is not the header of an export that this program can read");
        }
        if (!header.path("with_keys").asBoolean(false)) {
            throw lines.bad(
                    "says that the keys are left out: such an export is for reading. Make one with"
                            + " --with-keys to import it");
        }
        List<Long> heads = new ArrayList<>();
        header.path("heads").forEach(head -> heads.add(head.asLong(0)));
        return heads;
    }

    private static void write(Connection connection, Tables.Table table, List<String> rows)
            throws SQLException {
        if (rows.isEmpty()) {
            return;
        }
        try (PreparedStatement insert =
                connection.prepareStatement(
                        "INSERT INTO "
                                + table.sql()
                                + " OVERRIDING SYSTEM VALUE SELECT * FROM json_populate_recordset("
                                + "null::"
                                + table.sql()
                                + ", ?::json)")) {
            insert.setString(1, "[" + String.join(",", rows) + "]");
            insert.executeUpdate();
        }
        rows.clear();
    }

    /** A partition for every stretch up to each lane's head. */
    private static void makePartitions(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(
                    """
                    DO $$
                    DECLARE v_lane record; v_size bigint; v_from bigint;
                    BEGIN
                      SELECT partition_positions INTO STRICT v_size FROM log.installation;
                      FOR v_lane IN SELECT lane, head FROM log.lane LOOP
                        v_from := 0;
                        WHILE v_from <= v_lane.head LOOP
                          UPDATE log.lane SET head = v_from WHERE lane = v_lane.lane;
                          PERFORM log.make_partitions();
                          v_from := v_from + v_size;
                        END LOOP;
                        UPDATE log.lane SET head = v_lane.head WHERE lane = v_lane.lane;
                      END LOOP;
                      PERFORM log.make_partitions();
                    END $$\
                    """);
        }
    }

    private static void finish(Connection connection, List<Long> heads) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            for (String[] numbered :
                    new String[][] {{"log.stream", "stream_id"}, {"keys.person", "key_id"}}) {
                statement
                        .executeQuery(
                                ("SELECT setval(pg_get_serial_sequence('%1$s', '%2$s'), (SELECT"
                                                + " coalesce(max(%2$s), 0) + 1 FROM %1$s), false)")
                                        .formatted(numbered[0], numbered[1]))
                        .close();
            }
            try (ResultSet row =
                    statement.executeQuery("SELECT array_agg(head ORDER BY lane) FROM log.lane")) {
                row.next();
                if (row.getArray(1) == null
                        || !heads.equals(List.of((Long[]) row.getArray(1).getArray()))) {
                    throw refused("its lanes are not those of its header");
                }
            }
            Verdict verdict = LogVerifier.verifyIn(connection);
            if (!verdict.whole()) {
                Verdict.Finding first = verdict.findings().getFirst();
                throw refused(
                        "its seals do not fit its facts: "
                                + first.what()
                                + " in lane "
                                + first.lane()
                                + " at "
                                + first.from());
            }
            statement.execute("SELECT log.begin_life()");
        }
    }

    private static Fault refused(String why) {
        return Fault.lasting(
                "import.bad",
                "The log in the file is not whole: " + why + ". Nothing was imported.",
                Map.of(),
                null);
    }
}
