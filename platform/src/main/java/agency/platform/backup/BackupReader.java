package agency.platform.backup;

import agency.kernel.fault.Fault;
import agency.platform.log.verify.Checkpoints;
import agency.platform.log.verify.LogVerifier;
import agency.platform.log.verify.Verdict;
import agency.platform.postgres.DataDirectory;
import agency.platform.postgres.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.postgresql.ds.PGSimpleDataSource;

/** Proves a backup, and makes an installation of it again. */
public final class BackupReader {
    private final Path folder;

    /** A reader of the backup in this folder, or in the one that a link leads to. */
    public BackupReader(Path folder) {
        Path named = folder.toAbsolutePath().normalize();
        try {
            named = named.toRealPath();
        } catch (IOException notThere) {
            // Said when it is read.
        }
        this.folder = named;
    }

    /**
     * Checks that every file is there as it was written, and none besides; throws a {@link Fault}
     * that names the first one that is not.
     */
    public Manifest checked() {
        Manifest manifest = Manifest.read(folder);
        Map<String, Manifest.Entry> files = new HashMap<>();
        manifest.files().forEach(file -> files.put(file.path(), file));
        try {
            for (Path path : Copying.below(folder)) {
                String name = folder.relativize(path).toString();
                if (Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
                    if (!manifest.folders().contains(name) && !leadsToOne(manifest, name)) {
                        throw Manifest.bad(folder, "nobody has listed the folder " + name);
                    }
                } else if (!name.equals(Manifest.FILE)) {
                    check(files.remove(name), path, name);
                }
            }
        } catch (IOException unreadable) {
            throw Manifest.bad(folder, "not all of it can be read");
        }
        if (!files.isEmpty()) {
            throw Manifest.bad(
                    folder,
                    "this is missing: "
                            + String.join(
                                    ", ", files.keySet().stream().sorted().limit(3).toList()));
        }
        return manifest;
    }

    private static boolean leadsToOne(Manifest manifest, String name) {
        return manifest.folders().stream().anyMatch(one -> one.startsWith(name + "/"))
                || manifest.files().stream().anyMatch(one -> one.path().startsWith(name + "/"));
    }

    private void check(Manifest.@Nullable Entry entry, Path path, String name) throws IOException {
        if (entry == null) {
            throw Manifest.bad(folder, "nobody has listed the file " + name);
        }
        if (!Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)) {
            throw Manifest.bad(folder, name + " is no file but a link or worse");
        }
        if (Files.size(path) != entry.bytes() || !Copying.hash(path).equals(entry.sha256())) {
            throw Manifest.bad(folder, name + " is not as it was written");
        }
    }

    /**
     * Checks the files, then starts PostgreSQL on a copy and proves the log in it.
     *
     * @param beside where the copy may lie for the while; removed afterwards
     */
    public Verdict verified(Path beside) {
        Manifest manifest = checked();
        Path copy = beside.toAbsolutePath().normalize();
        try {
            if (!Copying.free(copy)) {
                throw unfit(copy);
            }
            try {
                copyTo(manifest, copy);
                try (EmbeddedPostgres server = new EmbeddedPostgres(copy.resolve("postgres"))) {
                    server.start();
                    String url = "jdbc:" + server.ownerUrl(DATABASE);
                    checkHeads(manifest, url);
                    PGSimpleDataSource source = new PGSimpleDataSource();
                    source.setURL(url);
                    Checkpoints checkpoints = new Checkpoints(copy.resolve("checkpoints"));
                    return new LogVerifier(() -> source, checkpoints).verify(progress -> {});
                }
            } finally {
                Copying.remove(copy);
            }
        } catch (IOException failed) {
            throw unwritable(copy, failed);
        }
    }

    /** The database of the embedded server. */
    static final String DATABASE = "agency";

    /**
     * Makes an installation of it in a folder that is new or empty. Its log begins another life:
     * whoever remembers positions of the old one learns that they hold no more.
     */
    public Manifest restore(Path to) {
        Manifest manifest = checked();
        Path data = to.toAbsolutePath().normalize();
        try {
            if (Copying.within(data, folder)
                    || Copying.within(folder, data)
                    || !Copying.free(data)) {
                throw unfit(data);
            }
            Copying.folder(data);
            Path unfinished = data.resolve(DataDirectory.BEING_RESTORED);
            Copying.write(new byte[0], unfinished, DataDirectory.BEING_RESTORED);
            Copying.force(data);
            copyTo(manifest, data);
            try (EmbeddedPostgres server = new EmbeddedPostgres(data.resolve("postgres"))) {
                server.start();
                String url = "jdbc:" + server.ownerUrl(DATABASE);
                checkHeads(manifest, url);
                beginLife(manifest, url);
            }
            Files.delete(unfinished);
            Copying.force(data);
            return manifest;
        } catch (IOException failed) {
            throw unwritable(data, failed);
        }
    }

    private void copyTo(Manifest manifest, Path to) throws IOException {
        Copying.folder(to);
        for (String name : manifest.folders()) {
            Copying.folder(to.resolve(name));
        }
        for (Manifest.Entry file : manifest.files()) {
            Path target = to.resolve(file.path());
            Copying.folder(Objects.requireNonNull(target.getParent()));
            Manifest.Entry copied =
                    Copying.copy(folder.resolve(file.path()), target, file.path()).orElse(null);
            if (!file.equals(copied)) {
                throw Manifest.bad(folder, file.path() + " changed while it was read");
            }
        }
        for (Path path : Copying.below(to)) {
            if (Files.isDirectory(path)) {
                Copying.force(path);
            }
        }
        Copying.force(to);
        Copying.force(Objects.requireNonNull(to.getParent()));
    }

    private void checkHeads(Manifest manifest, String url) {
        List<Long> heads = new ArrayList<>();
        try (Connection connection = DriverManager.getConnection(url);
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT head FROM log.lane ORDER BY lane")) {
            while (row.next()) {
                heads.add(row.getLong(1));
            }
        } catch (SQLException failed) {
            throw Manifest.bad(folder, "its database cannot be asked: " + failed.getSQLState());
        }
        for (int lane = 0; lane < manifest.heads().size(); lane++) {
            if (lane >= heads.size() || heads.get(lane) < manifest.heads().get(lane)) {
                throw Manifest.bad(folder, "facts are missing at the end of lane " + lane);
            }
        }
    }

    private void beginLife(Manifest manifest, String url) {
        try (Connection connection = DriverManager.getConnection(url);
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute("SELECT log.begin_life()");
            // Rows of the life that was copied are of the same moment as the log: they go on, and
            // need not be made again. Those of lives before it do not.
            statement.execute(
                    "UPDATE log.subscription s SET incarnation = i.incarnation, owner = NULL,"
                            + " lease_until = NULL, epoch = epoch + 1 FROM log.installation i WHERE"
                            + " s.incarnation = '"
                            + manifest.incarnation()
                            + "'");
            statement.execute("DELETE FROM log.instance");
            statement.execute("DELETE FROM log.feeder");
            statement.execute("DELETE FROM log.snapshot");
            connection.commit();
        } catch (SQLException failed) {
            throw Manifest.bad(folder, "its log cannot begin a life: " + failed.getSQLState());
        }
    }

    private static Fault unfit(Path folder) {
        return Fault.lasting(
                "backup.unfit-folder",
                folder
                        + " must be a new or an empty folder, apart from the backup. Choose another"
                        + " one.",
                Map.of("folder", folder.toString()),
                null);
    }

    private static Fault unwritable(Path folder, IOException cause) {
        return Fault.passing(
                "backup.files",
                folder
                        + " could not be written: "
                        + cause.getClass().getSimpleName()
                        + ". Remove what lies there and try again.",
                Map.of("folder", folder.toString()),
                cause);
    }
}
