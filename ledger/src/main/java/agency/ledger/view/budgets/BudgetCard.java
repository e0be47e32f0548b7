package agency.ledger.view.budgets;

import agency.ledger.domain.budget.BudgetState;
import agency.ledger.domain.budget.BudgetTerms;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A budget as it is known.
 *
 * @param tenant whose it is
 * @param id its id
 * @param state what it has come to
 * @param version of how many facts that change its terms it is
 * @param opened when it was opened; null for a key's own cap
 */
public record BudgetCard(
        int tenant, UUID id, BudgetState state, int version, @Nullable Instant opened) {
    /** What it says; throws {@link IllegalStateException} for a key's own cap. */
    public BudgetTerms terms() {
        BudgetTerms terms = state.terms();
        if (terms == null) {
            throw new IllegalStateException("a key's own cap has no terms");
        }
        return terms;
    }

    /** Whether it bounds anything. */
    public boolean inForce() {
        return state.terms() != null && !state.closed();
    }
}
