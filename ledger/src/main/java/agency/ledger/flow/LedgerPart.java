package agency.ledger.flow;

import agency.kernel.fact.Position;
import agency.kernel.fault.Fault;
import agency.kernel.id.IdSource;
import agency.ledger.domain.budget.BudgetTerms;
import agency.ledger.domain.budget.Unit;
import agency.ledger.port.Journals;
import agency.ledger.port.UsageJournal;
import agency.ledger.view.budgets.BudgetsInForce;
import agency.ledger.view.usagebybudget.BudgetUsage;
import agency.ledger.view.usagebybudget.UsageByBudget;
import agency.platform.house.Part;
import agency.platform.log.EventLog;
import agency.platform.projection.Instances;
import agency.platform.projection.Projections;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The ledger as a part of the house: at the start it recovers what dead processes left, learns what
 * keys have spent, and opens a journal of its own; at the end it posts what is left.
 */
public final class LedgerPart implements Part {
    /** The part's name. */
    public static final String NAME = "ledger";

    private static final Logger LOG = LoggerFactory.getLogger(LedgerPart.class);

    /** Longest wait for the projection to show what was recovered, in seconds. */
    private static final int CATCH_UP_SECONDS = 60;

    /** Longest time the journal is drained when we close, in seconds. */
    private static final int DRAIN_SECONDS = 10;

    /** How often old days are dropped, in minutes. */
    private static final int TIDY_MINUTES = 60;

    /**
     * What the part is made of.
     *
     * @param ledger the ledger it opens
     * @param journals the journals on this machine
     * @param log where usage goes
     * @param projections what is made of it
     * @param instances who this process is
     * @param budgets what this process spends
     * @param inForce what the log says of budgets
     * @param used what was used of them, as the projection {@link UsageByBudget} has it
     * @param ids new ids
     * @param tidy drops what is no longer kept; run at the start and once an hour
     * @param uses names of the parts it uses
     */
    public record Needs(
            Ledger ledger,
            Journals journals,
            EventLog log,
            Projections projections,
            Instances instances,
            Budgets budgets,
            BudgetsInForce inForce,
            BudgetUsage used,
            IdSource ids,
            Runnable tidy,
            List<String> uses) {}

    private final Needs needs;
    private final BudgetAlerts alerts;
    private @Nullable UsageJournal journal;
    private volatile @Nullable JournalDrain drain;
    private volatile long recoveredDamage;
    private @Nullable Thread tidying;
    private volatile boolean closing;

    /** Assembles; nothing is read or written before the start. */
    public LedgerPart(Needs needs) {
        this.needs = needs;
        this.alerts = new BudgetAlerts(needs.inForce(), needs.budgets(), needs.used());
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public String purpose() {
        return "Permits every attempt, journals it and posts what it used.";
    }

    @Override
    public List<String> uses() {
        return needs.uses();
    }

    @Override
    public void start() {
        try {
            RecoverJournals.Recovered recovered =
                    new RecoverJournals(
                                    needs.journals(), needs.log(), needs.ids(), this::closeSlices)
                            .run();
            recoveredDamage = recovered.damaged();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Fault.passing(
                    "ledger.start-interrupted", "The ledger's start was given up.", Map.of(), e);
        }
        for (int lane = 0; lane < needs.log().lanes(); lane++) {
            awaitShown(needs.log().head(lane));
        }
        UsageJournal own =
                needs.journals().open(needs.instances().self() + "-" + needs.instances().epoch());
        JournalDrain draining =
                new JournalDrain(
                        own, needs.log(), needs.ids(), needs.ledger()::carry, DrainPauses.USUAL);
        draining.start();
        journal = own;
        drain = draining;
        needs.ledger().open(own);
        alerts.start();
        tidying = Thread.ofVirtual().name("ledger-tidy").start(this::keepTidy);
    }

    /** Gives back what a process that is gone had set aside and did not use. */
    private void closeSlices(String dead, @Nullable Position last) {
        if (last != null) {
            awaitShown(last);
        }
        for (int lane = 0; lane < needs.log().lanes(); lane++) {
            needs.projections()
                    .await(needs.log().head(lane), List.of(), Duration.ofSeconds(CATCH_UP_SECONDS));
        }
        for (BudgetsInForce.Slice slice : needs.inForce().slices(dead)) {
            @Nullable BudgetTerms terms = needs.inForce().state(slice.budget()).terms();
            Unit unit = terms == null ? Unit.MONEY : terms.unit();
            long used = needs.used().used(slice.budget(), slice.from(), dead, unit);
            needs.budgets().closeSlice(slice, dead, used);
        }
    }

    private void awaitShown(Position position) {
        boolean shown =
                needs.projections()
                        .await(
                                position,
                                List.of(UsageByBudget.NAME),
                                Duration.ofSeconds(CATCH_UP_SECONDS));
        if (!shown) {
            throw Fault.passing(
                    "ledger.projection-behind",
                    "What was used of budgets is not known yet: the projection "
                            + UsageByBudget.NAME
                            + " has not caught up within "
                            + CATCH_UP_SECONDS
                            + " s.",
                    Map.of("projection", UsageByBudget.NAME),
                    null);
        }
    }

    private void keepTidy() {
        while (!closing) {
            try {
                needs.tidy().run();
            } catch (RuntimeException e) {
                LOG.warn("old days of requests could not be dropped: {}", e.getMessage());
            }
            LockSupport.parkNanos(TimeUnit.MINUTES.toNanos(TIDY_MINUTES));
        }
    }

    /** Attempts posted to the log since the start. */
    public long posted() {
        @Nullable JournalDrain running = drain;
        return running == null ? 0 : running.posted();
    }

    /** Journal records that could not be read, in the recovery and since. */
    public long damaged() {
        @Nullable JournalDrain running = drain;
        return recoveredDamage + (running == null ? 0 : running.damaged());
    }

    @Override
    public void close() {
        closing = true;
        alerts.close();
        needs.ledger().stopAdmitting();
        if (tidying != null) {
            LockSupport.unpark(tidying);
        }
        @Nullable JournalDrain running = drain;
        if (running != null) {
            running.close(DRAIN_SECONDS);
        }
        needs.budgets().close();
        boolean closed = needs.budgets().closeAll() && needs.ledger().unwrittenOutcomes() == 0;
        if (journal != null) {
            if (!closed) {
                journal.keepFiles();
            }
            journal.close();
            journal = null;
        }
    }
}
