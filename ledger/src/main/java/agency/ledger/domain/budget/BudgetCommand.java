package agency.ledger.domain.budget;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** What can be asked of a budget. */
public sealed interface BudgetCommand {
    /** Opens it. */
    record OpenBudget(BudgetTerms terms, Instant at) implements BudgetCommand {}

    /** Changes its name, its cap, its hardness or its alerts. */
    record ChangeBudget(BudgetTerms terms, Instant at) implements BudgetCommand {}

    /** Closes it: it bounds nothing any more. */
    record CloseBudget(Instant at) implements BudgetCommand {}

    /**
     * Sets something aside for a journal.
     *
     * @param cap the cap of a key that has one of its own, where no budget was opened; else null
     * @param span the stretch it is for
     * @param journal who will spend it
     * @param believed how much the journal takes itself to have in this stretch
     * @param least how much it needs at least
     * @param need how much it could use at once, {@code least} included
     * @param want how much it would like for what is to come, {@code need} included
     * @param now the moment, by the database's clock
     */
    record TakeSlice(
            @Nullable Long cap,
            Span span,
            String journal,
            long believed,
            long least,
            long need,
            long want,
            Instant now)
            implements BudgetCommand {}

    /** Gives a part of a slice back. */
    record ReturnSlice(Span span, String journal, long believed, long amount)
            implements BudgetCommand {}

    /** The journal will not spend any more in this stretch; it has used so much. */
    record CloseSlice(Span span, String journal, long used) implements BudgetCommand {}

    /** So much has been used that people want to be told. */
    record ReachShare(Span span, int share, long used, Instant at) implements BudgetCommand {}
}
