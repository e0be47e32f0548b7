package agency.ledger.testing;

import agency.kernel.metering.Admission;
import agency.kernel.metering.Permit;
import agency.ledger.adapter.journal.JournalFiles;
import agency.ledger.adapter.prices.PriceFile;
import agency.ledger.api.LedgerSettings;
import agency.ledger.domain.price.PriceBook;
import agency.ledger.flow.Ledger;
import agency.ledger.flow.OpenForTests;
import agency.platform.crypto.Secret;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;

/** A process of its own for tests that kill: writes a journal at full speed, or recovers. */
public final class JournalChild {
    /** How many threads write. */
    public static final int WRITERS = 3;

    private static final ValueLayout.OfLong LONG =
            ValueLayout.JAVA_LONG.withOrder(ByteOrder.BIG_ENDIAN);

    private JournalChild() {}

    /** The id of a writer's i-th attempt. */
    public static UUID request(int life, int writer, long i) {
        return new UUID(((long) life << 32) | writer, i);
    }

    /** Whether the i-th attempt is never settled. */
    public static boolean leftOpen(long i) {
        return i % 997 == 0;
    }

    /** The input tokens of the i-th attempt. */
    public static long input(long i) {
        return i % 5_000 + 1;
    }

    /** Writes or recovers. */
    public static void main(String[] args) throws Exception {
        Path journals = Path.of(args[1]);
        if (args[0].equals("recover")) {
            try (LedgerNode node =
                    new LedgerNode(
                            Secret.of(System.getenv("LEDGER_TEST_URL")),
                            journals,
                            LedgerSettings.DEFAULT,
                            InstantSource.system())) {
                say("recovering");
                node.start();
            }
            return;
        }
        int life = Integer.parseInt(args[3]);
        LedgerSettings settings = new LedgerSettings("USD", List.of(), 1_024, 32, 1_000, 30);
        PriceBook book = new PriceFile().read(Set.of());
        Ledger ledger =
                OpenForTests.ledger(() -> book, name -> name, InstantSource.system(), 1_000);
        OpenForTests.open(
                ledger,
                new JournalFiles(journals, settings, LedgerKit.SALTS)
                        .open(new UUID(0, life) + "-1"));
        try (FileChannel file =
                FileChannel.open(
                        Path.of(args[2]),
                        StandardOpenOption.CREATE,
                        StandardOpenOption.READ,
                        StandardOpenOption.WRITE)) {
            // Mapped, so that what was said survives us as the journal does.
            MemorySegment said =
                    file.map(FileChannel.MapMode.READ_WRITE, 0, WRITERS * 16L, Arena.global());
            say("writing");
            for (int w = 0; w < WRITERS; w++) {
                int writer = w;
                Thread.ofPlatform().start(() -> write(ledger, said, life, writer));
            }
        }
    }

    private static void write(Ledger ledger, MemorySegment said, int life, int writer) {
        long i = 0;
        while (true) {
            i++;
            said.set(LONG, writer * 16L, i);
            Admission admission =
                    OpenForTests.admit(
                            ledger,
                            LedgerKit.intent(
                                    request(life, writer, i), LedgerKit.KEY, "openai", "gpt-4o"));
            if (!(admission instanceof Admission.Admitted(Permit permit))) {
                // No room: as good as a refused request. Once full it stays so, for nobody drains
                // it.
                i--;
                said.set(LONG, writer * 16L, i);
                LockSupport.parkNanos(1_000_000);
                continue;
            }
            if (!leftOpen(i)) {
                permit.settle(LedgerKit.used(input(i), 1));
            }
            said.set(LONG, writer * 16L + 8, i);
        }
    }

    private static void say(String line) {
        System.out.println(line);
        System.out.flush();
    }
}
