package agency.ledger.flow;

import agency.kernel.decision.Decider;
import agency.kernel.fact.FactMeta;
import agency.kernel.id.IdSource;
import agency.kernel.metering.Caller;
import agency.kernel.money.Nanos;
import agency.ledger.domain.budget.BudgetCommand;
import agency.ledger.domain.budget.BudgetEvent;
import agency.ledger.domain.budget.BudgetFacts;
import agency.ledger.domain.budget.BudgetRefusal;
import agency.ledger.domain.budget.BudgetState;
import agency.ledger.domain.budget.BudgetTerms;
import agency.ledger.domain.budget.Budgeting;
import agency.ledger.domain.budget.Charge;
import agency.ledger.domain.budget.Period;
import agency.ledger.domain.budget.Scope;
import agency.ledger.domain.budget.Span;
import agency.ledger.domain.budget.Unit;
import agency.ledger.domain.price.Tariff;
import agency.ledger.port.KeyCaps;
import agency.ledger.view.budgets.BudgetCard;
import agency.ledger.view.budgets.BudgetsInForce;
import agency.platform.log.Commands;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The budgets as this process spends them: which of them an attempt is charged to, and what this
 * process has of each. A thread of its own gives back what lies idle when a cap comes near, and
 * closes what is over.
 */
public final class Budgets implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Budgets.class);

    /** Most chains remembered; beyond them all are forgotten and found anew. */
    static final int MAX_CHAINS = 100_000;

    private static final int TICK_MILLIS = 50;

    /** How long a purse is waited for that is to be closed at the end, in milliseconds. */
    private static final int CLOSE_MILLIS = 2_000;

    /** A cap is near when no more than this part of it is left. */
    private static final int NEAR = 50;

    private static final Decider<BudgetCommand, BudgetState, BudgetEvent, BudgetRefusal> BUDGETING =
            new Budgeting();

    /**
     * The accounts that an attempt is charged to.
     *
     * @param links the hard ones, in the order in which they are held
     * @param charge the names of all of them
     * @param untilMillis the first moment at which it may be another
     */
    record Chain(List<Link> links, Charge charge, int version, long untilMillis) {
        /** Whether any of them counts money. */
        boolean money() {
            for (Link link : links) {
                if (link.unit() == Unit.MONEY) {
                    return true;
                }
            }
            return false;
        }
    }

    /**
     * One hard account of a chain.
     *
     * @param name how people are told of it
     */
    record Link(Purse purse, Unit unit, String name) {
        /** What an attempt with these bounds holds of it. */
        long bound(long nanos, long tokens) {
            return unit == Unit.MONEY ? nanos : tokens;
        }

        /** When it begins anew, in seconds since 1970; 0 for never. */
        long renewsAt() {
            long until = purse.span().until();
            return until == Span.ENDLESS ? 0 : until;
        }
    }

    private record Asked(UUID key, String provider, String model) {}

    private record Place(UUID budget, long from) {}

    private final BudgetsInForce view;
    private final Commands commands;
    private final IdSource ids;
    private final LongSupplier databaseMillis;
    private final KeyCaps keyCaps;
    private final ToLongFunction<UUID> beforeItsCap;
    private final Map<Asked, Chain> chains = new ConcurrentHashMap<>();
    private final Map<Place, Purse> purses = new ConcurrentHashMap<>();
    private volatile String journal = "";
    private volatile boolean closing;
    private @Nullable Thread thread;

    /**
     * Budgets.
     *
     * @param view those in force
     * @param commands decides about them
     * @param databaseMillis the database's clock, by which periods begin
     * @param keyCaps the caps of keys that have one of their own
     * @param beforeItsCap what a key used before it had a cap of its own, in nano-units; may block
     */
    public Budgets(
            BudgetsInForce view,
            Commands commands,
            IdSource ids,
            LongSupplier databaseMillis,
            KeyCaps keyCaps,
            ToLongFunction<UUID> beforeItsCap) {
        this.view = view;
        this.commands = commands;
        this.ids = ids;
        this.databaseMillis = databaseMillis;
        this.keyCaps = keyCaps;
        this.beforeItsCap = beforeItsCap;
    }

    /** Begins to spend, on behalf of this journal. */
    void open(String ownJournal) {
        journal = ownJournal;
        thread = Thread.ofVirtual().name("budgets").start(this::run);
    }

    String journal() {
        return journal;
    }

    /** What the log is known to say of a budget; another object after every fact. */
    BudgetState state(UUID budget) {
        return view.state(budget);
    }

    /** The moment by the database's clock. */
    public Instant now() {
        return Instant.ofEpochMilli(databaseMillis.getAsLong());
    }

    /** What a key used before it had a cap of its own; blocks. */
    long beforeItsCap(UUID key) {
        return beforeItsCap.applyAsLong(key);
    }

    /** What an attempt of a caller at a model is charged to. Never blocks. */
    Chain chain(Caller caller, Tariff tariff) {
        Asked asked = new Asked(caller.key(), tariff.provider(), tariff.model());
        @Nullable Chain known = chains.get(asked);
        if (known != null
                && known.version() == view.version()
                && databaseMillis.getAsLong() < known.untilMillis()) {
            return known;
        }
        if (chains.size() >= MAX_CHAINS) {
            chains.clear();
        }
        Chain found = find(caller, tariff);
        chains.put(asked, found);
        return found;
    }

    private Chain find(Caller caller, Tariff tariff) {
        int version = view.version();
        Instant now = now();
        List<BudgetCard> cards = new ArrayList<>(view.of(Scope.organisation(caller.tenant())));
        cards.addAll(view.of(new Scope(Scope.Kind.PROJECT, caller.project())));
        @Nullable UUID person = caller.person();
        if (person != null) {
            cards.addAll(view.of(new Scope(Scope.Kind.PERSON, person)));
        }
        cards.addAll(view.of(new Scope(Scope.Kind.KEY, caller.key())));
        cards.removeIf(card ->
                card.tenant() != caller.tenant()
                        || !card.terms().models().holds(tariff.provider(), tariff.model()));
        cards.sort(Comparator.comparing(BudgetCard::id));
        List<Link> links = new ArrayList<>();
        List<String> accounts = new ArrayList<>();
        long until = Long.MAX_VALUE;
        for (BudgetCard card : cards) {
            BudgetTerms terms = card.terms();
            Span span = terms.period().at(now);
            if (span.until() != Span.ENDLESS) {
                until = Math.min(until, TimeUnit.SECONDS.toMillis(span.until()));
            }
            accounts.add(Charge.account(card.id(), span));
            if (terms.hard()) {
                links.add(
                        new Link(
                                purse(caller.tenant(), card.id(), span, null),
                                terms.unit(),
                                "the budget '" + terms.name() + "'"));
            }
        }
        @Nullable Nanos keyCap = keyCaps.cap(caller.key());
        if (keyCap != null) {
            Purse purse = purse(caller.tenant(), caller.key(), Span.EVER, keyCap.value());
            accounts.add(Charge.account(caller.key(), Span.EVER));
            links.add(new Link(purse, Unit.MONEY, "key/" + caller.key()));
        }
        return new Chain(List.copyOf(links), new Charge(person, accounts), version, until);
    }

    private Purse purse(int tenant, UUID budget, Span span, @Nullable Long cap) {
        return purses.computeIfAbsent(
                new Place(budget, span.from()), any -> new Purse(this, tenant, budget, span, cap));
    }

    Commands.Handled<BudgetEvent, BudgetRefusal> command(
            int tenant, UUID budget, BudgetCommand command) {
        return commands.handle(
                BudgetFacts.budget(tenant, budget),
                BUDGETING,
                command,
                new FactMeta("ledger", ids.next(), null));
    }

    private void run() {
        boolean away = false;
        while (!closing) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(TICK_MILLIS));
            try {
                purses.forEach(this::tend);
                away = false;
            } catch (RuntimeException failed) {
                if (!away) {
                    LOG.warn("what is set aside cannot be given back: {}", failed.toString());
                }
                away = true;
            }
        }
    }

    /** Closes what is over; gives back what others may need. */
    private void tend(Place place, Purse purse) {
        BudgetState state = view.state(place.budget());
        @Nullable BudgetTerms terms = state.terms();
        long now = databaseMillis.getAsLong();
        Span span = purse.span();
        boolean over =
                state.closed()
                        || (span.until() != Span.ENDLESS
                                && now >= TimeUnit.SECONDS.toMillis(span.until()));
        if (over) {
            if (purse.close(0)) {
                purses.remove(place, purse);
            }
            return;
        }
        @Nullable Long cap = terms == null ? purse.ownCap() : Long.valueOf(terms.cap());
        if (cap == null || purse.cell().free() <= 0) {
            return;
        }
        Period period = terms == null ? Period.FOREVER : terms.period();
        long left = cap - state.taken(period, span, Instant.ofEpochMilli(now));
        if (left < purse.cell().free() || left <= cap / NEAR) {
            purse.giveBack();
        }
    }

    /**
     * What this process has set aside of a budget.
     *
     * @param held what attempts under way hold
     * @param free what is kept for attempts to come
     */
    public record Aside(long held, long free) {
        /** Nothing. */
        public static final Aside NOTHING = new Aside(0, 0);
    }

    /** What this process has of a budget in the stretch that begins at this second. */
    public Aside aside(UUID budget, long from) {
        @Nullable Purse purse = purses.get(new Place(budget, from));
        return purse == null
                ? Aside.NOTHING
                : new Aside(purse.cell().held(), Math.max(0, purse.cell().free()));
    }

    /** Closes a slice of a journal whose process is gone. */
    void closeSlice(BudgetsInForce.Slice slice, String deadJournal, long used) {
        command(
                slice.tenant(),
                slice.budget(),
                new BudgetCommand.CloseSlice(
                        new Span(slice.from(), Span.ENDLESS), deadJournal, used));
    }

    /**
     * Closes every slice of this process.
     *
     * @return whether all are closed; what is left is closed by whoever recovers the journal
     */
    boolean closeAll() {
        boolean all = true;
        for (Purse purse : purses.values()) {
            try {
                all &= purse.close(CLOSE_MILLIS);
            } catch (RuntimeException away) {
                LOG.warn("a slice stays open until the next start: {}", away.toString());
                return false;
            }
        }
        return all;
    }

    @Override
    public void close() {
        closing = true;
        @Nullable Thread running = thread;
        if (running != null) {
            LockSupport.unpark(running);
            try {
                running.join(java.time.Duration.ofSeconds(2));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
