package agency.platform.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import agency.kernel.fault.Fault;
import agency.platform.log.Append;
import agency.platform.log.Appended;
import agency.platform.log.LogKit;
import agency.platform.log.LogKit.Counted;
import agency.platform.log.PostgresEventLog;
import agency.platform.log.verify.CheckpointWriter;
import agency.platform.log.verify.Checkpoints;
import agency.platform.log.verify.LogVerifier;
import agency.platform.postgres.DataDirectory;
import agency.platform.postgres.Database;
import agency.platform.postgres.DatabaseSettings;
import agency.platform.postgres.RunningServer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.jdbi.v3.core.generic.GenericType;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Copies made under load, proved, spoilt, and made an installation again. */
class BackupTest {
    private static final int WRITERS = 6;
    private static final UUID OTHER_LIFE = new UUID(5, 5);

    @TempDir private static Path folder;
    private static Path data;
    private static Path backup;
    private static Manifest made;
    private static String url;

    /** What was acknowledged, and when. */
    private static final Map<UUID, Instant> TOLD = new ConcurrentHashMap<>();

    private static Database database;

    private static Database open(Path data) {
        Database opened =
                new Database(
                        new DatabaseSettings(null, null, 8),
                        () -> data.resolve("postgres"),
                        List.of(LogKit.SCHEMA),
                        List.of());
        opened.start();
        return opened;
    }

    @BeforeAll
    static void makeOneUnderLoad() throws Exception {
        data = Files.createDirectories(folder.resolve("data"));
        Files.createDirectories(data.resolve("postgres"));
        Files.createDirectories(data.resolve("journal"));
        Files.writeString(data.resolve("journal/one"), "what was not drained yet");
        Files.writeString(data.resolve("cli.yaml"), "token: x");
        Files.writeString(data.resolve("not-of-ours"), "x");
        database = open(data);
        PostgresEventLog log = LogKit.started(database.runtime());
        subscribe("of-this-life", log.incarnation());
        subscribe("of-another-life", OTHER_LIFE);
        new CheckpointWriter(database::runtime, new Checkpoints(data.resolve("checkpoints")))
                .write();
        url = "jdbc:" + RunningServer.ownerUrl(data.resolve("postgres"), "agency").orElseThrow();
        AtomicBoolean over = new AtomicBoolean();
        List<Thread> writers = new ArrayList<>();
        for (int i = 0; i < WRITERS; i++) {
            String key = "w" + i;
            writers.add(Thread.startVirtualThread(() -> append(log, key, over)));
        }
        try {
            while (TOLD.size() < 300) {
                Thread.yield();
            }
            backup = folder.resolve("backup");
            made = new BackupWriter(url, data, "abcd").write(backup);
            int then = TOLD.size();
            while (TOLD.size() < then + 300) {
                Thread.yield();
            }
        } finally {
            over.set(true);
            for (Thread writer : writers) {
                writer.join();
            }
            log.close();
        }
    }

    private static void subscribe(String name, UUID life) {
        database.jdbi()
                .useHandle(sql ->
                        sql.execute(
                                "INSERT INTO log.subscription (name, generation, lane, shard,"
                                        + " revision, incarnation) VALUES (?, 1, 0, 0, 1, ?)",
                                name,
                                life));
    }

    private static Map<String, UUID> lives(Database of) {
        return of.jdbi()
                .withHandle(sql ->
                        sql.createQuery("SELECT name, incarnation FROM log.subscription")
                                .setMapKeyColumn("name")
                                .setMapValueColumn("incarnation")
                                .collectInto(new GenericType<Map<String, UUID>>() {}));
    }

    @AfterAll
    static void stop() {
        database.close();
    }

    private static void append(PostgresEventLog log, String key, AtomicBoolean over) {
        while (!over.get()) {
            UUID id = LogKit.IDS.next();
            Appended answer =
                    log.append(
                                    new Append(
                                            LogKit.stream(key),
                                            Append.ANY,
                                            List.of(new Counted(1)),
                                            LogKit.meta(),
                                            id,
                                            List.of()))
                            .join();
            if (answer instanceof Appended.Ok) {
                TOLD.put(id, Instant.now());
            }
        }
    }

    private static Set<UUID> ids(Database of) throws Exception {
        Set<UUID> ids = new HashSet<>();
        of.jdbi()
                .useHandle(sql ->
                        sql.createQuery("SELECT event_id FROM log.event")
                                .mapTo(UUID.class)
                                .forEach(ids::add));
        return ids;
    }

    @Test
    void whatWasAcknowledgedBeforeItsEndIsThereAfterItWasRestored() throws Exception {
        Path again = folder.resolve("again");
        assertThat(new BackupReader(backup).restore(again)).isEqualTo(made);
        assertThat(again.resolve("journal/one")).hasContent("what was not drained yet");
        assertThat(again.resolve("cli.yaml")).exists();
        assertThat(again.resolve("not-of-ours")).doesNotExist();
        try (Database restored = open(again)) {
            Set<UUID> there = ids(restored);
            List<UUID> missing =
                    TOLD.entrySet().stream()
                            .filter(one -> one.getValue().isBefore(made.end()))
                            .map(Map.Entry::getKey)
                            .filter(id -> !there.contains(id))
                            .toList();
            assertThat(TOLD.values()).anyMatch(at -> at.isBefore(made.end()));
            assertThat(TOLD.values()).anyMatch(at -> at.isAfter(made.end()));
            assertThat(missing).isEmpty();
            assertThat(
                            new LogVerifier(
                                            restored::runtime,
                                            new Checkpoints(again.resolve("checkpoints")))
                                    .verify(progress -> {})
                                    .findings())
                    .isEmpty();
            PostgresEventLog log = LogKit.started(restored.runtime());
            assertThat(log.incarnation()).isNotEqualTo(made.incarnation());
            assertThat(lives(restored))
                    .as("projections go on, where they are of the life that was copied")
                    .isEqualTo(
                            Map.of(
                                    "of-this-life",
                                    log.incarnation(),
                                    "of-another-life",
                                    OTHER_LIFE));
            log.close();
        }
        assertThatThrownBy(() -> new BackupReader(backup).restore(again))
                .isInstanceOf(Fault.class)
                .hasMessageContaining("new or an empty folder");
    }

    @Test
    void isProvedOnACopyOfWhichNothingStays() {
        Path beside = folder.resolve("beside");
        assertThat(new BackupReader(backup).verified(beside).whole()).isTrue();
        assertThat(beside).doesNotExist();
    }

    /** A copy of the backup, to spoil. */
    private Path copy(String name) throws IOException {
        Path to = folder.resolve("spoilt-" + name);
        try (Stream<Path> all = Files.walk(backup)) {
            for (Path path : all.toList()) {
                Files.copy(path, to.resolve(backup.relativize(path)));
            }
        }
        return to;
    }

    private interface Spoil {
        void spoil(Path manifest, Path backup) throws IOException;
    }

    private static void edit(Path manifest, String from, String to) throws IOException {
        String text = Files.readString(manifest);
        assertThat(text).contains(from);
        Files.writeString(manifest, text.replace(from, to));
    }

    private static final Map<String, Spoil> SPOILS =
            Map.of(
                    "PG_VERSION is not as it was written",
                    (manifest, backup) ->
                            Files.writeString(backup.resolve("postgres/data/PG_VERSION"), "19\n"),
                    "this is missing: journal/one",
                    (manifest, backup) -> Files.delete(backup.resolve("journal/one")),
                    "nobody has listed the file journal/two",
                    (manifest, backup) -> Files.writeString(backup.resolve("journal/two"), "more"),
                    "nobody has listed the folder more",
                    (manifest, backup) -> Files.createDirectory(backup.resolve("more")),
                    "journal/one is no file but a link",
                    (manifest, backup) -> {
                        Files.delete(backup.resolve("journal/one"));
                        Files.createSymbolicLink(
                                backup.resolve("journal/one"), Path.of("/etc/passwd"));
                    },
                    "it has no manifest.json",
                    (manifest, backup) -> Files.delete(manifest),
                    "was changed after it was written",
                    (manifest, backup) -> edit(manifest, "journal/one", "journal/1"),
                    "cannot be read",
                    (manifest, backup) ->
                            Files.write(
                                    manifest,
                                    java.util.Arrays.copyOf(Files.readAllBytes(manifest), 900)),
                    "it is of form 2",
                    (manifest, backup) -> edit(manifest, "\"format\":1", "\"format\":2"));

    @Test
    void whatIsNotAsItWasWrittenIsNamedAndRefused() throws Exception {
        int number = 0;
        for (Map.Entry<String, Spoil> one : SPOILS.entrySet()) {
            Path spoilt = copy("" + number++);
            one.getValue().spoil(spoilt.resolve(Manifest.FILE), spoilt);
            assertThatThrownBy(() -> new BackupReader(spoilt).restore(folder.resolve("never")))
                    .isInstanceOfSatisfying(
                            Fault.class, f -> assertThat(f.code()).isEqualTo("backup.bad"))
                    .hasMessageContaining(one.getKey());
            assertThat(folder.resolve("never")).doesNotExist();
            Copying.remove(spoilt);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"../x", "/etc/x", "journal/../../x", "journal//one", ""})
    void aPathThatLeadsOutIsRefusedThoughItsDigestIsRight(String path) throws Exception {
        Path spoilt = Files.createDirectory(folder.resolve("out-" + UUID.randomUUID()));
        listing(path).write(spoilt);
        assertThatThrownBy(() -> new BackupReader(spoilt).checked())
                .hasMessageContaining("it names a path outside itself");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a\0b", "null"})
    void whatCannotBeAPathIsRefusedThoughItsDigestIsRight(String path) throws Exception {
        Path spoilt = Files.createDirectory(folder.resolve("none-" + UUID.randomUUID()));
        listing(path).write(spoilt);
        Path manifest = spoilt.resolve(Manifest.FILE);
        Files.writeString(
                manifest, Files.readString(manifest).replace("\"path\":\"null\"", "\"path\":null"));
        assertThatThrownBy(() -> new BackupReader(spoilt).checked())
                .isInstanceOfSatisfying(
                        Fault.class, f -> assertThat(f.code()).isEqualTo("backup.bad"))
                .hasMessageContaining("cannot be");
    }

    /** A manifest of one file. */
    private static Manifest listing(String path) {
        return new Manifest(
                Manifest.FORMAT,
                "18",
                made.incarnation(),
                made.end(),
                List.of(1L),
                null,
                List.of(),
                List.of(new Manifest.Entry(path, 1, "00")),
                "");
    }

    @Test
    void isNotMadeWhereItCannotBe() throws Exception {
        Files.createDirectories(folder.resolve("full/thing"));
        for (Path unfit :
                List.of(
                        data.resolve("inside"),
                        folder,
                        folder.resolve("full"),
                        folder.resolve("no/such/parent"))) {
            assertThatThrownBy(() -> new BackupWriter(url, data, null).write(unfit))
                    .isInstanceOfSatisfying(
                            Fault.class,
                            f -> assertThat(f.code()).isEqualTo("backup.unfit-folder"));
        }
    }

    @Test
    void aWriterThatIsKilledLeavesNoBackupAndNothingOnTheServer() throws Exception {
        Path cut = folder.resolve("cut");
        Process child = child(Child.class, url, data.toString(), cut.toString());
        awaitFile(cut.resolve("postgres/data/base/1"));
        child.destroyForcibly().waitFor();
        assertThatThrownBy(() -> new BackupReader(cut).checked())
                .hasMessageContaining("it was never finished");
        // The server has noticed, and the next one goes well.
        Path next = folder.resolve("next");
        for (int tried = 0; ; tried++) {
            try {
                new BackupWriter(url, data, null).write(next);
                break;
            } catch (Fault another) {
                assertThat(another.code()).isEqualTo("backup.another");
                assertThat(tried).isLessThan(200);
                TimeUnit.MILLISECONDS.sleep(50);
            }
        }
        new BackupReader(next).checked();
        for (int look = 0; slots() > 0; look++) {
            assertThat(look).as("the write-ahead log is recycled again").isLessThan(200);
            TimeUnit.MILLISECONDS.sleep(10);
        }
    }

    private static int slots() {
        return database.jdbi()
                .withHandle(sql ->
                        sql.createQuery("SELECT count(*) FROM pg_replication_slots")
                                .mapTo(Integer.class)
                                .one());
    }

    @Test
    void aRestoreThatIsKilledIsNoInstallation() throws Exception {
        Path half = folder.resolve("half");
        Process child = child(Restorer.class, backup.toString(), half.toString());
        awaitFile(half.resolve("postgres/data/base/1"));
        child.destroyForcibly().waitFor();
        try (DataDirectory started = new DataDirectory(half)) {
            assertThatThrownBy(started::start)
                    .isInstanceOfSatisfying(
                            Fault.class,
                            f -> assertThat(f.code()).isEqualTo("data-directory.being-restored"))
                    .hasMessageContaining("remove the folder and restore again");
        }
        assertThatThrownBy(() -> new BackupReader(backup).restore(half))
                .hasMessageContaining("must be a new or an empty folder");
        Copying.remove(half);
        new BackupReader(backup).restore(half);
        try (DataDirectory started = new DataDirectory(half)) {
            started.start();
        }
    }

    @Test
    void linksLeadNowhereElse() throws Exception {
        Path inside = Files.createSymbolicLink(folder.resolve("inside"), data);
        assertThatThrownBy(() -> new BackupWriter(url, data, null).write(inside.resolve("b")))
                .hasMessageContaining("it must lie outside the data folder");
        Path link = Files.createSymbolicLink(folder.resolve("link"), backup);
        assertThat(new BackupReader(link).checked()).isEqualTo(made);
        assertThatThrownBy(() -> new BackupReader(backup).restore(link.resolve("x")))
                .hasMessageContaining("apart from the backup");
    }

    @Test
    void goesPastWhatGoesAwayMeanwhile() throws Exception {
        Path busy = Files.createDirectory(folder.resolve("busy"));
        AtomicBoolean over = new AtomicBoolean();
        Thread other =
                Thread.startVirtualThread(() -> {
                    for (int i = 0; !over.get(); i++) {
                        try {
                            Path one = Files.createDirectory(busy.resolve("d" + i));
                            Files.createFile(one.resolve("f"));
                            Files.delete(one.resolve("f"));
                            Files.delete(one);
                        } catch (IOException e) {
                            throw new java.io.UncheckedIOException(e);
                        }
                    }
                });
        try {
            for (int i = 0; i < 2_000; i++) {
                assertThat(Copying.below(busy)).hasSizeLessThan(100);
            }
        } finally {
            over.set(true);
            other.join();
        }
        assertThatThrownBy(() -> Copying.below(folder.resolve("nothing")))
                .isInstanceOf(IOException.class);
    }

    private static Process child(Class<?> main, String... arguments) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(System.getProperty("java.home") + "/bin/java");
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
    }

    private static void awaitFile(Path file) throws InterruptedException {
        long until = System.nanoTime() + 60_000_000_000L;
        while (!Files.exists(file)) {
            assertThat(System.nanoTime()).isLessThan(until);
            TimeUnit.MILLISECONDS.sleep(1);
        }
    }

    /** Restores a backup, until it is killed. */
    static final class Restorer {
        private Restorer() {}

        /** Arguments: backup folder, data folder. */
        public static void main(String[] arguments) {
            new BackupReader(Path.of(arguments[0])).restore(Path.of(arguments[1]));
        }
    }

    /** Makes a backup, until it is killed. */
    static final class Child {
        private Child() {}

        /** Arguments: JDBC URL, data folder, backup folder. */
        public static void main(String[] arguments) {
            new BackupWriter(arguments[0], Path.of(arguments[1]), null)
                    .write(Path.of(arguments[2]));
        }
    }

    @Test
    void theManifestIsPlainText() throws Exception {
        assertThat(Files.readString(backup.resolve(Manifest.FILE), StandardCharsets.UTF_8))
                .contains("\"journal/one\"", "\"postgres/data/backup_label\"", "\"abcd\"");
    }
}
