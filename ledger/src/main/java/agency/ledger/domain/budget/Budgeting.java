package agency.ledger.domain.budget;

import agency.kernel.decision.Decider;
import agency.kernel.decision.Decision;
import agency.ledger.domain.budget.BudgetCommand.ChangeBudget;
import agency.ledger.domain.budget.BudgetCommand.CloseBudget;
import agency.ledger.domain.budget.BudgetCommand.CloseSlice;
import agency.ledger.domain.budget.BudgetCommand.OpenBudget;
import agency.ledger.domain.budget.BudgetCommand.ReachShare;
import agency.ledger.domain.budget.BudgetCommand.ReturnSlice;
import agency.ledger.domain.budget.BudgetCommand.TakeSlice;
import agency.ledger.domain.budget.BudgetEvent.BudgetChanged;
import agency.ledger.domain.budget.BudgetEvent.BudgetClosed;
import agency.ledger.domain.budget.BudgetEvent.BudgetOpened;
import agency.ledger.domain.budget.BudgetEvent.ShareReached;
import agency.ledger.domain.budget.BudgetEvent.SliceClosed;
import agency.ledger.domain.budget.BudgetEvent.SliceReturned;
import agency.ledger.domain.budget.BudgetEvent.SliceTaken;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Decides about one budget. Its promise: what is used and what is set aside never exceed the cap
 * together, so that whoever spends only what was set aside for it cannot overspend, however many
 * spend at once and whoever of them dies. Lowering a cap below what is taken grants nothing until
 * enough has come back.
 */
public final class Budgeting
        implements Decider<BudgetCommand, BudgetState, BudgetEvent, BudgetRefusal> {
    /**
     * A slice beyond what is needed is at most this part of what is left, so that slices shrink as
     * the cap comes near and little lies idle with one while another is in need.
     */
    static final int PART = 16;

    @Override
    public BudgetState initial() {
        return BudgetState.NONE;
    }

    @Override
    public Decision<BudgetEvent, BudgetRefusal> decide(BudgetCommand command, BudgetState state) {
        return switch (command) {
            case OpenBudget open ->
                    state.terms() != null
                            ? Decision.reject(new BudgetRefusal.Known())
                            : Decision.accept(new BudgetOpened(open.terms(), open.at()));
            case ChangeBudget change -> change(change, state);
            case CloseBudget close ->
                    state.terms() == null
                            ? Decision.reject(new BudgetRefusal.Unknown())
                            : state.closed()
                                    ? Decision.nothing()
                                    : Decision.accept(new BudgetClosed(close.at()));
            case TakeSlice take -> take(take, state);
            case ReturnSlice back -> giveBack(back, state);
            case CloseSlice close ->
                    state.stretch(close.span().from()).slices().containsKey(close.journal())
                            ? Decision.accept(
                                    new SliceClosed(
                                            close.span().from(), close.journal(), close.used()))
                            : Decision.nothing();
            case ReachShare reach ->
                    state.stretch(reach.span().from()).shares().contains(reach.share())
                            ? Decision.nothing()
                            : Decision.accept(
                                    new ShareReached(
                                            reach.span().from(),
                                            reach.share(),
                                            reach.used(),
                                            reach.at()));
        };
    }

    private static Decision<BudgetEvent, BudgetRefusal> change(
            ChangeBudget change, BudgetState state) {
        BudgetTerms terms = state.terms();
        if (terms == null) {
            return Decision.reject(new BudgetRefusal.Unknown());
        }
        if (state.closed()) {
            return Decision.reject(new BudgetRefusal.Closed());
        }
        if (!terms.sameBounds(change.terms())) {
            return Decision.reject(new BudgetRefusal.OtherBounds());
        }
        return terms.equals(change.terms())
                ? Decision.nothing()
                : Decision.accept(new BudgetChanged(change.terms(), change.at()));
    }

    private static Decision<BudgetEvent, BudgetRefusal> take(TakeSlice take, BudgetState state) {
        BudgetTerms terms = state.terms();
        @Nullable Long most = terms == null ? take.cap() : Long.valueOf(terms.cap());
        if (most == null) {
            return Decision.reject(new BudgetRefusal.Unknown());
        }
        long cap = most;
        if (state.closed()) {
            return Decision.reject(new BudgetRefusal.Closed());
        }
        long from = take.span().from();
        long outstanding = state.outstanding(from, take.journal());
        if (outstanding != take.believed()) {
            return Decision.reject(new BudgetRefusal.Otherwise(outstanding));
        }
        Period period = terms == null ? Period.FOREVER : terms.period();
        long left = Math.max(0, cap - state.taken(period, take.span(), take.now()));
        if (take.least() > left) {
            return Decision.reject(new BudgetRefusal.Exhausted(cap, left));
        }
        long needed = Math.min(Math.max(take.need(), take.least()), left);
        long more = Math.max(0, Math.min(take.want() - needed, (left - needed) / PART));
        long amount = needed + more;
        return amount == 0
                ? Decision.nothing()
                : Decision.accept(new SliceTaken(from, take.journal(), amount));
    }

    private static Decision<BudgetEvent, BudgetRefusal> giveBack(
            ReturnSlice back, BudgetState state) {
        long from = back.span().from();
        long outstanding = state.outstanding(from, back.journal());
        if (outstanding != back.believed() || back.amount() > outstanding) {
            return Decision.reject(new BudgetRefusal.Otherwise(outstanding));
        }
        return back.amount() == 0
                ? Decision.nothing()
                : Decision.accept(new SliceReturned(from, back.journal(), back.amount()));
    }

    @Override
    public BudgetState evolve(BudgetState state, BudgetEvent event) {
        return switch (event) {
            case BudgetOpened opened -> state.with(opened.terms());
            case BudgetChanged changed -> state.with(changed.terms());
            case BudgetClosed closed -> state.closing();
            case SliceTaken taken ->
                    state.with(
                            taken.from(),
                            state.stretch(taken.from())
                                    .with(
                                            taken.journal(),
                                            state.outstanding(taken.from(), taken.journal())
                                                    + taken.amount()));
            case SliceReturned returned ->
                    state.with(
                            returned.from(),
                            state.stretch(returned.from())
                                    .with(
                                            returned.journal(),
                                            state.outstanding(returned.from(), returned.journal())
                                                    - returned.amount()));
            case SliceClosed closed ->
                    state.with(
                            closed.from(),
                            state.stretch(closed.from()).without(closed.journal(), closed.used()));
            case ShareReached reached ->
                    state.with(reached.from(), state.stretch(reached.from()).told(reached.share()));
        };
    }

    @Override
    public List<Class<?>> code() {
        return List.of(Budgeting.class, BudgetState.class, Period.class);
    }
}
