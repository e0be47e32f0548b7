package agency.ledger.flow;

import static org.assertj.core.api.Assertions.assertThat;

import agency.kernel.fact.Position;
import agency.kernel.metering.Admission;
import agency.kernel.metering.Permit;
import agency.ledger.adapter.journal.JournalFiles;
import agency.ledger.adapter.prices.PriceFile;
import agency.ledger.api.LedgerSettings;
import agency.ledger.domain.price.PriceBook;
import agency.ledger.domain.usage.UsageRow;
import agency.ledger.port.UsageJournal;
import agency.ledger.testing.FlakyLog;
import agency.ledger.testing.LedgerKit;
import agency.platform.log.EventLog;
import agency.platform.testing.InMemoryEventLog;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DrainTest {
    private static final LedgerSettings SETTINGS =
            new LedgerSettings("USD", List.of("local"), 64, 32, 200, 30);

    /** So short that even twenty failures in a row are over long before a test loses patience. */
    private static final DrainPauses PAUSES = new DrainPauses(10, 1, 20);

    private static final PriceBook BOOK = new PriceFile().read(Set.of("local"));

    @TempDir Path root;
    private final InMemoryEventLog real = LedgerKit.memoryLog();

    private JournalFiles files() {
        return new JournalFiles(root, SETTINGS, LedgerKit.SALTS);
    }

    /** What was told of journals that are posted. */
    private final Map<String, @Nullable Position> told = new HashMap<>();

    private RecoverJournals recovering(EventLog log) {
        return new RecoverJournals(files(), log, LedgerKit.IDS, told::put);
    }

    private static Ledger ledger(UsageJournal journal) {
        Ledger ledger = OpenForTests.ledger(() -> BOOK, name -> name, InstantSource.system(), 200);
        ledger.open(journal);
        return ledger;
    }

    private static Permit admitted(Ledger ledger, long number) {
        Admission[] got = new Admission[1];
        LedgerKit.await(
                "room",
                () -> {
                    got[0] =
                            OpenForTests.admit(
                                    ledger,
                                    LedgerKit.intent(
                                            new UUID(4, number),
                                            LedgerKit.KEY,
                                            "openai",
                                            "gpt-4o"));
                    return got[0] instanceof Admission.Admitted;
                });
        return ((Admission.Admitted) got[0]).permit();
    }

    private static void each(List<UsageRow> rows, long count) {
        Map<UUID, Long> input = new HashMap<>();
        for (UsageRow row : rows) {
            assertThat(input.put(row.request(), row.input())).as("twice").isNull();
        }
        assertThat(input).hasSize((int) count);
        for (long i = 1; i <= count; i++) {
            assertThat(input.get(new UUID(4, i))).isEqualTo(i);
        }
    }

    @Test
    void postsEverythingInBatchesAndLeavesNothingBehind() throws IOException {
        UsageJournal journal = files().open("a-1");
        Ledger ledger = ledger(journal);
        JournalDrain drain = new JournalDrain(journal, real, LedgerKit.IDS, ledger::carry, PAUSES);
        drain.start();
        for (long i = 1; i <= 3_000; i++) {
            admitted(ledger, i).settle(LedgerKit.used(i, 1));
        }
        drain.close(10);
        journal.close();
        each(LedgerKit.rows(real), 3_000);
        assertThat(drain.posted()).isEqualTo(3_000);
        assertThat(drain.damaged()).isZero();
        assertThat(real.head(0).value()).as("facts, not attempts").isLessThan(100);
        assertThat(Files.exists(root.resolve("a-1"))).isFalse();
    }

    @Test
    void keepsUsageWhileTheLogIsAwayAndCatchesUp() {
        FlakyLog log = new FlakyLog(real, 1);
        UsageJournal journal = files().open("a-1");
        Ledger ledger = ledger(journal);
        JournalDrain drain = new JournalDrain(journal, log, LedgerKit.IDS, ledger::carry, PAUSES);
        log.down(true);
        drain.start();
        for (long i = 1; i <= 1_000; i++) {
            admitted(ledger, i).settle(LedgerKit.used(i, 1));
        }
        assertThat(LedgerKit.rows(real)).isEmpty();
        log.down(false);
        LedgerKit.await("caught up", () -> drain.posted() == 1_000);
        each(LedgerKit.rows(real), 1_000);
        drain.close();
        journal.close();
    }

    @Test
    void refusesWhenTheLogIsAwayForTooLongAndAdmitsAgainWhenItIsBack() {
        FlakyLog log = new FlakyLog(real, 1);
        UsageJournal journal = files().open("a-1");
        Ledger ledger = ledger(journal);
        JournalDrain drain = new JournalDrain(journal, log, LedgerKit.IDS, ledger::carry, PAUSES);
        log.down(true);
        drain.start();
        long[] count = {0};
        LedgerKit.await(
                "overload",
                () -> {
                    Admission admission =
                            OpenForTests.admit(
                                    ledger,
                                    LedgerKit.intent(
                                            new UUID(4, count[0] + 1),
                                            LedgerKit.KEY,
                                            "openai",
                                            "gpt-4o"));
                    if (admission instanceof Admission.Admitted(Permit permit)) {
                        permit.settle(LedgerKit.used(++count[0], 1));
                        return false;
                    }
                    return journalFiles() >= 30;
                });
        log.down(false);
        long more = count[0] + 500;
        for (long i = count[0] + 1; i <= more; i++) {
            admitted(ledger, i).settle(LedgerKit.used(i, 1));
        }
        LedgerKit.await("caught up", () -> drain.posted() == more);
        each(LedgerKit.rows(real), more);
        drain.close();
        journal.close();
    }

    private long journalFiles() {
        try (Stream<Path> all = Files.list(root.resolve("a-1"))) {
            return all.count();
        } catch (IOException e) {
            return 0;
        }
    }

    @Test
    void countsOnceWhateverTheLogForgetsToSay() {
        long seed = System.nanoTime();
        FlakyLog log = new FlakyLog(real, seed);
        log.forgetful(60);
        UsageJournal journal = files().open("a-1");
        Ledger ledger = ledger(journal);
        JournalDrain drain = new JournalDrain(journal, log, LedgerKit.IDS, ledger::carry, PAUSES);
        drain.start();
        for (long i = 1; i <= 2_000; i++) {
            admitted(ledger, i).settle(LedgerKit.used(i, 1));
            if (i % 400 == 0) {
                long soFar = i;
                LedgerKit.await("posted, seed " + seed, () -> drain.posted() >= soFar);
            }
        }
        LedgerKit.await("posted, seed " + seed, () -> drain.posted() == 2_000);
        each(LedgerKit.rows(real), 2_000);
        drain.close();
        journal.close();
    }

    @Test
    void keepsALongAttemptOpenWhileFilesComeAndGo() {
        UsageJournal journal = files().open("a-1");
        Ledger ledger = ledger(journal);
        JournalDrain drain = new JournalDrain(journal, real, LedgerKit.IDS, ledger::carry, PAUSES);
        drain.start();
        Permit longest = admitted(ledger, 1);
        for (long i = 2; i <= 8_000; i++) {
            admitted(ledger, i).settle(LedgerKit.used(i, 1));
        }
        Path oldest = root.resolve("a-1").resolve("00000001.journal");
        LedgerKit.await("its first file to go", () -> !Files.exists(oldest));
        longest.settle(LedgerKit.used(1, 1));
        LedgerKit.await("posted", () -> drain.posted() == 8_000);
        each(LedgerKit.rows(real), 8_000);
        drain.close(5);
        journal.close();
        assertThat(Files.exists(root.resolve("a-1"))).isFalse();
    }

    /** What a process leaves that dies with open attempts and an undrained journal. */
    private void abandoned(String name, int count) {
        UsageJournal journal = files().open(name);
        Ledger ledger = ledger(journal);
        for (long i = 1; i <= count; i++) {
            Permit permit = admitted(ledger, i);
            if (i % 100 != 0) {
                permit.settle(LedgerKit.used(i, 1));
            }
        }
        journal.close();
    }

    private static void recovered(List<UsageRow> rows, int count) {
        Set<UUID> seen = new HashSet<>();
        long assumed = 0;
        for (UsageRow row : rows) {
            assertThat(seen.add(row.request())).as("%s twice", row.request()).isTrue();
            long number = row.request().getLeastSignificantBits();
            if (number % 100 == 0) {
                assumed++;
                assertThat(row.usageClass()).isEqualTo(3);
                assertThat(row.ending()).isEqualTo(7);
                assertThat(row.input()).isEqualTo(1_000);
                assertThat(row.output()).isEqualTo(500);
                assertThat(row.costNanos()).isEqualTo(7_500_000);
            } else {
                assertThat(row.usageClass()).isEqualTo(1);
                assertThat(row.input()).isEqualTo(number);
            }
        }
        assertThat(seen).hasSize(count);
        assertThat(assumed).isEqualTo(count / 100);
    }

    @Test
    void recoversWhatADeadProcessLeft() throws Exception {
        abandoned("a-1", 1_500);
        abandoned("b-1", 0);
        RecoverJournals.Recovered done = recovering(real).run();
        assertThat(done.ended()).isEqualTo(1_485);
        assertThat(done.assumed()).isEqualTo(15);
        assertThat(done.damaged()).isZero();
        assertThat(told).containsOnlyKeys("a-1", "b-1").containsEntry("a-1", real.head(0));
        assertThat(told.get("b-1")).isNull();
        recovered(LedgerKit.rows(real), 1_500);
        assertThat(files().dead()).isEmpty();
        told.clear();
        recovering(real).run();
        assertThat(told).isEmpty();
    }

    @Test
    void countsAJournalOnceHoweverOftenItIsReplayed() throws Exception {
        replayedThrice(real);
        recovered(LedgerKit.rows(real), 1_500);
    }

    /**
     * The check of the check: without expected versions the same replays count everything again.
     */
    @Test
    void wouldCountItAgainWithoutExpectedVersions() throws Exception {
        replayedThrice(new CarelessLog(real));
        assertThat(LedgerKit.rows(real).size()).isEqualTo(3 * 1_500);
    }

    private void replayedThrice(EventLog log) throws Exception {
        abandoned("a-1", 1_500);
        Path copy = root.resolveSibling(root.getFileName() + "-copy");
        copy(root.resolve("a-1"), copy);
        for (int i = 0; i < 3; i++) {
            recovering(log).run();
            copy(copy, root.resolve("a-1"));
        }
    }

    /**
     * A backup holds the journal as it was before its facts, and a power cut may leave it so: what
     * is open in it has ended in the log.
     */
    @Test
    void doesNotAssumeWhatTheLogSaysHasEnded() throws Exception {
        UsageJournal journal = files().open("a-1");
        Ledger ledger = ledger(journal);
        JournalDrain drain = new JournalDrain(journal, real, LedgerKit.IDS, ledger::carry, PAUSES);
        drain.start();
        List<Permit> open = new ArrayList<>();
        for (long i = 1; i <= 20; i++) {
            open.add(admitted(ledger, i));
        }
        Path copy = root.resolveSibling(root.getFileName() + "-copy");
        copy(root.resolve("a-1"), copy);
        for (long i = 1; i <= 19; i++) {
            open.get((int) i - 1).settle(LedgerKit.used(i, 1));
            long soFar = i;
            LedgerKit.await("posted", () -> drain.posted() == soFar);
        }
        drain.close();
        journal.close();
        copy(copy, root.resolve("a-1"));
        RecoverJournals.Recovered done = recovering(real).run();
        assertThat(done.assumed()).as("only the last was open for both").isEqualTo(1);
        List<UsageRow> rows = LedgerKit.rows(real);
        assertThat(rows).hasSize(20);
        each(rows.subList(0, 19), 19);
        assertThat(rows.getLast().request()).isEqualTo(new UUID(4, 20));
        assertThat(rows.getLast().usageClass()).isEqualTo(3);
    }

    @Test
    void countsOnceWhenTheRecoveryIsCutOffAnywhere() throws Exception {
        long seed = System.nanoTime();
        FlakyLog log = new FlakyLog(real, seed);
        log.forgetful(50);
        abandoned("a-1", 6_000);
        int failures = 0;
        while (failures < 1_000) {
            try {
                recovering(log).run();
                break;
            } catch (agency.kernel.fault.Fault cut) {
                failures++;
            }
        }
        recovered(LedgerKit.rows(real), 6_000);
        assertThat(failures).as("seed %d", seed).isPositive();
    }

    private static void copy(Path from, Path to) throws IOException {
        Files.createDirectories(to);
        try (Stream<Path> all = Files.list(from)) {
            for (Path file : new ArrayList<>(all.toList())) {
                Files.copy(
                        file,
                        to.resolve(file.getFileName()),
                        java.nio.file.StandardCopyOption.REPLACE_EXISTING);
            }
        }
    }
}
