package agency.ledger.domain.usage;

import agency.kernel.metering.Operation;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What a batch of attempts used; stored as {@code ledger.usage.recorded}, one fact for at most
 * {@value #MAX_ATTEMPTS} attempts. In columns: the n-th entry of each column belongs to the n-th
 * attempt. A column of numbers is text, numbers separated by spaces, a repeated one written as
 * {@code number*times}. What many attempts share stands once, in {@code callers} and {@code lines},
 * and is pointed to by index, from 0.
 *
 * @param through the journal is posted up to here: outcomes at or before this position are in this
 *     fact or an earlier one of the stream
 * @param assumedThrough after the writer's death: open intents up to this entry are posted at their
 *     bound; 0 before
 * @param attempts how many attempts
 * @param callers on whose account
 * @param lines which model, at which price
 * @param request the request of each attempt: its UUID's 16 bytes as 22 characters of base64url,
 *     without anything between them
 * @param columns the numbers
 * @param providerRequest the provider's own id of each request, empty when it gave none; the list
 *     itself is empty when no request has one
 */
public record UsageRecorded(
        long through,
        long assumedThrough,
        int attempts,
        List<Account> callers,
        List<Line> lines,
        String request,
        Columns columns,
        List<String> providerRequest) {
    /** Most attempts in one fact. */
    public static final int MAX_ATTEMPTS = 512;

    /** Copies the lists. */
    public UsageRecorded {
        callers = List.copyOf(callers);
        lines = List.copyOf(lines);
        providerRequest = List.copyOf(providerRequest);
    }

    /**
     * On whose account.
     *
     * @param tenant the organisation's number
     * @param project the project's id
     * @param person whose key it is; null for a service account's
     * @param key the key's id
     * @param budgets the accounts of budgets that are charged too, as {@link
     *     agency.ledger.domain.budget.Charge} names them
     */
    public record Account(
            int tenant, UUID project, @Nullable UUID person, UUID key, List<String> budgets) {
        /** Copies the list. */
        public Account {
            budgets = List.copyOf(budgets);
        }
    }

    /**
     * A model at a price.
     *
     * @param provider the provider's name
     * @param model the model's name as the provider knows it
     * @param operation the kind of work
     * @param price the id of the price version, null when unpriced
     */
    public record Line(
            String provider, String model, Operation operation, @Nullable String price) {}

    /**
     * The numbers of all attempts.
     *
     * @param caller index into {@code callers}
     * @param line index into {@code lines}
     * @param attempt which attempt of its request, from 1
     * @param started when it was admitted: milliseconds since 1970 for the first, then the
     *     difference to the one before
     * @param ending how it ended: the codes of {@link agency.kernel.metering.Ending}
     * @param usageClass how well its usage is known: the codes of {@link
     *     agency.kernel.metering.UsageClass}
     * @param status the provider's HTTP status, 0 without one
     * @param input input tokens
     * @param output output tokens
     * @param cached input tokens from the provider's cache
     * @param reasoning output tokens spent thinking
     * @param cost nano-units, -1 when unpriced
     * @param upstream microseconds at the provider
     * @param firstByte microseconds to the first byte, 0 if none
     * @param total microseconds in all
     * @param overhead microseconds of our own
     */
    public record Columns(
            String caller,
            String line,
            String attempt,
            String started,
            String ending,
            String usageClass,
            String status,
            String input,
            String output,
            String cached,
            String reasoning,
            String cost,
            String upstream,
            String firstByte,
            String total,
            String overhead) {}
}
