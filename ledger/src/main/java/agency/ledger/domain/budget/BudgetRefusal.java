package agency.ledger.domain.budget;

/** Why a budget says no. */
public sealed interface BudgetRefusal {
    /** It was never opened. */
    record Unknown() implements BudgetRefusal {}

    /** It was opened already. */
    record Known() implements BudgetRefusal {}

    /** It is closed. */
    record Closed() implements BudgetRefusal {}

    /** Whose attempts, what, when and which models cannot be changed: open another budget. */
    record OtherBounds() implements BudgetRefusal {}

    /** It has changed since it was read. */
    record Changed() implements BudgetRefusal {}

    /** What is needed is not left. */
    record Exhausted(long cap, long left) implements BudgetRefusal {}

    /** The journal has so much, and not what it took itself to have. */
    record Otherwise(long outstanding) implements BudgetRefusal {}
}
