package agency.ledger.domain.budget;

import agency.kernel.fact.FactType;
import agency.kernel.fact.StreamName;
import java.util.List;
import java.util.UUID;

/** The stored names of what happens to budgets and the streams they lie in. */
public final class BudgetFacts {
    /** The category of budgets. */
    public static final String BUDGETS = "ledger.budget";

    /** All of them. */
    public static final List<FactType<?>> ALL =
            List.of(
                    new FactType<>("ledger.budget.opened", 1, BudgetEvent.BudgetOpened.class),
                    new FactType<>("ledger.budget.changed", 1, BudgetEvent.BudgetChanged.class),
                    new FactType<>("ledger.budget.closed", 1, BudgetEvent.BudgetClosed.class),
                    new FactType<>("ledger.slice.taken", 1, BudgetEvent.SliceTaken.class),
                    new FactType<>("ledger.slice.returned", 1, BudgetEvent.SliceReturned.class),
                    new FactType<>("ledger.slice.closed", 1, BudgetEvent.SliceClosed.class),
                    new FactType<>(
                            "ledger.budget.share-reached", 1, BudgetEvent.ShareReached.class));

    private BudgetFacts() {}

    /** The stream of one budget; a key's own cap has the key's id. */
    public static StreamName budget(int tenant, UUID budget) {
        return StreamName.of(tenant, BUDGETS, budget.toString());
    }
}
