package agency.platform.log.transfer;

import agency.kernel.fault.Fault;
import agency.platform.log.verify.Checkpoints;
import agency.platform.log.verify.LogVerifier;
import agency.platform.log.verify.Verdict;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Puts the oldest partitions of the log away into files and gives their room back, while the
 * program serves; and brings them back. A file holds every fact of its stretch, from one seal to
 * another, and is read again and proved against the log's seals before anything is removed.
 *
 * <p>Only facts of some categories are removed, of which nobody reads old ones to go on: the others
 * stay where they are, and so does the last fact of each stream. What the log needs to prove the
 * files, seals and streams, stays too.
 */
public final class LogArchive {
    /** The form of files that this program writes and reads. */
    private static final int FORMAT = 1;

    private static final int ROWS_AT_ONCE = 500;
    private static final int ROWS_READ = 20_000;
    private static final int BYTES_AT_ONCE = 4 << 20;

    /** How often the partition is asked for when others are reading it. */
    private static final int TRIES = 5;

    private static final String LOCK_NOT_AVAILABLE = "55P03";
    private static final String ANOTHER_IS_NEXT = "AG001";
    private static final String STILL_READ = "AG002";
    private static final String SET_ASIDE = "AG003";

    /** Where the facts of a file stand while they are proved. */
    private static final String PROVED = "pg_temp.archived_event";

    private final Connections database;
    private final Checkpoints signer;
    private final List<String> categories;

    /**
     * Archives of a log.
     *
     * @param database connections as the owner
     * @param signer whose key signs the files
     * @param categories of streams whose facts may be removed
     */
    public LogArchive(Connections database, Checkpoints signer, Set<String> categories) {
        this.database = database;
        this.signer = signer;
        this.categories = categories.stream().sorted().toList();
    }

    /** Where connections come from; each is closed by whoever opens it. */
    @FunctionalInterface
    public interface Connections {
        /** Opens one. */
        Connection open() throws SQLException;
    }

    /** A stretch of a lane, both ends belonging to it. */
    public record Stretch(int lane, long from, long to) {
        @Override
        public String toString() {
            return lane + ":" + from + " to " + lane + ":" + to;
        }
    }

    /**
     * A stretch that was put away.
     *
     * @param facts how many were removed
     * @param bytesFreed by how much the database's files became smaller
     */
    public record PutAway(Path file, Stretch stretch, long facts, long bytesFreed) {}

    /**
     * Puts away every whole partition whose facts were recorded before a moment, oldest first. What
     * was put away stays so when a later one fails.
     *
     * @param folder where the files go; made when it is not there
     */
    public List<PutAway> putAway(Instant before, Path folder) {
        List<PutAway> done = new ArrayList<>();
        try (Connection connection = database.open()) {
            connection.setAutoCommit(false);
            Files.createDirectories(
                    folder,
                    PosixFilePermissions.asFileAttribute(
                            PosixFilePermissions.fromString("rwx------")));
            for (int lane : lanes(connection)) {
                Optional<Stretch> next = next(connection, lane, before);
                while (next.isPresent()) {
                    done.add(putAway(connection, next.get(), folder));
                    next = next(connection, lane, before);
                }
            }
            return done;
        } catch (SQLException failed) {
            throw database(failed);
        } catch (IOException failed) {
            throw Fault.passing(
                    "archive.unwritable",
                    "The archive could not be written to "
                            + folder
                            + ": "
                            + failed.getClass().getSimpleName()
                            + ". Nothing more was removed.",
                    Map.of("folder", folder.toString()),
                    failed);
        }
    }

    private static List<Integer> lanes(Connection connection) throws SQLException {
        List<Integer> lanes = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT lane FROM log.lane ORDER BY lane")) {
            while (row.next()) {
                lanes.add(row.getInt(1));
            }
        }
        connection.rollback();
        return lanes;
    }

    /**
     * From the fact after the last archive to the last seal of the next partition, if it is due.
     */
    private static Optional<Stretch> next(Connection connection, int lane, Instant before)
            throws SQLException {
        try (PreparedStatement ask =
                connection.prepareStatement(
                        """
                        SELECT a.last + 1, s.pos
                        FROM (SELECT coalesce(max(to_pos), -1) AS last FROM log.archive WHERE lane = ?) r,
                          LATERAL (SELECT greatest(r.last, 0) AS last) a, log.installation i,
                          LATERAL (SELECT CASE WHEN r.last < 0 THEN 1 ELSE r.last / i.partition_positions + 2 END
                            * i.partition_positions AS until) p,
                          LATERAL (SELECT max(pos) AS pos FROM log.seal WHERE lane = ? AND pos < p.until) s
                          JOIN log.event e ON e.lane = ? AND e.pos = s.pos
                          JOIN log.lane l ON l.lane = ?
                        WHERE l.head >= p.until AND s.pos > a.last AND e.recorded_at < ?\
                        """)) {
            for (int parameter = 1; parameter <= 4; parameter++) {
                ask.setShort(parameter, (short) lane);
            }
            ask.setObject(5, OffsetDateTime.ofInstant(before, ZoneOffset.UTC));
            try (ResultSet row = ask.executeQuery()) {
                Optional<Stretch> next =
                        row.next()
                                ? Optional.of(new Stretch(lane, row.getLong(1), row.getLong(2)))
                                : Optional.empty();
                connection.rollback();
                return next;
            }
        }
    }

    private PutAway putAway(Connection connection, Stretch stretch, Path folder)
            throws SQLException, IOException {
        UUID origin = origin(connection);
        Path file =
                folder.resolve(
                        "agency-log-%s-%d-%d-%d.ndjson.gz"
                                .formatted(
                                        origin.toString().substring(0, 8),
                                        stretch.lane,
                                        stretch.from,
                                        stretch.to));
        Path beside = Files.createTempFile(folder, "archive-", ".being-written");
        String hash;
        try {
            try (FileChannel channel = FileChannel.open(beside, StandardOpenOption.WRITE)) {
                OutputStream out = new GZIPOutputStream(Channels.newOutputStream(channel), 1 << 16);
                hash = written(connection, stretch, origin, out);
                ((GZIPOutputStream) out).finish();
                channel.force(true);
            }
            long inFile = proved(connection, beside, stretch);
            // The same stretch has the same facts: one that is there is of a run that was cut off.
            Files.move(beside, file, StandardCopyOption.REPLACE_EXISTING);
            try (FileChannel entries = FileChannel.open(folder, StandardOpenOption.READ)) {
                entries.force(true);
            }
            return removed(connection, file, stretch, hash, inFile);
        } finally {
            Files.deleteIfExists(beside);
        }
    }

    private static UUID origin(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT origin FROM log.installation")) {
            row.next();
            return row.getObject(1, UUID.class);
        }
    }

    private String written(Connection connection, Stretch stretch, UUID origin, OutputStream to)
            throws SQLException, IOException {
        SignedWriter lines = new SignedWriter(to);
        try (PreparedStatement header =
                connection.prepareStatement(
                        "SELECT json_build_object('agency_archive', ?, 'origin', ?, 'lane', ?,"
                                + " 'from', ?, 'to', ?, 'made_at', clock_timestamp())::text")) {
            header.setInt(1, FORMAT);
            header.setObject(2, origin);
            header.setInt(3, stretch.lane);
            header.setLong(4, stretch.from);
            header.setLong(5, stretch.to);
            try (ResultSet row = header.executeQuery()) {
                row.next();
                lines.line(row.getString(1));
            }
        }
        // Page by page: what the program updates meanwhile would pile up behind one long statement.
        for (long from = stretch.from; from <= stretch.to; from += ROWS_READ) {
            long last = Math.min(stretch.to, from + ROWS_READ - 1);
            try (PreparedStatement rows =
                    connection.prepareStatement(
                            "SELECT json_build_object('event', row_to_json(e))::text FROM log.event"
                                    + " e WHERE lane = ? AND pos BETWEEN ? AND ? ORDER BY pos")) {
                rows.setFetchSize(ROWS_AT_ONCE);
                rows.setShort(1, (short) stretch.lane);
                rows.setLong(2, from);
                rows.setLong(3, last);
                try (ResultSet row = rows.executeQuery()) {
                    while (row.next()) {
                        lines.line(row.getString(1));
                    }
                }
            }
            connection.rollback();
        }
        return lines.end(signer);
    }

    /**
     * Reads a file again and hashes what is in it against the seals; gives how many facts in it are
     * of the categories that may be removed.
     */
    private long proved(Connection connection, Path file, Stretch stretch)
            throws SQLException, IOException {
        connection.setAutoCommit(true);
        try (Statement statement = connection.createStatement()) {
            statement.execute("DROP TABLE IF EXISTS " + PROVED);
            statement.execute("CREATE TEMP TABLE archived_event (LIKE log.event)");
            read(connection, file, PROVED);
            statement.execute("ANALYZE " + PROVED);
            connection.setAutoCommit(false);
            List<Verdict.Finding> findings =
                    LogVerifier.verifyStretch(
                            connection, PROVED, stretch.lane, stretch.from - 1, stretch.to);
            if (!findings.isEmpty()) {
                throw Fault.lasting(
                        "archive.not-whole",
                        "The log is not whole from "
                                + stretch
                                + " ("
                                + findings.getFirst().what()
                                + "): `agency events verify` says more. Nothing more was removed.",
                        Map.of(),
                        null);
            }
            try (PreparedStatement count =
                    connection.prepareStatement(
                            "SELECT count(*) FROM pg_temp.archived_event e JOIN log.stream s ON"
                                    + " s.stream_id = e.stream_id + 0 WHERE s.category = ANY"
                                    + " (?)")) {
                count.setArray(1, connection.createArrayOf("text", categories.toArray()));
                try (ResultSet row = count.executeQuery()) {
                    row.next();
                    return row.getLong(1);
                }
            }
        } finally {
            connection.setAutoCommit(true);
            try (Statement statement = connection.createStatement()) {
                statement.execute("DROP TABLE IF EXISTS " + PROVED);
            }
            connection.setAutoCommit(false);
        }
    }

    private PutAway removed(
            Connection connection, Path file, Stretch stretch, String hash, long inFile)
            throws SQLException {
        for (int tried = 1; ; tried++) {
            try (Statement statement = connection.createStatement();
                    PreparedStatement remove =
                            connection.prepareStatement(
                                    "SELECT o_facts, o_freed FROM log.put_away(?, ?, ?, ?, ?,"
                                            + " ?)")) {
                statement.execute("SET LOCAL lock_timeout = '1s'");
                remove.setShort(1, (short) stretch.lane);
                remove.setLong(2, stretch.from);
                remove.setLong(3, stretch.to);
                remove.setArray(4, connection.createArrayOf("text", categories.toArray()));
                remove.setString(5, hash);
                remove.setLong(6, inFile);
                try (ResultSet row = remove.executeQuery()) {
                    row.next();
                    PutAway done = new PutAway(file, stretch, row.getLong(1), row.getLong(2));
                    connection.commit();
                    return done;
                }
            } catch (SQLException refused) {
                connection.rollback();
                if (!LOCK_NOT_AVAILABLE.equals(refused.getSQLState()) || tried == TRIES) {
                    throw refused;
                }
            }
        }
    }

    /**
     * Brings the last stretch of a lane that was put away back to where it stood, and proves it
     * there. The file stays.
     */
    public PutAway bringBack(Path file) {
        try (Connection connection = database.open()) {
            connection.setAutoCommit(false);
            try {
                PutAway back = broughtBack(connection, file);
                connection.commit();
                return back;
            } catch (SQLException | IOException | RuntimeException failed) {
                connection.rollback();
                throw failed;
            }
        } catch (SQLException failed) {
            throw database(failed);
        } catch (IOException failed) {
            throw Fault.passing(
                    "archive.unreadable",
                    file + " cannot be read: " + failed.getClass().getSimpleName() + ".",
                    Map.of("file", file.toString()),
                    failed);
        }
    }

    private PutAway broughtBack(Connection connection, Path file) throws SQLException, IOException {
        File read = read(connection, file, "log.event");
        Stretch stretch = read.stretch;
        try (PreparedStatement last =
                connection.prepareStatement(
                        "SELECT from_pos, to_pos, sha256, facts FROM log.archive WHERE lane = ?"
                                + " ORDER BY to_pos DESC LIMIT 1 FOR UPDATE")) {
            last.setShort(1, (short) stretch.lane);
            try (ResultSet row = last.executeQuery()) {
                if (!row.next()) {
                    throw bad(file, "nothing of its lane is in an archive");
                }
                Stretch expected = new Stretch(stretch.lane, row.getLong(1), row.getLong(2));
                if (!expected.equals(stretch)) {
                    throw bad(
                            file,
                            "it holds " + stretch + ", and " + expected + " must come back first");
                }
                if (!row.getString(3).equals(read.hash)) {
                    throw bad(file, "it is not the file that was written when they were put away");
                }
                long facts = row.getLong(4);
                List<Verdict.Finding> findings =
                        LogVerifier.verifyStretch(
                                connection,
                                "log.event",
                                stretch.lane,
                                stretch.from - 1,
                                stretch.to);
                if (!findings.isEmpty()) {
                    throw bad(file, "its facts are not those that were sealed");
                }
                try (PreparedStatement note =
                        connection.prepareStatement("SELECT log.brought_back(?, ?)")) {
                    note.setShort(1, (short) stretch.lane);
                    note.setLong(2, stretch.to);
                    note.execute();
                }
                return new PutAway(file, stretch, facts, 0);
            }
        }
    }

    /** What a file says of itself, and a hash over it. */
    private record File(Stretch stretch, String hash) {}

    /** Reads a file into a table; what stands there already stays. */
    private static File read(Connection connection, Path file, String table)
            throws SQLException, IOException {
        try (InputStream in = Files.newInputStream(file);
                InputStream unpacked = new GZIPInputStream(new BufferedInputStream(in), 1 << 16)) {
            SignedReader lines =
                    new SignedReader(
                            unpacked, "archive.bad", "Nothing was changed by " + file + ".");
            JsonNode header = lines.header();
            if (header.path("agency_archive").asInt(0) != FORMAT) {
                throw lines.bad("is not the header of an archive that this program can read");
            }
            if (!header.path("origin").asString("").equals(origin(connection).toString())) {
                throw lines.bad("says that the archive is of another installation");
            }
            Stretch stretch =
                    new Stretch(
                            header.path("lane").asInt(0),
                            header.path("from").asLong(0),
                            header.path("to").asLong(0));
            List<String> rows = new ArrayList<>();
            int bytes = 0;
            while (true) {
                JsonNode node = lines.object();
                if (node.has("trailer")) {
                    write(connection, table, rows, lines);
                    return new File(stretch, lines.end(node, null).sha256());
                }
                JsonNode row = node.path("event");
                long position = row.path("pos").asLong(0);
                if (row.path("lane").asInt(-1) != stretch.lane
                        || position < stretch.from
                        || position > stretch.to) {
                    throw lines.bad("is no fact of the stretch that the header names");
                }
                String text = row.toString();
                rows.add(text);
                bytes += text.length();
                if (rows.size() >= ROWS_AT_ONCE || bytes > BYTES_AT_ONCE) {
                    write(connection, table, rows, lines);
                    bytes = 0;
                }
            }
        } catch (java.util.zip.ZipException | java.io.EOFException cut) {
            throw bad(file, "it is no whole compressed file");
        }
    }

    private static void write(
            Connection connection, String table, List<String> rows, SignedReader lines)
            throws SQLException {
        if (rows.isEmpty()) {
            return;
        }
        try (PreparedStatement insert =
                connection.prepareStatement(
                        "INSERT INTO "
                                + table
                                + " SELECT * FROM json_populate_recordset(null::log.event,"
                                + " ?::json) ON CONFLICT DO NOTHING")) {
            insert.setString(1, "[" + String.join(",", rows) + "]");
            insert.executeUpdate();
        } catch (SQLException refused) {
            if (refused.getSQLState() != null && refused.getSQLState().startsWith("2")) {
                throw lines.bad("or one shortly before it is no fact");
            }
            throw refused;
        }
        rows.clear();
    }

    private static Fault bad(Path file, String why) {
        return Fault.lasting(
                "archive.bad",
                file + " cannot be brought back: " + why + ".",
                Map.of("file", file.toString()),
                null);
    }

    private static Fault database(SQLException failed) {
        @Nullable String state = failed.getSQLState();
        if (STILL_READ.equals(state) || SET_ASIDE.equals(state)) {
            return Fault.lasting(
                    STILL_READ.equals(state) ? "archive.still-read" : "archive.set-aside",
                    "A projection has still to read these facts ("
                            + (STILL_READ.equals(state)
                                    ? "it has not come so far"
                                    : "some were set aside")
                            + "). `agency projections list` shows which, `agency projections retry`"
                            + " reads again what was set aside. Nothing more was removed.",
                    Map.of(),
                    failed);
        }
        return Fault.passing(
                "archive.database",
                LOCK_NOT_AVAILABLE.equals(state) || ANOTHER_IS_NEXT.equals(state)
                        ? "Somebody is reading or archiving the same facts. Try again later;"
                                + " nothing more was removed."
                        : "The database did not go along: " + state + ". Nothing more was removed.",
                Map.of(),
                failed);
    }
}
