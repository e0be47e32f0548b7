package agency.ledger.flow;

import agency.kernel.fact.Recorded;
import agency.kernel.metering.Admission;
import agency.kernel.metering.Intent;
import agency.ledger.domain.price.PriceBook;
import agency.ledger.port.KeyCaps;
import agency.ledger.port.UsageJournal;
import agency.ledger.testing.HookedCommands;
import agency.ledger.testing.LedgerKit;
import agency.ledger.view.budgets.BudgetsInForce;
import agency.platform.log.Commands;
import agency.platform.log.EventLog;
import agency.platform.log.StreamCommands;
import java.time.InstantSource;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/** A ledger without the rest of the house. */
public final class OpenForTests {
    private OpenForTests() {}

    /** A ledger whose budgets lie in a log in memory, and whose keys have no caps. */
    public static Ledger ledger(
            Supplier<PriceBook> book,
            UnaryOperator<String> vendors,
            InstantSource clock,
            int maxOpen) {
        return new Ledger(book, vendors, budgets(clock, key -> null), clock, maxOpen);
    }

    /** Budgets in a log in memory. */
    public static Budgets budgets(InstantSource clock, KeyCaps caps) {
        BudgetsInForce view = new BudgetsInForce();
        return new Budgets(
                view,
                followed(LedgerKit.memoryLog(), view),
                LedgerKit.IDS,
                clock::millis,
                caps,
                key -> 0);
    }

    /** Commands on a log of one lane, after each of which a view has come to the log's head. */
    public static Commands followed(EventLog log, BudgetsInForce view) {
        AtomicLong at = new AtomicLong();
        return new HookedCommands(
                new StreamCommands(log), command -> {}, () -> follow(log, view, at));
    }

    private static void follow(EventLog log, BudgetsInForce view, AtomicLong at) {
        synchronized (at) {
            for (Recorded fact : log.lane(0, at.get(), 10_000, Set.of())) {
                at.set(fact.position().value());
                if (view.categories().contains(fact.stream().category())) {
                    view.apply(fact);
                }
            }
        }
    }

    /** Opens it over this journal. */
    public static void open(Ledger ledger, UsageJournal journal) {
        ledger.open(journal);
    }

    /** The answer to an intent, waited for. */
    public static Admission admit(Ledger ledger, Intent intent) {
        CompletableFuture<Admission> answer = new CompletableFuture<>();
        ledger.admit(intent, answer::complete);
        return answer.orTimeout(60, TimeUnit.SECONDS).join();
    }
}
