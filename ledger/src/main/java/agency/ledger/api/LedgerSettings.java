package agency.ledger.api;

import java.util.Set;

/**
 * The ledger's settings.
 *
 * @param currency the one currency of this organisation's money, ISO 4217
 * @param freeProviders providers whose models cost nothing by rule, because they run here
 * @param journalSegmentKib size of one journal file, in KiB: 64 to 65536
 * @param journalSegments most journal files at once: 4 to 4096. When all are full and not drained
 *     (the database has been away too long), requests are refused until it is back
 * @param openAttempts most attempts under way at once: 16 to 1000000
 * @param requestDays how many days the rows of single requests are kept: 1 to 3650
 */
public record LedgerSettings(
        String currency,
        Set<String> freeProviders,
        int journalSegmentKib,
        int journalSegments,
        int openAttempts,
        int requestDays) {
    /** What holds when nothing is said. */
    public static final LedgerSettings DEFAULT =
            new LedgerSettings("USD", Set.of("local"), 4096, 64, 16_384, 30);

    /** Refuses values out of range, naming the setting and its range. */
    public LedgerSettings {
        freeProviders = Set.copyOf(freeProviders);
        if (!currency.matches("[A-Z]{3}")) {
            throw new IllegalArgumentException(
                    "ledger.currency must be three capital letters such as USD, not " + currency);
        }
        inRange("journalSegmentKib", journalSegmentKib, 64, 65_536);
        inRange("journalSegments", journalSegments, 4, 4_096);
        inRange("openAttempts", openAttempts, 16, 1_000_000);
        inRange("requestDays", requestDays, 1, 3_650);
    }

    private static void inRange(String name, int value, int least, int most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException(
                    "ledger." + name + " must be " + least + " to " + most + ", not " + value);
        }
    }
}
