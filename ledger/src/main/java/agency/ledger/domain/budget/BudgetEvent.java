package agency.ledger.domain.budget;

import java.time.Instant;

/**
 * What happens to a budget. Stretches are named by their first second: the period says how long
 * they are.
 */
public sealed interface BudgetEvent {
    /** Whether it changes what the budget says: an act of somebody, not of the bookkeeping. */
    default boolean changesTerms() {
        return switch (this) {
            case BudgetOpened _, BudgetChanged _, BudgetClosed _ -> true;
            case SliceTaken _, SliceReturned _, SliceClosed _, ShareReached _ -> false;
        };
    }

    /** It was opened; stored as {@code ledger.budget.opened}. */
    record BudgetOpened(BudgetTerms terms, Instant at) implements BudgetEvent {}

    /** Its terms are others now; stored as {@code ledger.budget.changed}. */
    record BudgetChanged(BudgetTerms terms, Instant at) implements BudgetEvent {}

    /** It was closed; stored as {@code ledger.budget.closed}. */
    record BudgetClosed(Instant at) implements BudgetEvent {}

    /** So much was set aside for a journal; stored as {@code ledger.slice.taken}. */
    record SliceTaken(long from, String journal, long amount) implements BudgetEvent {}

    /** So much of it came back; stored as {@code ledger.slice.returned}. */
    record SliceReturned(long from, String journal, long amount) implements BudgetEvent {}

    /**
     * The journal has used so much of its slice and will use no more; the rest came back. Stored as
     * {@code ledger.slice.closed}.
     */
    record SliceClosed(long from, String journal, long used) implements BudgetEvent {}

    /** People were to be told; stored as {@code ledger.budget.share-reached}. */
    record ShareReached(long from, int share, long used, Instant at) implements BudgetEvent {}
}
