package agency.ledger.adapter.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import agency.kernel.fault.Fault;
import agency.kernel.metering.Intent;
import agency.kernel.metering.Outcome;
import agency.ledger.api.LedgerSettings;
import agency.ledger.domain.budget.Charge;
import agency.ledger.domain.price.Tariff;
import agency.ledger.domain.usage.Attempt;
import agency.ledger.domain.usage.OpenAttempt;
import agency.ledger.port.JournalReading;
import agency.ledger.port.Journals;
import agency.ledger.port.UsageJournal;
import agency.ledger.testing.LedgerKit;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JournalTest {
    private static final LedgerSettings SMALL =
            new LedgerSettings("USD", List.of("local"), 64, 8, 64, 30);
    private static final Tariff TARIFF = Tariff.of("openai", "gpt-4o", null);

    @TempDir Path root;

    private JournalFiles files(LedgerSettings settings) {
        return new JournalFiles(root, settings, LedgerKit.SALTS);
    }

    private static OpenAttempt open(long entry) {
        Intent intent = LedgerKit.intent(new UUID(1, entry), LedgerKit.KEY, "", "");
        return new OpenAttempt(entry, intent, TARIFF, Charge.NONE, 1_000 + entry);
    }

    private static List<Attempt> all(JournalReading reading) {
        List<Attempt> all = new ArrayList<>();
        for (Attempt next = reading.next(); next != null; next = reading.next()) {
            all.add(next);
        }
        return all;
    }

    private static Set<Long> entries(List<Attempt> attempts) {
        Set<Long> entries = new HashSet<>();
        attempts.forEach(attempt -> assertThat(entries.add(attempt.open().entry())).isTrue());
        return entries;
    }

    @Test
    void givesBackWhatWasWrittenWhileItIsWritten() {
        try (UsageJournal journal = files(SMALL).open("a-1")) {
            JournalReading reading = journal.read();
            assertThat(reading.next()).isNull();
            assertThat(journal.intent(open(1))).isTrue();
            assertThat(reading.next()).isNull();
            assertThat(reading.unfinished()).extracting(OpenAttempt::entry).containsExactly(1L);
            Outcome outcome = LedgerKit.used(11, 7);
            assertThat(journal.outcome(1, outcome)).isTrue();
            assertThat(reading.next())
                    .satisfies(attempt -> {
                        assertThat(attempt.outcome()).isEqualTo(outcome);
                        assertThat(attempt.open().entry()).isEqualTo(1);
                        assertThat(attempt.open().intent()).isEqualTo(open(1).intent());
                        assertThat(attempt.open().startedMillis()).isEqualTo(1_001);
                        assertThat(attempt.open().tariff().model()).isEqualTo("gpt-4o");
                    });
            assertThat(reading.next()).isNull();
            assertThat(reading.damaged()).isZero();
        }
    }

    @Test
    void goesThroughManyFilesAndDeletesThemOncePosted() throws IOException {
        try (UsageJournal journal = files(SMALL).open("a-1")) {
            JournalReading reading = journal.read();
            for (long entry = 1; entry <= 5_000; entry++) {
                long number = entry;
                LedgerKit.await("room", () -> journal.intent(open(number)));
                assertThat(journal.outcome(entry, LedgerKit.used(entry, 1))).isTrue();
                Attempt attempt = reading.next();
                assertThat(attempt.open().entry()).isEqualTo(entry);
                reading.posted(reading.position());
            }
            assertThat(count(".journal")).isLessThan(8);
        }
        assertThat(root.resolve("a-1")).as("all posted: gone").doesNotExist();
    }

    @Test
    void refusesIntentsWhenFullButNeverAnOutcome() {
        try (UsageJournal journal = files(SMALL).open("a-1")) {
            List<Long> admitted = new ArrayList<>();
            long entry = 0;
            int refused = 0;
            while (refused < 50) {
                entry++;
                // At most as many open as the settings say, as the ledger sees to.
                if (admitted.size() == SMALL.openAttempts()) {
                    assertThat(journal.outcome(admitted.removeFirst(), LedgerKit.used(1, 1)))
                            .isTrue();
                }
                if (journal.intent(open(entry))) {
                    admitted.add(entry);
                } else {
                    refused++;
                    java.util.concurrent.locks.LockSupport.parkNanos(1_000_000);
                }
            }
            assertThat(admitted).isNotEmpty();
            for (long one : admitted) {
                assertThat(journal.outcome(one, LedgerKit.used(1, 1))).isTrue();
            }
            JournalReading reading = journal.read();
            int ended = entries(all(reading)).size();
            assertThat(reading.unfinished()).isEmpty();
            assertThat(ended).isEqualTo((int) entry - 50);
            reading.posted(reading.position());
            long next = entry + 1;
            LedgerKit.await("room again", () -> journal.intent(open(next)));
        }
    }

    @Test
    void carriesAnOpenAttemptForwardSoThatItsFileCanGo() throws IOException {
        LedgerSettings many = new LedgerSettings("USD", List.of(), 64, 16, 64, 30);
        try (UsageJournal journal = files(many).open("a-1")) {
            JournalReading reading = journal.read();
            journal.intent(open(1));
            boolean carried = false;
            for (long entry = 2; entry <= 6_000; entry++) {
                long number = entry;
                LedgerKit.await("room", () -> journal.intent(open(number)));
                journal.outcome(entry, LedgerKit.used(entry, 1));
                all(reading);
                reading.posted(reading.position());
                for (OpenAttempt straggler : reading.stragglers()) {
                    assertThat(straggler.entry()).isEqualTo(1);
                    assertThat(journal.carry(straggler)).isTrue();
                    carried = true;
                }
            }
            assertThat(carried).isTrue();
            assertThat(journal.outcome(1, LedgerKit.used(5, 5))).isTrue();
            assertThat(entries(all(reading))).containsExactly(1L);
            assertThat(reading.unfinished()).isEmpty();
        }
    }

    @Test
    void survivesInAnotherLifeWithWhatWasOpen() {
        UsageJournal journal = files(SMALL).open("a-1");
        for (long entry = 1; entry <= 100; entry++) {
            journal.intent(open(entry));
            if (entry % 10 != 0) {
                journal.outcome(entry, LedgerKit.used(entry, 1));
            }
        }
        journal.close();
        List<Journals.Dead> dead = files(SMALL).dead();
        assertThat(dead).extracting(Journals.Dead::name).containsExactly("a-1");
        try (JournalReading reading = dead.getFirst().read()) {
            assertThat(entries(all(reading))).hasSize(90);
            assertThat(reading.unfinished())
                    .extracting(OpenAttempt::entry)
                    .containsExactly(10L, 20L, 30L, 40L, 50L, 60L, 70L, 80L, 90L, 100L);
        }
        try (JournalReading half = dead.getFirst().read()) {
            half.next();
            half.next();
            half.next();
            long through = half.position();
            try (JournalReading rest = dead.getFirst().read()) {
                rest.skipThrough(through);
                assertThat(entries(all(rest))).hasSize(87).doesNotContain(1L, 2L, 3L);
                assertThat(rest.unfinished()).hasSize(10);
            }
        }
        dead.getFirst().delete();
        dead.getFirst().close();
        assertThat(files(SMALL).dead()).isEmpty();
    }

    @Test
    void isHeldByOneOnly() {
        try (UsageJournal journal = files(SMALL).open("a-1")) {
            assertThat(journal.name()).isEqualTo("a-1");
            assertThat(files(SMALL).dead()).isEmpty();
            assertThatThrownBy(() -> files(SMALL).open("a-1"))
                    .isInstanceOf(Fault.class)
                    .hasMessageContaining("held by another process");
            journal.intent(open(1));
        }
        assertThatThrownBy(() -> files(SMALL).open("a-1"))
                .isInstanceOf(Fault.class)
                .hasMessageContaining("written before");
    }

    @Test
    void readsEverythingGoodAroundDamage() throws IOException {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int round = 0; round < 20; round++) {
            String name = "d-" + round;
            UsageJournal journal = files(SMALL).open(name);
            int count = 200;
            for (long entry = 1; entry <= count; entry++) {
                journal.intent(open(entry));
                journal.outcome(entry, LedgerKit.used(entry, 1));
            }
            journal.close();
            Path file = root.resolve(name).resolve("00000001.journal");
            long used = 200 * 2 * 100;
            int flips = 1 + random.nextInt(3);
            try (RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "rw")) {
                for (int i = 0; i < flips; i++) {
                    long at = SegmentFile.FIRST + random.nextInt((int) used / 2);
                    bytes.seek(at);
                    int was = bytes.read();
                    bytes.seek(at);
                    bytes.write(was ^ (1 + random.nextInt(255)));
                }
            }
            Journals.Dead dead = files(SMALL).dead().getFirst();
            try (JournalReading reading = dead.read()) {
                List<Attempt> ended = all(reading);
                Set<Long> entries = entries(ended);
                reading.unfinished().forEach(attempt -> entries.add(attempt.entry()));
                if (ended.size() < count) {
                    // A byte between two records may change and nobody is the worse for it.
                    assertThat(reading.damaged()).as("seed %d", seed).isPositive();
                }
                assertThat(entries.size()).as("seed %d", seed).isBetween(count - flips, count);
                ended.forEach(attempt ->
                        assertThat(attempt.outcome())
                                .as("seed %d", seed)
                                .isEqualTo(LedgerKit.used(attempt.open().entry(), 1)));
            }
            dead.delete();
            dead.close();
        }
    }

    @Test
    void takesTextFromOutsideForNoRecord() throws IOException {
        assertThat(endedWithAForgery(files(SMALL))).isEmpty();
    }

    /** The check of the check: with a salt that outsiders know, the forgery is believed. */
    @Test
    void wouldTakeItWithASaltThatIsNoSecret() throws IOException {
        assertThat(endedWithAForgery(new JournalFiles(root, SMALL, () -> 0L))).hasSize(1);
    }

    /** The bytes of a record made elsewhere stand where the next good record is searched for. */
    private List<Attempt> endedWithAForgery(JournalFiles files) throws IOException {
        UsageJournal journal = files.open("a-1");
        journal.intent(open(1));
        byte[] forged = Entries.outcome(1, LedgerKit.used(999_999, 999_999));
        SegmentFile own = SegmentFile.create(root, 77, 64 * 1024, 0);
        own.append(forged);
        own.close();
        journal.close();
        byte[] record =
                java.util.Arrays.copyOfRange(
                        Files.readAllBytes(root.resolve("00000077.journal")),
                        SegmentFile.FIRST,
                        SegmentFile.FIRST + 8 + forged.length);
        Path file = root.resolve("a-1").resolve("00000001.journal");
        try (RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "rw")) {
            bytes.seek(4_096);
            bytes.write(record);
        }
        Files.delete(root.resolve("00000077.journal"));
        Journals.Dead dead = files.dead().getFirst();
        try (JournalReading reading = dead.read()) {
            return all(reading);
        } finally {
            dead.close();
        }
    }

    @Test
    void passesOverFilesThatAreNone() throws IOException {
        files(SMALL).open("a-1").close();
        Files.write(root.resolve("a-1").resolve("00000099.journal"), new byte[10]);
        Files.write(root.resolve("a-1").resolve("00000098.journal"), new byte[1_000]);
        Journals.Dead dead = files(SMALL).dead().getFirst();
        try (JournalReading reading = dead.read()) {
            assertThat(all(reading)).isEmpty();
        }
        dead.close();
    }

    @Test
    void losesNothingOfManyWriters() throws Exception {
        LedgerSettings large = new LedgerSettings("USD", List.of(), 256, 256, 64, 30);
        try (UsageJournal journal = files(large).open("a-1")) {
            int each = 20_000;
            List<Thread> writers = new ArrayList<>();
            for (int w = 0; w < 4; w++) {
                long base = (long) w * each;
                writers.add(
                        Thread.ofPlatform()
                                .start(() -> {
                                    for (long i = 1; i <= each; i++) {
                                        long entry = base + i;
                                        LedgerKit.await("room", () -> journal.intent(open(entry)));
                                        journal.outcome(entry, LedgerKit.used(entry, 1));
                                    }
                                }));
            }
            JournalReading reading = journal.read();
            Set<Long> seen = new HashSet<>();
            while (seen.size() < 4 * each) {
                for (Attempt attempt : all(reading)) {
                    assertThat(seen.add(attempt.open().entry())).isTrue();
                    assertThat(attempt.outcome().usage().input()).isEqualTo(attempt.open().entry());
                }
                reading.posted(reading.position());
            }
            for (Thread writer : writers) {
                writer.join();
            }
            assertThat(reading.next()).isNull();
            assertThat(reading.damaged()).isZero();
        }
    }

    private long count(String ending) throws IOException {
        try (Stream<Path> all = Files.walk(root)) {
            return all.sorted(Comparator.naturalOrder())
                    .filter(path -> path.toString().endsWith(ending))
                    .count();
        }
    }
}
