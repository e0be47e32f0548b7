package agency.platform.backup;

import agency.kernel.fault.Fault;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Makes a backup while the program serves: the files of the embedded PostgreSQL between {@code
 * pg_backup_start} and {@code pg_backup_stop} with the write-ahead log of that time (PostgreSQL
 * documentation, "Making a Base Backup Using the Low Level API"), the usage journal, the
 * checkpoints and the local profile. Never the master key.
 *
 * <p>Whatever was acknowledged before its end is in it: facts by the log of that time; attempts
 * that were not drained yet by the journal, which is copied before the database's end, so that what
 * is drained in between is in both. It is posted once all the same: what had ended in the journal
 * by its stream's version, what was still open in it by its request.
 */
public final class BackupWriter {
    /** What of the data folder is copied besides the database. */
    static final List<String> BESIDE = List.of("journal", "checkpoints", "cli.yaml");

    /** Folders whose content means nothing to another server. */
    private static final Set<String> EMPTIED =
            Set.of(
                    "pg_wal",
                    "pg_replslot",
                    "pg_dynshmem",
                    "pg_notify",
                    "pg_serial",
                    "pg_snapshots",
                    "pg_stat_tmp",
                    "pg_subtrans");

    /** Files that are of this server's run. */
    private static final Set<String> LEFT_OUT =
            Set.of("postmaster.pid", "postmaster.opts", "backup_label", "tablespace_map");

    /** The number of the lock that one backup at a time holds. */
    private static final long ONE_AT_A_TIME = 7_126_511_064L;

    private static final Pattern START =
            Pattern.compile("START WAL LOCATION: \\S+ \\(file ([0-9A-F]{24})\\)");

    private final String url;
    private final Path data;
    private final @Nullable String masterKey;

    /**
     * A writer of backups.
     *
     * @param url JDBC URL of the embedded server's database, as its owner
     * @param data the installation's folder, with PostgreSQL's in {@code postgres}
     * @param masterKey which master key there is, see {@link Manifest#masterKey}
     */
    public BackupWriter(String url, Path data, @Nullable String masterKey) {
        this.url = url;
        this.data = data.toAbsolutePath().normalize();
        this.masterKey = masterKey;
    }

    /** Makes one in a folder that is new or empty; gives what it holds. */
    public Manifest write(Path to) {
        Path folder = to.toAbsolutePath().normalize();
        refuseUnfit(folder);
        try (Connection connection = DriverManager.getConnection(url)) {
            lock(connection);
            keepWal(connection);
            return written(connection, folder);
        } catch (SQLException failed) {
            throw Fault.passing(
                    "backup.database",
                    "The database did not go along with the backup: " + failed.getSQLState(),
                    Map.of(),
                    failed);
        } catch (IOException failed) {
            throw Fault.passing(
                    "backup.files",
                    "The backup could not be written to "
                            + folder
                            + ": "
                            + failed.getClass().getSimpleName()
                            + ". What lies there is no backup; remove it.",
                    Map.of("folder", folder.toString()),
                    failed);
        }
    }

    private void refuseUnfit(Path folder) {
        String why = "";
        try {
            if (Copying.within(folder, data) || Copying.within(data, folder)) {
                why = "it must lie outside the data folder " + data;
            } else if (!Copying.free(folder)) {
                why = "it exists and is not empty";
            } else if (folder.getParent() == null || !Files.isDirectory(folder.getParent())) {
                why = "the folder it should lie in does not exist";
            }
        } catch (IOException unreadable) {
            why = "it cannot be looked into";
        }
        if (!why.isEmpty()) {
            throw Fault.lasting(
                    "backup.unfit-folder",
                    "A backup cannot be made in " + folder + ": " + why + ".",
                    Map.of("folder", folder.toString()),
                    null);
        }
    }

    private static void lock(Connection connection) throws SQLException {
        if (!"t".equals(asked(connection, "SELECT pg_try_advisory_lock(" + ONE_AT_A_TIME + ")"))) {
            throw Fault.passing(
                    "backup.another",
                    "Another backup is being made. Wait until it has ended.",
                    Map.of(),
                    null);
        }
    }

    /**
     * Keeps the server from recycling the write-ahead log while it is needed: for as long as this
     * connection lives, whatever ends it.
     */
    private static void keepWal(Connection connection) throws SQLException {
        asked(
                connection,
                "SELECT pg_create_physical_replication_slot('agency_backup',"
                        + " immediately_reserve => true, temporary => true)");
    }

    private static @Nullable String asked(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            return row.next() ? row.getString(1) : null;
        }
    }

    private Manifest written(Connection connection, Path folder) throws SQLException, IOException {
        Copying.folder(folder);
        List<String> folders = new ArrayList<>();
        List<Manifest.Entry> files = new ArrayList<>();
        asked(connection, "SELECT pg_backup_start('agency', true)");
        Path cluster = data.resolve("postgres").resolve("data");
        copyTree(cluster, folder, "postgres/data", folders, files);
        copyOne(data.resolve("postgres/password"), folder, "postgres/password", files);

        Instant end = Instant.now();
        for (String name : BESIDE) {
            Path source = data.resolve(name);
            if (Files.isDirectory(source, LinkOption.NOFOLLOW_LINKS)) {
                copyTree(source, folder, name, folders, files);
            } else {
                copyOne(source, folder, name, files);
            }
        }
        UUID incarnation =
                UUID.fromString(asked(connection, "SELECT incarnation FROM log.installation"));
        List<Long> heads = heads(connection);
        String label = stop(connection);
        files.add(
                Copying.write(
                        label.getBytes(StandardCharsets.UTF_8),
                        folder.resolve("postgres/data/backup_label"),
                        "postgres/data/backup_label"));
        copyWal(connection, label, cluster.resolve("pg_wal"), folder, files);
        for (String name : folders) {
            Copying.force(folder.resolve(name));
        }
        Manifest manifest =
                new Manifest(
                        Manifest.FORMAT,
                        String.valueOf(asked(connection, "SHOW server_version")),
                        incarnation,
                        end,
                        heads,
                        masterKey,
                        folders,
                        files,
                        "");
        manifest.write(folder);
        return manifest.digested();
    }

    private static List<Long> heads(Connection connection) throws SQLException {
        List<Long> heads = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT head FROM log.lane ORDER BY lane")) {
            while (row.next()) {
                heads.add(row.getLong(1));
            }
        }
        return heads;
    }

    /** Ends the backup on the server; the label that the copy begins its recovery with. */
    private static String stop(Connection connection) throws SQLException {
        return String.valueOf(
                asked(
                        connection,
                        "SELECT labelfile || '' FROM pg_backup_stop(wait_for_archive => false)"));
    }

    private static void copyTree(
            Path source, Path folder, String name, List<String> folders, List<Manifest.Entry> files)
            throws IOException {
        Copying.folder(folder.resolve(name));
        folders.add(name);
        for (Path path : Copying.below(source)) {
            Path relative = source.relativize(path);
            String listed = name + "/" + relative;
            String first = relative.getName(0).toString();
            boolean passedOver =
                    LEFT_OUT.contains(relative.toString())
                            || (relative.getNameCount() > 1 && EMPTIED.contains(first))
                            || path.getFileName().toString().startsWith("pgsql_tmp")
                            || path.getFileName().toString().startsWith("pg_internal.init");
            if (passedOver) {
                continue;
            }
            if (Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
                Copying.folder(folder.resolve(listed));
                folders.add(listed);
            } else if (Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)) {
                copyOne(path, folder, listed, files);
            }
        }
    }

    private static void copyOne(Path source, Path folder, String name, List<Manifest.Entry> files)
            throws IOException {
        if (Files.isRegularFile(source, LinkOption.NOFOLLOW_LINKS)) {
            Copying.copy(source, folder.resolve(name), name).ifPresent(files::add);
        }
    }

    /** Copies every segment from the backup's start to its end; each must still be there. */
    private static void copyWal(
            Connection connection, String label, Path wal, Path folder, List<Manifest.Entry> files)
            throws SQLException, IOException {
        Matcher start = START.matcher(label);
        if (!start.find()) {
            throw new SQLException("the label names no start: " + label);
        }
        String first = start.group(1);
        // The switch that ended the backup has begun a segment that is not needed.
        String last =
                String.valueOf(asked(connection, "SELECT pg_walfile_name(pg_current_wal_lsn())"));
        // pg_wal itself, made anew by the copying of the tree, gets these and nothing else.
        for (long number = number(first); number <= number(last); number++) {
            String name = first.substring(0, 8) + "%08X%08X".formatted(number >>> 8, number & 0xFF);
            String listed = "postgres/data/pg_wal/" + name;
            Path source = wal.resolve(name);
            if (!Files.exists(source)) {
                if (number == number(last)) {
                    break;
                }
                throw Fault.passing(
                        "backup.wal-gone",
                        "PostgreSQL has recycled "
                                + name
                                + ", which the backup needs. Make it again.",
                        Map.of("segment", name),
                        null);
            }
            copyOne(source, folder, listed, files);
        }
    }

    /** Which segment of its timeline a file is, at 16 MiB each. */
    private static long number(String name) {
        return (Long.parseLong(name.substring(8, 16), 16) << 8)
                | Long.parseLong(name.substring(16, 24), 16);
    }
}
