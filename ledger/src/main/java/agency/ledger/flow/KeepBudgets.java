package agency.ledger.flow;

import agency.kernel.decision.AtVersion;
import agency.kernel.decision.Decider;
import agency.kernel.fact.FactMeta;
import agency.kernel.fault.Fault;
import agency.kernel.id.IdSource;
import agency.ledger.domain.budget.BudgetCommand;
import agency.ledger.domain.budget.BudgetEvent;
import agency.ledger.domain.budget.BudgetFacts;
import agency.ledger.domain.budget.BudgetRefusal;
import agency.ledger.domain.budget.BudgetTerms;
import agency.ledger.domain.budget.Budgeting;
import agency.platform.log.Commands;
import agency.platform.projection.Instances;
import agency.platform.projection.Projections;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Opens, changes and closes budgets. What it returns from holds on every living process: none
 * admits by the terms of before any more. Throws a passing {@link Fault} when that takes too long:
 * it is recorded then.
 */
public final class KeepBudgets {
    /** Longest wait until every process knows of it. */
    private static final Duration KNOWN_WITHIN = Duration.ofSeconds(10);

    private final Commands commands;
    private final Projections projections;
    private final Instances instances;
    private final IdSource ids;
    private final InstantSource clock;

    /** The flow. */
    public KeepBudgets(
            Commands commands,
            Projections projections,
            Instances instances,
            IdSource ids,
            InstantSource clock) {
        this.commands = commands;
        this.projections = projections;
        this.instances = instances;
        this.ids = ids;
        this.clock = clock;
    }

    /** Opens one; its id. */
    public UUID open(int tenant, BudgetTerms terms, FactMeta meta) {
        UUID id = ids.next();
        Optional<BudgetRefusal> refused =
                handle(
                        tenant,
                        id,
                        new BudgetCommand.OpenBudget(terms, clock.instant()),
                        null,
                        meta);
        if (refused.isPresent()) {
            throw new IllegalStateException("a new id is taken: " + id);
        }
        return id;
    }

    /**
     * Changes its name, cap, hardness or alerts.
     *
     * @param expected of how many changes it must be; null for whatever it is
     * @return why not, or empty when it is done
     */
    public Optional<BudgetRefusal> change(
            int tenant, UUID budget, BudgetTerms terms, @Nullable Integer expected, FactMeta meta) {
        return handle(
                tenant,
                budget,
                new BudgetCommand.ChangeBudget(terms, clock.instant()),
                expected,
                meta);
    }

    /** Closes it; the same answers. */
    public Optional<BudgetRefusal> close(
            int tenant, UUID budget, @Nullable Integer expected, FactMeta meta) {
        return handle(
                tenant, budget, new BudgetCommand.CloseBudget(clock.instant()), expected, meta);
    }

    private Optional<BudgetRefusal> handle(
            int tenant,
            UUID budget,
            BudgetCommand command,
            @Nullable Integer expected,
            FactMeta meta) {
        Decider<BudgetCommand, ?, BudgetEvent, BudgetRefusal> decider =
                AtVersion.of(
                        new Budgeting(),
                        BudgetEvent::changesTerms,
                        expected,
                        new BudgetRefusal.Changed());
        return switch (commands.handle(
                BudgetFacts.budget(tenant, budget), decider, command, meta)) {
            case Commands.Handled.Refused<BudgetEvent, BudgetRefusal>(var reason) ->
                    Optional.of(reason);
            case Commands.Handled.Done<BudgetEvent, BudgetRefusal> done -> {
                if (!projections.await(done.at(), List.of(), KNOWN_WITHIN)
                        || !instances.awaitApplied(done.at(), KNOWN_WITHIN)) {
                    throw Fault.passing(
                            "ledger.not-everywhere",
                            "It is recorded, but not every instance has said that it knows. Ask"
                                    + " again to go on waiting.",
                            Map.of("position", done.at().toString()),
                            null);
                }
                yield Optional.empty();
            }
        };
    }
}
