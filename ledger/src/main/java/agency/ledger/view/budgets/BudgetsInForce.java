package agency.ledger.view.budgets;

import agency.kernel.fact.Recorded;
import agency.ledger.domain.budget.BudgetEvent;
import agency.ledger.domain.budget.BudgetFacts;
import agency.ledger.domain.budget.BudgetState;
import agency.ledger.domain.budget.Budgeting;
import agency.ledger.domain.budget.Scope;
import agency.platform.projection.MemoryView;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * All budgets and what is taken of each, as the log has it; asked on the request path. What other
 * processes take shows here as soon as their facts do.
 */
public final class BudgetsInForce implements MemoryView {
    private static final Budgeting BUDGETING = new Budgeting();

    private final Map<UUID, BudgetCard> cards = new ConcurrentHashMap<>();
    private final Map<Scope, List<UUID>> byScope = new ConcurrentHashMap<>();
    private final AtomicInteger version = new AtomicInteger();

    /** An empty view. */
    public BudgetsInForce() {}

    /** Rises with every change of what any budget says. */
    public int version() {
        return version.get();
    }

    /** A budget, or what was taken of a key's own cap. */
    public Optional<BudgetCard> card(UUID budget) {
        return Optional.ofNullable(cards.get(budget));
    }

    /** What a budget has come to; the first state when nothing is known of it. */
    public BudgetState state(UUID budget) {
        @Nullable BudgetCard card = cards.get(budget);
        return card == null ? BudgetState.NONE : card.state();
    }

    /** The budgets in force of a scope. */
    public List<BudgetCard> of(Scope scope) {
        List<BudgetCard> all = new ArrayList<>();
        for (UUID id : byScope.getOrDefault(scope, List.of())) {
            @Nullable BudgetCard card = cards.get(id);
            if (card != null && card.inForce()) {
                all.add(card);
            }
        }
        return all;
    }

    /** Every budget in force. */
    public List<BudgetCard> inForce() {
        return cards.values().stream().filter(BudgetCard::inForce).toList();
    }

    /** All budgets that an organisation has opened, in the order of their ids. */
    public List<BudgetCard> of(int tenant) {
        return cards.values().stream()
                .filter(card -> card.tenant() == tenant && card.state().terms() != null)
                .sorted((a, b) -> a.id().compareTo(b.id()))
                .toList();
    }

    /**
     * A slice that a journal has set aside.
     *
     * @param from the first second of the stretch
     */
    public record Slice(int tenant, UUID budget, long from) {}

    /** The slices that a journal has set aside and not closed. */
    public List<Slice> slices(String journal) {
        List<Slice> slices = new ArrayList<>();
        for (BudgetCard card : cards.values()) {
            card.state()
                    .stretches()
                    .forEach((from, stretch) -> {
                        if (stretch.slices().containsKey(journal)) {
                            slices.add(new Slice(card.tenant(), card.id(), from));
                        }
                    });
        }
        return slices;
    }

    @Override
    public String name() {
        return "ledger.budgets";
    }

    @Override
    public Set<String> categories() {
        return Set.of(BudgetFacts.BUDGETS);
    }

    @Override
    public void reset() {
        cards.clear();
        byScope.clear();
        version.incrementAndGet();
    }

    @Override
    public void apply(Recorded fact) {
        if (!(fact.fact() instanceof BudgetEvent event)) {
            return;
        }
        UUID id = UUID.fromString(fact.stream().key());
        @Nullable BudgetCard before = cards.get(id);
        BudgetState state =
                BUDGETING.evolve(before == null ? BudgetState.NONE : before.state(), event);
        int facts = before == null ? 0 : before.version();
        @Nullable Instant opened = before == null ? null : before.opened();
        boolean changes = event.changesTerms();
        if (event instanceof BudgetEvent.BudgetOpened begun) {
            opened = begun.at();
            byScope.merge(
                    begun.terms().scope(),
                    List.of(id),
                    (known, more) -> {
                        List<UUID> all = new ArrayList<>(known);
                        all.addAll(more);
                        return List.copyOf(all);
                    });
        }
        if (event instanceof BudgetEvent.BudgetClosed && state.terms() != null) {
            byScope.computeIfPresent(
                    state.terms().scope(),
                    (scope, known) -> known.stream().filter(one -> !one.equals(id)).toList());
        }
        cards.put(
                id,
                new BudgetCard(
                        fact.stream().tenant(), id, state, changes ? facts + 1 : facts, opened));
        if (changes) {
            version.incrementAndGet();
        }
    }
}
