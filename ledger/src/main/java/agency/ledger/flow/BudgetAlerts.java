package agency.ledger.flow;

import agency.ledger.domain.budget.BudgetCommand;
import agency.ledger.domain.budget.BudgetState;
import agency.ledger.domain.budget.BudgetTerms;
import agency.ledger.domain.budget.Period;
import agency.ledger.domain.budget.Span;
import agency.ledger.view.budgets.BudgetCard;
import agency.ledger.view.budgets.BudgetsInForce;
import agency.ledger.view.usagebybudget.BudgetUsage;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sees when what was spent of a budget reaches a share at which people want to be told, and has it
 * put on record. Every process looks; the budget's own stream sees to it that it is told once.
 */
final class BudgetAlerts implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(BudgetAlerts.class);

    /** How often it looks, in milliseconds. */
    private static final int EVERY_MILLIS = 1_000;

    private final BudgetsInForce view;
    private final Budgets budgets;
    private final BudgetUsage usage;
    private final CountDownLatch closing = new CountDownLatch(1);

    BudgetAlerts(BudgetsInForce view, Budgets budgets, BudgetUsage usage) {
        this.view = view;
        this.budgets = budgets;
        this.usage = usage;
    }

    void start() {
        Thread.ofVirtual().name("budget-alerts").start(this::run);
    }

    private void run() {
        boolean away = false;
        try {
            while (!closing.await(EVERY_MILLIS, TimeUnit.MILLISECONDS)) {
                try {
                    view.inForce().forEach(this::look);
                    away = false;
                } catch (RuntimeException failed) {
                    if (!away) {
                        LOG.warn("budgets cannot be looked at for alerts: {}", failed.toString());
                    }
                    away = true;
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void look(BudgetCard card) {
        BudgetTerms terms = card.terms();
        BudgetState state = card.state();
        Instant now = budgets.now();
        Period period = terms.period();
        Span span = period.at(now);
        Set<Integer> told = state.told(period, span, now);
        List<Integer> open = terms.alerts().stream().filter(one -> !told.contains(one)).toList();
        // What was not even set aside cannot have been spent.
        if (open.isEmpty()
                || (terms.hard()
                        && !terms.reached(open.getFirst(), state.taken(period, span, now)))) {
            return;
        }
        long spent = usage.spent(card.id(), terms, span, now);
        for (int share : open) {
            if (terms.reached(share, spent)) {
                budgets.command(
                        card.tenant(),
                        card.id(),
                        new BudgetCommand.ReachShare(span, share, spent, now));
            }
        }
    }

    @Override
    public void close() {
        closing.countDown();
    }
}
