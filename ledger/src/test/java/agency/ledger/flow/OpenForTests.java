package agency.ledger.flow;

import agency.ledger.port.UsageJournal;
import java.util.Map;

/** Opens a ledger without the rest of the house. */
public final class OpenForTests {
    private OpenForTests() {}

    /** Opens it over this journal. */
    public static void open(Ledger ledger, UsageJournal journal) {
        ledger.open(journal, Map.of());
    }
}
