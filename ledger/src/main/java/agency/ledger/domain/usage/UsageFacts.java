package agency.ledger.domain.usage;

import agency.kernel.fact.FactType;
import agency.kernel.fact.StreamName;

/** The stored name of usage and the streams it lies in. */
public final class UsageFacts {
    /** A batch of attempts. */
    public static final FactType<UsageRecorded> USAGE_RECORDED =
            new FactType<>("ledger.usage.recorded", 1, UsageRecordedV1.class)
                    .then(UsageRecorded.class, UsageRecordedV1::up);

    /** The category of journals. */
    public static final String JOURNALS = "ledger.journal";

    private UsageFacts() {}

    /**
     * The stream of a journal. It lies in a partition of its own, so that usage need not wait in
     * line with what must be decided together.
     */
    public static StreamName journal(String name) {
        return new StreamName(0, JOURNALS, name, "journal/" + name);
    }
}
