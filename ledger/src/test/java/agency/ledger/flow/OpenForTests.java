package agency.ledger.flow;

import agency.kernel.decision.Decider;
import agency.kernel.fact.FactMeta;
import agency.kernel.fact.Recorded;
import agency.kernel.fact.StreamName;
import agency.kernel.metering.Admission;
import agency.kernel.metering.Intent;
import agency.ledger.domain.price.PriceBook;
import agency.ledger.port.UsageJournal;
import agency.ledger.testing.LedgerKit;
import agency.ledger.view.budgets.BudgetsInForce;
import agency.platform.log.Append;
import agency.platform.log.Commands;
import agency.platform.log.EventLog;
import agency.platform.log.StreamCommands;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;
import java.util.function.UnaryOperator;

/** A ledger without the rest of the house. */
public final class OpenForTests {
    private OpenForTests() {}

    /** A ledger whose budgets lie in a log in memory. */
    public static Ledger ledger(
            Supplier<PriceBook> book,
            UnaryOperator<String> vendors,
            InstantSource clock,
            int maxOpen) {
        return new Ledger(
                book, vendors, budgets(LedgerKit.memoryLog(), clock, key -> 0), clock, maxOpen);
    }

    /** Budgets on a log, whose view is never behind what this process did. */
    public static Budgets budgets(
            EventLog log, InstantSource clock, ToLongFunction<java.util.UUID> before) {
        BudgetsInForce view = new BudgetsInForce();
        return new Budgets(view, new Followed(log, view), LedgerKit.IDS, clock::millis, before);
    }

    /** Commands after which a view has come to the log's head. */
    public static final class Followed implements Commands {
        private final EventLog log;
        private final BudgetsInForce view;
        private final StreamCommands commands;
        private long at;

        /** Commands on a log of one lane. */
        public Followed(EventLog log, BudgetsInForce view) {
            this.log = log;
            this.view = view;
            this.commands = new StreamCommands(log);
        }

        @Override
        public <C, S, E, R> Handled<E, R> handle(
                StreamName stream,
                Decider<C, S, E, R> decider,
                C command,
                FactMeta meta,
                List<Append.Claim> claims,
                Function<String, R> taken) {
            Handled<E, R> handled = commands.handle(stream, decider, command, meta, claims, taken);
            follow();
            return handled;
        }

        private synchronized void follow() {
            for (Recorded fact : log.lane(0, at, 10_000, Set.of())) {
                at = fact.position().value();
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
