package agency.ledger.api;

import agency.platform.config.Setting;
import java.util.List;

/**
 * The ledger's settings.
 *
 * @param currency the one currency of this organisation's money, ISO 4217
 * @param freeProviders providers whose models cost nothing by rule, because they run here
 * @param journalSegmentKib size of one journal file, in KiB: 64 to 65536
 * @param journalSegments most journal files at once: 8 to 4096
 * @param openAttempts most attempts under way at once: 16 to 1000000
 * @param requestDays how many days the rows of single requests are kept: 1 to 3650
 */
public record LedgerSettings(
        @Setting(doc = "The one currency of this organisation's money, ISO 4217.", def = "USD")
                String currency,
        @Setting(
                        doc = "Providers whose models cost nothing by rule, because they run here.",
                        def = "local,ollama,vllm,llamacpp,lmstudio")
                List<String> freeProviders,
        @Setting(doc = "Size of one journal file in KiB, 64 to 65536.", def = "4096")
                int journalSegmentKib,
        @Setting(
                        doc =
                                "Most journal files at once, 4 to 4096; when all are full and the"
                                    + " database is away, requests are refused until it is back.",
                        def = "64")
                int journalSegments,
        @Setting(doc = "Most attempts under way at once, 16 to 1000000.", def = "16384")
                int openAttempts,
        @Setting(doc = "How many days the rows of single requests are kept, 1 to 3650.", def = "30")
                int requestDays) {
    /** What holds when nothing is said. */
    public static final LedgerSettings DEFAULT =
            new LedgerSettings(
                    "USD",
                    List.of("local", "ollama", "vllm", "llamacpp", "lmstudio"),
                    4096,
                    64,
                    16_384,
                    30);

    /** Room kept in the journal for an attempt under way: its outcome, its intent carried on. */
    private static final int OPEN_BYTES = 768;

    /** Refuses values out of range, naming the setting and its range. */
    public LedgerSettings {
        freeProviders = List.copyOf(freeProviders);
        if (!currency.matches("[A-Z]{3}")) {
            throw new IllegalArgumentException(
                    "ledger.currency must be three capital letters such as USD, not " + currency);
        }
        inRange("journal_segment_kib", journalSegmentKib, 64, 65_536);
        inRange("journal_segments", journalSegments, 8, 4_096);
        inRange("open_attempts", openAttempts, 16, 1_000_000);
        inRange("request_days", requestDays, 1, 3_650);
        long half = (long) journalSegments / 2 * journalSegmentKib * 1024;
        if ((long) openAttempts * OPEN_BYTES > half) {
            throw new IllegalArgumentException(
                    "ledger.open_attempts must be at most "
                            + half / OPEN_BYTES
                            + " with a journal of "
                            + journalSegments
                            + " files of "
                            + journalSegmentKib
                            + " KiB: room for them is kept in half of it");
        }
    }

    private static void inRange(String name, int value, int least, int most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException(
                    "ledger." + name + " must be " + least + " to " + most + ", not " + value);
        }
    }
}
