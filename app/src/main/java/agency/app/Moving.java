package agency.app;

import agency.access.AccessContext;
import agency.kernel.fault.Fault;
import agency.ledger.LedgerContext;
import agency.platform.audit.AuditTrail;
import agency.platform.crypto.MasterKey;
import agency.platform.crypto.SecretSource;
import agency.platform.log.LogSettings;
import agency.platform.log.Moments;
import agency.platform.log.PostgresEventLog;
import agency.platform.log.transfer.LogArchive;
import agency.platform.log.transfer.LogExport;
import agency.platform.log.transfer.LogImport;
import agency.platform.log.verify.Checkpoints;
import agency.platform.postgres.DataDirectory;
import agency.platform.postgres.Database;
import agency.platform.postgres.EmbeddedPostgres;
import agency.platform.postgres.RunningServer;
import agency.platform.projection.Projection;
import agency.platform.projection.Replay;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * What is done with the data of an installation on its own machine, by whoever may read its files:
 * none of it can be asked for through the API.
 */
public final class Moving {
    private static final String DATABASE = "agency";

    private Moving() {}

    /**
     * Gives a task the JDBC URL of an installation's database, as its owner: of the server that
     * runs, of the operator's own, or of ours, started for the while.
     */
    public static <T> T withDatabase(AgencySettings settings, Function<String, T> task) {
        if (settings.database().url() != null) {
            String url =
                    settings.database().ownerUrl() == null
                            ? settings.database().url().reveal()
                            : settings.database().ownerUrl().reveal();
            return task.apply("jdbc:" + url);
        }
        Path home = settings.data().resolve("postgres");
        if (!Files.isDirectory(home)) {
            throw Fault.lasting(
                    "cli.nothing-there",
                    settings.data() + " holds no Agency. Name its folder with --data.",
                    Map.of("data", settings.data().toString()),
                    null);
        }
        Optional<String> running = RunningServer.ownerUrl(home, DATABASE);
        if (running.isPresent()) {
            return task.apply("jdbc:" + running.get());
        }
        try (DataDirectory held = new DataDirectory(settings.data());
                EmbeddedPostgres server = new EmbeddedPostgres(home)) {
            held.start();
            server.start();
            return task.apply("jdbc:" + server.ownerUrl(DATABASE));
        }
    }

    /** Writes the whole log, as it stands at one moment. */
    public static LogExport.Written export(
            AgencySettings settings, OutputStream to, boolean withKeys) {
        Checkpoints signer = new Checkpoints(settings.data().resolve("checkpoints"));
        return withDatabase(settings, url -> new LogExport(url, signer).write(to, withKeys));
    }

    /**
     * Puts facts away that are so many days old.
     *
     * @param folder where the files go; null for the one that the settings name
     */
    public static List<LogArchive.PutAway> archive(
            AgencySettings settings, int olderThanDays, @Nullable Path folder) {
        int shown = settings.ledger().requestDays();
        if (olderThanDays <= shown) {
            throw Fault.lasting(
                    "archive.too-young",
                    "Single requests are shown for "
                            + shown
                            + " days (ledger.request_days): --older-than must be more.",
                    Map.of(),
                    null);
        }
        Instant before = Clock.systemUTC().instant().minus(Duration.ofDays(olderThanDays));
        Path to = folder == null ? Wiring.archives(settings) : folder;
        return withDatabase(settings, url -> archive(settings, url).putAway(before, to));
    }

    /** Brings facts back that were put away last. */
    public static LogArchive.PutAway unarchive(AgencySettings settings, Path file) {
        return withDatabase(settings, url -> archive(settings, url).bringBack(file));
    }

    private static LogArchive archive(AgencySettings settings, String url) {
        return new LogArchive(
                () -> DriverManager.getConnection(url),
                new Checkpoints(settings.data().resolve("checkpoints")),
                LedgerContext.archivable());
    }

    /**
     * Makes an installation of an exported log: in a folder that is new or empty, or in a database
     * of the operator's without a log. A failure leaves nothing.
     */
    public static LogImport.Imported importInto(
            AgencySettings settings, InputStream from, @Nullable String signer) {
        Path data = settings.data();
        refuseFull(data);
        boolean done = false;
        try (DataDirectory held = new DataDirectory(data);
                Database database =
                        new Database(
                                settings.database(),
                                () -> held.folder("postgres"),
                                Wiring.schemas(),
                                List.of())) {
            held.start();
            database.start();
            String url =
                    database.embedded()
                            .map(server -> server.ownerUrl(DATABASE))
                            .orElseGet(() -> withDatabase(settings, own -> own.substring(5)));
            LogImport.Imported imported = new LogImport("jdbc:" + url).read(from, signer);
            done = true;
            return imported;
        } finally {
            if (!done) {
                remove(data);
            }
        }
    }

    /**
     * Makes the tables of all projections as of a moment or a position, in a schema of their own.
     *
     * @param master opens what the log keeps sealed
     */
    public static Replay.Made replay(
            AgencySettings settings, MasterKey master, String until, String schema) {
        SecretSource random = SecretSource.system();
        InstantSource clock = Clock.systemUTC();
        return withDatabase(
                settings,
                url -> {
                    PGSimpleDataSource source = new PGSimpleDataSource();
                    source.setURL(url);
                    try (PostgresEventLog log =
                            new PostgresEventLog(
                                    () -> source,
                                    LogSettings.DEFAULT,
                                    Wiring.facts(),
                                    () -> master.box("personal-keys", random),
                                    () -> {
                                        throw new IllegalStateException("nothing is appended");
                                    })) {
                        log.start();
                        List<Projection> all =
                                new ArrayList<>(LedgerContext.tables(settings.ledger(), clock));
                        all.add(
                                new AuditTrail(
                                        Wiring.audited(),
                                        LedgerContext::administers,
                                        AccessContext::acting));
                        return new Replay(Jdbi.create(source), log, all)
                                .into(schema, new Moments(log).point(until, clock.instant()));
                    } catch (Moments.NoSuchPoint no) {
                        throw Fault.lasting(
                                "replay.no-such-point",
                                "--until " + no.getMessage() + ".",
                                Map.of(),
                                null);
                    }
                });
    }

    private static void refuseFull(Path data) {
        try (Stream<Path> inside = Files.isDirectory(data) ? Files.list(data) : Stream.empty()) {
            if (inside.findAny().isEmpty()) {
                return;
            }
        } catch (IOException unreadable) {
            // Said below.
        }
        throw Fault.lasting(
                "import.not-empty",
                data + " must be a new or an empty folder. Name another one with --data.",
                Map.of("data", data.toString()),
                null);
    }

    private static void remove(Path folder) {
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        } catch (IOException left) {
            // What is left is no installation; the next import says that it is in the way.
        }
    }
}
