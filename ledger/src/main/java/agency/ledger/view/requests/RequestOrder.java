package agency.ledger.view.requests;

import agency.ledger.domain.usage.UsageRow;
import java.util.Comparator;
import java.util.UUID;

/** The order of attempts: by request id as PostgreSQL compares UUIDs, then by attempt. */
final class RequestOrder {
    /** Newest first: ids rise with time. */
    static final Comparator<UsageRow> NEWEST_FIRST =
            (one, other) -> compare(other.request(), other.attempt(), one.request(), one.attempt());

    private RequestOrder() {}

    /** As unsigned bytes; {@link UUID#compareTo} takes the halves as signed numbers. */
    static int compare(UUID one, UUID other) {
        int high =
                Long.compareUnsigned(one.getMostSignificantBits(), other.getMostSignificantBits());
        return high != 0
                ? high
                : Long.compareUnsigned(
                        one.getLeastSignificantBits(), other.getLeastSignificantBits());
    }

    static int compare(UUID one, int attempt, UUID other, int otherAttempt) {
        int byId = compare(one, other);
        return byId != 0 ? byId : Integer.compare(attempt, otherAttempt);
    }
}
