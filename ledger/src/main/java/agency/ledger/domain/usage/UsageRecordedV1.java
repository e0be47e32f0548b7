package agency.ledger.domain.usage;

import java.util.List;
import java.util.UUID;

/**
 * {@link UsageRecorded} as it was before there were budgets. For reading what was stored then.
 *
 * @param through as in {@link UsageRecorded}
 * @param assumedThrough the same
 * @param attempts the same
 * @param callers on whose account
 * @param lines as in {@link UsageRecorded}
 * @param request the same
 * @param columns the same
 * @param providerRequest the same
 */
public record UsageRecordedV1(
        long through,
        long assumedThrough,
        int attempts,
        List<Account> callers,
        List<UsageRecorded.Line> lines,
        String request,
        UsageRecorded.Columns columns,
        List<String> providerRequest) {
    /** Copies the lists. */
    public UsageRecordedV1 {
        callers = List.copyOf(callers);
        lines = List.copyOf(lines);
        providerRequest = List.copyOf(providerRequest);
    }

    /** On whose account, when only keys had caps. */
    public record Account(int tenant, UUID project, UUID key) {}

    /** The same in the next shape: charged to no budget, and whose key it was is not said. */
    UsageRecorded up() {
        return new UsageRecorded(
                through,
                assumedThrough,
                attempts,
                callers.stream()
                        .map(one ->
                                new UsageRecorded.Account(
                                        one.tenant(), one.project(), null, one.key(), List.of()))
                        .toList(),
                lines,
                request,
                columns,
                providerRequest);
    }
}
