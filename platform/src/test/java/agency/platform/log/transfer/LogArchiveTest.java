package agency.platform.log.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import agency.kernel.fact.Recorded;
import agency.kernel.fact.StreamName;
import agency.kernel.fault.Fault;
import agency.platform.crypto.Secret;
import agency.platform.log.Append;
import agency.platform.log.LogKit;
import agency.platform.log.LogKit.Counted;
import agency.platform.log.LogSettings;
import agency.platform.log.Moments;
import agency.platform.log.PostgresEventLog;
import agency.platform.log.verify.Checkpoints;
import agency.platform.log.verify.LogVerifier;
import agency.platform.log.verify.Verdict;
import agency.platform.postgres.Database;
import agency.platform.testing.PostgresFixture;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Old facts put away into files while others are appended, and brought back. */
class LogArchiveTest {
    private static final int PARTITION = 500;
    private static final Set<String> MANY = Set.of("test");
    private static final Instant LATER = Instant.parse("2100-01-01T00:00:00Z");

    @TempDir private Path folder;
    private Secret url;
    private Database database;
    private PostgresEventLog log;
    private Checkpoints signer;

    @BeforeEach
    void start() {
        url = PostgresFixture.freshUrl();
        database = PostgresFixture.open(url, LogKit.SCHEMA);
        log = log(database);
        signer = new Checkpoints(folder.resolve("checkpoints"));
    }

    private static PostgresEventLog log(Database of) {
        LogSettings one = LogSettings.DEFAULT;
        PostgresEventLog log =
                new PostgresEventLog(
                        of::runtime,
                        new LogSettings(
                                1,
                                PARTITION,
                                one.queue(),
                                one.answerWithinMs(),
                                one.resolveWithinMs()),
                        LogKit.FACTS,
                        () -> LogKit.BOX,
                        LogKit.IDS);
        log.start();
        return log;
    }

    @AfterEach
    void stop() {
        log.close();
        database.close();
    }

    private LogArchive archive() {
        return new LogArchive(connections(url), signer, MANY);
    }

    private static LogArchive.Connections connections(Secret url) {
        return () -> DriverManager.getConnection("jdbc:" + url.reveal());
    }

    private Path files() {
        return folder.resolve("archives");
    }

    /** Appends until the log has so many facts: of one in ten every old one is read to go on. */
    private void fill(long until, Random random) {
        StreamName[] streams = {
            StreamName.of(1, "test", "a"), StreamName.of(1, "test", "b"), LogKit.stream("c")
        };
        int round = 0;
        while (log.head(0).value() < until) {
            StreamName stream =
                    random.nextInt(10) == 0
                            ? StreamName.of(1, "kept", "k" + random.nextInt(5))
                            : streams[random.nextInt(3)];
            List<Record> facts = new ArrayList<>();
            for (int i = random.nextInt(8); i >= 0; i--) {
                facts.add(new Counted(round++));
            }
            log.append(Append.at(stream, log.version(stream), facts, LogKit.meta())).join();
        }
    }

    private Verdict verdict() {
        return new LogVerifier(database::runtime, signer).verify(progress -> {});
    }

    private List<Map<String, Object>> rows(String table) {
        return database.jdbi()
                .withHandle(sql ->
                        sql.createQuery("SELECT t::text AS row FROM " + table + " t ORDER BY 1")
                                .mapToMap()
                                .list());
    }

    private List<Recorded> facts(Set<String> categories) {
        return log.lane(0, 0, 10_000, categories);
    }

    @Test
    void putsAwayWhatIsOldKeepsWhatIsNeededAndBringsItBackAsItWas() {
        fill(4 * PARTITION + 30, new Random(7));
        List<Map<String, Object>> before = rows("log.event");
        List<Recorded> kept = facts(Set.of("kept"));
        assertThat(archive().putAway(Instant.EPOCH, files())).as("nothing is so old").isEmpty();

        List<LogArchive.PutAway> done = archive().putAway(LATER, files());
        assertThat(done).hasSizeBetween(3, 4);
        assertThat(done.getFirst().stretch().from()).isEqualTo(1);
        for (int i = 1; i < done.size(); i++) {
            assertThat(done.get(i).stretch().from()).isEqualTo(done.get(i - 1).stretch().to() + 1);
        }
        long removed = done.stream().mapToLong(LogArchive.PutAway::facts).sum();
        assertThat(done).allSatisfy(one -> assertThat(one.bytesFreed()).isPositive());
        assertThat(rows("log.event")).hasSize(before.size() - (int) removed);
        assertThat(facts(Set.of("kept"))).isEqualTo(kept);
        long through = done.getLast().stretch().to();
        assertThat(log.archivedThrough(0)).isEqualTo(through);
        assertThat(facts(MANY))
                .filteredOn(fact -> fact.position().value() <= through)
                .allMatch(fact -> fact.version() == log.version(fact.stream()));
        Verdict verdict = verdict();
        assertThat(verdict.findings()).isEmpty();
        assertThat(verdict.archived()).isEqualTo(removed);
        assertThat(archive().putAway(LATER, files())).as("all is away").isEmpty();

        // It goes on from there, also streams of which all was put away.
        fill(log.head(0).value() + 2 * PARTITION, new Random(8));
        List<LogArchive.PutAway> more = archive().putAway(LATER, files());
        assertThat(more).isNotEmpty();
        assertThat(verdict().findings()).isEmpty();

        done.addAll(more);
        assertThatThrownBy(() -> archive().bringBack(done.getFirst().file()))
                .isInstanceOf(Fault.class)
                .hasMessageContaining("must come back first");
        for (LogArchive.PutAway one : done.reversed()) {
            assertThat(archive().bringBack(one.file()).stretch()).isEqualTo(one.stretch());
            assertThat(verdict().findings()).isEmpty();
        }
        assertThat(rows("log.event")).containsAll(before);
        assertThat(rows("log.event")).hasSize((int) log.head(0).value());
        assertThat(log.archivedThrough(0)).isZero();
        assertThat(rows("log.archived_stream")).isEmpty();
        // Once more, over the same files.
        assertThat(archive().putAway(LATER, files())).hasSameSizeAs(done);
        assertThat(verdict().findings()).isEmpty();
    }

    /** Who goes on with a stream finds there how far it has come, however long ago that was. */
    @Test
    void theLastFactOfAStreamStays() {
        StreamName idle = StreamName.of(1, "test", "idle");
        List<Record> five = List.of(1, 2, 3, 4, 5).stream().<Record>map(Counted::new).toList();
        log.append(Append.at(idle, 0, five, LogKit.meta())).join();
        fill(PARTITION + 10, new Random(15));
        archive().putAway(LATER, files());
        assertThat(log.stream(idle, 0, 100))
                .extracting(Recorded::version, Recorded::fact)
                .containsExactly(org.assertj.core.groups.Tuple.tuple(5, new Counted(5)));
        assertThat(verdict().findings()).isEmpty();

        // Once it has gone on, what stayed then is only in the file.
        log.append(Append.at(idle, 5, List.of(new Counted(6)), LogKit.meta())).join();
        fill(3 * PARTITION + 10, new Random(16));
        List<LogArchive.PutAway> more = archive().putAway(LATER, files());
        assertThat(log.stream(idle, 0, 100)).extracting(Recorded::version).containsExactly(6);
        assertThat(verdict().findings()).isEmpty();
        for (LogArchive.PutAway one : more.reversed()) {
            archive().bringBack(one.file());
            assertThat(verdict().findings()).isEmpty();
        }
        assertThat(log.stream(idle, 0, 100)).extracting(Recorded::version).containsExactly(6);
    }

    @Test
    void losesNothingWhileOthersAppendReadAndVerify() throws Exception {
        fill(PARTITION, new Random(1));
        AtomicBoolean over = new AtomicBoolean();
        AtomicLong read = new AtomicLong();
        List<String> wrong = new ArrayList<>();
        Thread writer = Thread.ofPlatform().start(() -> fill(6 * PARTITION, new Random(2)));
        Thread reader =
                Thread.ofPlatform()
                        .start(() -> {
                            long seen = 0;
                            while (!over.get()) {
                                List<Recorded> kept = facts(Set.of("kept"));
                                if (kept.size() < seen) {
                                    wrong.add(kept.size() + " of " + seen);
                                }
                                seen = kept.size();
                                read.incrementAndGet();
                            }
                        });
        Thread verifier =
                Thread.ofPlatform()
                        .start(() -> {
                            while (!over.get()) {
                                verdict().findings().forEach(found -> wrong.add(found.toString()));
                            }
                        });
        List<LogArchive.PutAway> done = new ArrayList<>();
        while (writer.isAlive() || done.size() < 5) {
            try {
                done.addAll(archive().putAway(LATER, files()));
            } catch (Fault busy) {
                assertThat(busy.code()).isEqualTo("archive.database");
            }
        }
        over.set(true);
        for (Thread thread : List.of(writer, reader, verifier)) {
            thread.join();
        }
        assertThat(wrong).isEmpty();
        assertThat(read.get()).isPositive();
        long inFiles = 0;
        for (LogArchive.PutAway one : done) {
            inFiles += lines(one.file()) - 2;
        }
        long above =
                facts(Set.of()).stream()
                        .filter(fact -> fact.position().value() > log.archivedThrough(0))
                        .count();
        assertThat(inFiles + above).isEqualTo(log.head(0).value());
    }

    private static long lines(Path file) throws IOException {
        return text(file).lines().count();
    }

    private static String text(Path file) throws IOException {
        try (GZIPInputStream in = new GZIPInputStream(Files.newInputStream(file))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private Path spoilt(String text) throws IOException {
        Path file = Files.createTempFile(folder, "spoilt", ".gz");
        try (GZIPOutputStream out = new GZIPOutputStream(Files.newOutputStream(file))) {
            out.write(text.getBytes(StandardCharsets.UTF_8));
        }
        return file;
    }

    @Test
    void aFileThatIsNotAsItWasWrittenIsNotBroughtBack() throws Exception {
        fill(PARTITION + 10, new Random(3));
        Path file = archive().putAway(LATER, files()).getFirst().file();
        List<Map<String, Object>> before = rows("log.event");
        String whole = text(file);
        Random random = new Random(4);
        for (int i = 0; i < 60; i++) {
            char[] edited = whole.toCharArray();
            int at = random.nextInt(edited.length);
            edited[at] = edited[at] == '1' ? '2' : '1';
            String text =
                    i % 3 == 0
                            ? whole.substring(0, random.nextInt(whole.length()))
                            : new String(edited);
            Path bad = spoilt(text);
            assertThatThrownBy(() -> archive().bringBack(bad))
                    .as(text.length() + " characters, edited at " + at)
                    .isInstanceOfSatisfying(
                            Fault.class, f -> assertThat(f.code()).isEqualTo("archive.bad"));
        }
        byte[] packed = Files.readAllBytes(file);
        Path cut = Files.write(folder.resolve("cut"), java.util.Arrays.copyOf(packed, 400));
        assertThatThrownBy(() -> archive().bringBack(cut)).hasMessageContaining("no whole");
        Path plain = Files.writeString(folder.resolve("plain"), whole);
        assertThatThrownBy(() -> archive().bringBack(plain)).hasMessageContaining("no whole");
        assertThatThrownBy(() -> archive().bringBack(folder.resolve("none")))
                .hasMessageContaining("cannot be read: NoSuchFileException");
        assertThat(rows("log.event")).isEqualTo(before);
        // Another installation's file, whole as it is.
        Secret other = PostgresFixture.freshUrl();
        try (Database elsewhere = PostgresFixture.open(other, LogKit.SCHEMA)) {
            log(elsewhere).close();
            LogArchive there = new LogArchive(connections(other), signer, MANY);
            assertThatThrownBy(() -> there.bringBack(file))
                    .hasMessageContaining("of another installation");
        }
    }

    @Test
    void whatSomebodyHasStillToReadStays() {
        fill(PARTITION + 10, new Random(5));
        database.jdbi()
                .useHandle(sql ->
                        sql.execute(
                                "INSERT INTO log.subscription (name, generation, lane, shard,"
                                    + " revision, incarnation, pos) VALUES ('slow', 1, 0, 0, 1, ?,"
                                    + " 3)",
                                log.incarnation()));
        assertThatThrownBy(() -> archive().putAway(LATER, files()))
                .isInstanceOfSatisfying(
                        Fault.class, f -> assertThat(f.code()).isEqualTo("archive.still-read"));
        database.jdbi().useHandle(sql -> sql.execute("UPDATE log.subscription SET pos = 505"));
        database.jdbi()
                .useHandle(sql ->
                        sql.execute(
                                "INSERT INTO log.dead_event (name, generation, lane, pos, attempts,"
                                        + " error) VALUES ('slow', 1, 0, 7, 1, 'x')"));
        assertThatThrownBy(() -> archive().putAway(LATER, files()))
                .isInstanceOfSatisfying(
                        Fault.class, f -> assertThat(f.code()).isEqualTo("archive.set-aside"));
        assertThat(facts(Set.of())).hasSize((int) log.head(0).value());
        database.jdbi().useHandle(sql -> sql.execute("DELETE FROM log.dead_event"));
        assertThat(archive().putAway(LATER, files())).hasSize(1);
    }

    @Test
    void whatIsRewrittenIsNotPutAwayAndWhatWasKeptIsGuarded() throws Exception {
        fill(2 * PARTITION + 10, new Random(6));
        owner("UPDATE log.event SET recorded_at = recorded_at - interval '1 ms' WHERE pos = 700");
        assertThatThrownBy(() -> archive().putAway(LATER, files()))
                .isInstanceOfSatisfying(
                        Fault.class, f -> assertThat(f.code()).isEqualTo("archive.not-whole"));
        assertThat(log.archivedThrough(0))
                .as("the stretch before it was whole")
                .isBetween(1L, 499L);
        owner("UPDATE log.event SET recorded_at = recorded_at + interval '1 ms' WHERE pos = 700");
        archive().putAway(LATER, files());
        assertThat(verdict().findings()).isEmpty();
        owner(
                "UPDATE log.event SET body = body || '\\x00' WHERE pos = (SELECT min(pos) FROM"
                        + " log.event)");
        assertThat(verdict().findings())
                .extracting(Verdict.Finding::what)
                .containsExactly("archive-wrong");
    }

    private void owner(String statement) throws Exception {
        try (var connection = database.owner().getConnection();
                var sql = connection.createStatement()) {
            sql.execute(statement);
        }
    }

    @Test
    void aRunThatIsKilledHasPutAwayAllOfAStretchOrNothing() throws Exception {
        fill(5 * PARTITION + 10, new Random(9));
        List<Recorded> kept = facts(Set.of("kept"));
        Random random = new Random(10);
        int runs = 0;
        while (log.archivedThrough(0) < 4 * PARTITION) {
            Process child =
                    new ProcessBuilder(
                                    System.getProperty("java.home") + "/bin/java",
                                    "-cp",
                                    System.getProperty("java.class.path"),
                                    Child.class.getName(),
                                    "jdbc:" + url.reveal(),
                                    folder.toString())
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start();
            child.waitFor(500 + random.nextInt(300 * ++runs), TimeUnit.MILLISECONDS);
            child.destroyForcibly().waitFor();
            assertThat(verdict().findings()).isEmpty();
            assertThat(facts(Set.of("kept"))).isEqualTo(kept);
            assertThat(runs).isLessThan(60);
        }
        List<Path> whole;
        try (Stream<Path> all = Files.list(files())) {
            whole =
                    all.filter(file -> file.toString().endsWith(".ndjson.gz"))
                            .sorted((a, b) -> Long.compare(from(b), from(a)))
                            .toList();
        }
        for (Path file : whole) {
            if (from(file) <= log.archivedThrough(0)) {
                archive().bringBack(file);
            }
        }
        assertThat(facts(Set.of())).hasSize((int) log.head(0).value());
        assertThat(verdict().findings()).isEmpty();
    }

    private static long from(Path file) {
        return Long.parseLong(file.getFileName().toString().split("-")[4]);
    }

    /** Archives until it is killed. */
    static final class Child {
        private Child() {}

        /** Arguments: JDBC URL, the test's folder. */
        public static void main(String[] arguments) {
            Path folder = Path.of(arguments[1]);
            new LogArchive(
                            () -> DriverManager.getConnection(arguments[0]),
                            new Checkpoints(folder.resolve("checkpoints")),
                            MANY)
                    .putAway(LATER, folder.resolve("archives"));
        }
    }

    @Test
    void isDoneByItselfWhenTheSettingsSaySo() {
        fill(PARTITION + 10, new Random(13));
        Instant inTenDays = Instant.now().plus(Duration.ofDays(10));
        ArchivePart never = new ArchivePart(archive(), 0, this::files, () -> inTenDays);
        never.start();
        never.close();
        ArchivePart young = new ArchivePart(archive(), 11, this::files, () -> inTenDays);
        young.once();
        assertThat(log.archivedThrough(0)).isZero();
        ArchivePart old = new ArchivePart(archive(), 9, this::files, () -> inTenDays);
        assertThat(old.purpose()).contains("after 9 days");
        old.start();
        while (log.archivedThrough(0) == 0) {
            Thread.yield();
        }
        old.close();
        // What cannot be written is said and tried again, and ends nothing.
        fill(2 * PARTITION + 10, new Random(14));
        new ArchivePart(archive(), 9, () -> Path.of("/proc/none"), () -> inTenDays).once();
        assertThat(log.archivedThrough(0)).isLessThan(PARTITION);
        assertThatThrownBy(() -> new ArchiveSettings(-1, null))
                .hasMessageContaining("archive.after_days must be 0 to");
    }

    @Test
    void aMomentIsFoundThoughItsFactsAreAway() throws Exception {
        fill(2 * PARTITION + 10, new Random(11));
        List<Recorded> kept = facts(Set.of("kept"));
        archive().putAway(LATER, files());
        for (Recorded fact : kept) {
            long position = new Moments(log).at(fact.recordedAt()).positions().getFirst();
            assertThat(position).isGreaterThanOrEqualTo(fact.position().value());
            assertThat(kept)
                    .filteredOn(one -> one.position().value() <= position)
                    .allMatch(one -> !one.recordedAt().isAfter(fact.recordedAt()));
        }
    }

    @Test
    void isExportedAndImportedWithoutWhatIsAway() {
        fill(2 * PARTITION + 10, new Random(12));
        Path file = archive().putAway(LATER, files()).getLast().file();
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        new LogExport("jdbc:" + url.reveal(), signer).write(out, true);
        Secret other = PostgresFixture.freshUrl();
        try (Database elsewhere = PostgresFixture.open(other, LogKit.SCHEMA)) {
            new LogImport("jdbc:" + other.reveal())
                    .read(new ByteArrayInputStream(out.toByteArray()), null);
            PostgresEventLog there = log(elsewhere);
            assertThat(there.archivedThrough(0)).isEqualTo(log.archivedThrough(0));
            new LogArchive(connections(other), signer, MANY).bringBack(file);
            assertThat(there.archivedThrough(0)).isBetween(1L, log.archivedThrough(0) - 1);
            assertThat(
                            new LogVerifier(elsewhere::runtime, signer)
                                    .verify(progress -> {})
                                    .findings())
                    .isEmpty();
            there.close();
        }
    }
}
