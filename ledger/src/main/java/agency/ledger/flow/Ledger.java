package agency.ledger.flow;

import agency.kernel.metering.Admission;
import agency.kernel.metering.Intent;
import agency.kernel.metering.Outcome;
import agency.kernel.metering.Permit;
import agency.kernel.metering.PermitOffice;
import agency.ledger.domain.budget.Unit;
import agency.ledger.domain.price.PriceBook;
import agency.ledger.domain.price.PriceVersion;
import agency.ledger.domain.price.Tariff;
import agency.ledger.domain.usage.Attempt;
import agency.ledger.domain.usage.OpenAttempt;
import agency.ledger.port.UsageJournal;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The office that permits every attempt: it holds the most the attempt can cost against every hard
 * budget that it is charged to, writes the intent down, and gives a permit; when the attempt has
 * ended it writes the outcome down and settles what was used. Called on event loops: nothing here
 * blocks, and what it wrote is turned into facts elsewhere ({@link JournalDrain}). Near a cap an
 * attempt waits until what it needs is set aside on record ({@link Purse}).
 */
public final class Ledger extends PermitOffice {
    /** What to wait before trying again when there is no room, in seconds. */
    static final int RETRY_SECONDS = 2;

    /** Most times an attempt is tried again because what was set aside for it went to others. */
    private static final int MAX_TRIES = 16;

    private record Held(OpenAttempt attempt, Budgets.Chain chain, long nanos, long tokens) {}

    private final ConcurrentHashMap<Long, Held> open = new ConcurrentHashMap<>();
    private final AtomicInteger openCount = new AtomicInteger();
    private final AtomicLong entries = new AtomicLong();
    private final LongAdder unwritten = new LongAdder();
    private final LongAdder beyondBound = new LongAdder();
    private final Budgets budgets;
    private final Tariffs tariffs;
    private final InstantSource clock;
    private final int maxOpen;
    private volatile @Nullable UsageJournal journal;

    /**
     * A ledger that admits nothing until it is opened.
     *
     * @param book the price book as it is now
     * @param vendors the vendor a provider stands for, by the provider's name
     * @param budgets what attempts are charged to
     * @param clock the time
     * @param maxOpen most attempts under way at once
     */
    public Ledger(
            Supplier<PriceBook> book,
            UnaryOperator<String> vendors,
            Budgets budgets,
            InstantSource clock,
            int maxOpen) {
        this.tariffs = new Tariffs(book, vendors);
        this.budgets = budgets;
        this.clock = clock;
        this.maxOpen = maxOpen;
    }

    /** Begins to admit, writing into this journal. */
    void open(UsageJournal into) {
        budgets.open(into.name());
        journal = into;
    }

    /** Admits nothing any more. Attempts under way can still be settled. */
    void stopAdmitting() {
        maxAdmitted = 0;
    }

    private volatile int maxAdmitted = Integer.MAX_VALUE;

    /**
     * Admits an attempt, or says why not. Never blocks.
     *
     * @param answer told once: at once, on this thread, unless a budget has to be asked on record
     */
    public void admit(Intent intent, Consumer<Admission> answer) {
        admit(intent, answer, 0);
    }

    private void admit(Intent intent, Consumer<Admission> answer, int tried) {
        @Nullable UsageJournal into = journal;
        if (into == null || openCount.get() >= Math.min(maxOpen, maxAdmitted)) {
            answer.accept(new Admission.Overloaded(RETRY_SECONDS));
            return;
        }
        long now = clock.millis();
        Tariff tariff = tariffs.of(intent.provider(), intent.model(), now);
        Budgets.Chain chain = budgets.chain(intent.caller(), tariff);
        List<Budgets.Link> links = chain.links();
        long nanos = 0;
        long tokens = 0;
        if (!links.isEmpty()) {
            tokens = intent.boundInputTokens() + intent.boundOutputTokens();
            @Nullable PriceVersion version = tariff.version();
            if (version != null) {
                nanos =
                        version.price()
                                .bound(intent.boundInputTokens(), intent.boundOutputTokens());
            } else if (chain.money()) {
                answer.accept(
                        new Admission.Unpriced(
                                intent.provider(), intent.model(), moneyAccount(chain)));
                return;
            }
            for (int i = 0; i < links.size(); i++) {
                Budgets.Link link = links.get(i);
                if (!link.purse().hold(link.bound(nanos, tokens))) {
                    release(links, i, nanos, tokens);
                    more(intent, answer, tried, link, link.bound(nanos, tokens));
                    return;
                }
            }
        }
        long entry = entries.incrementAndGet();
        OpenAttempt attempt = new OpenAttempt(entry, intent, tariff, chain.charge(), now);
        openCount.incrementAndGet();
        open.put(entry, new Held(attempt, chain, nanos, tokens));
        if (!into.intent(attempt)) {
            open.remove(entry);
            openCount.decrementAndGet();
            release(links, links.size(), nanos, tokens);
            answer.accept(new Admission.Overloaded(RETRY_SECONDS));
            return;
        }
        answer.accept(new Admission.Admitted(issue(intent, entry)));
    }

    private static String moneyAccount(Budgets.Chain chain) {
        return chain.links().stream()
                .filter(link -> link.unit() == Unit.MONEY)
                .map(Budgets.Link::name)
                .findFirst()
                .orElse("");
    }

    private static void release(List<Budgets.Link> links, int held, long nanos, long tokens) {
        for (int i = 0; i < held; i++) {
            Budgets.Link link = links.get(i);
            link.purse().cell().settle(link.bound(nanos, tokens), 0);
        }
    }

    /** Has more set aside, and tries again. */
    private void more(
            Intent intent, Consumer<Admission> answer, int tried, Budgets.Link link, long bound) {
        Purse.Waiting waiting =
                new Purse.Waiting(
                        bound,
                        () -> admit(intent, answer, tried + 1),
                        no ->
                                answer.accept(
                                        switch (no) {
                                            case Purse.No.Exhausted(long cap, long left) ->
                                                    new Admission.Exhausted(
                                                            link.name(),
                                                            link.unit() == Unit.TOKENS,
                                                            cap,
                                                            left,
                                                            bound,
                                                            link.renewsAt());
                                            case Purse.No.Away away ->
                                                    new Admission.Overloaded(RETRY_SECONDS);
                                        }));
        if (tried >= MAX_TRIES || !link.purse().await(waiting)) {
            answer.accept(new Admission.Overloaded(RETRY_SECONDS));
        }
    }

    @Override
    protected void settled(Permit permit, Outcome outcome) {
        // Taken out first: from here on its intent is not carried forward any more, so no copy of
        // the intent can stand behind the outcome.
        @Nullable Held held = open.remove(permit.entry());
        @Nullable UsageJournal into = journal;
        if (held == null || into == null) {
            return;
        }
        if (!into.outcome(permit.entry(), outcome)) {
            unwritten.increment();
        }
        openCount.decrementAndGet();
        long cost = new Attempt(held.attempt(), outcome).costNanos();
        long nanos = cost == Attempt.UNPRICED ? 0 : cost;
        long tokens = outcome.usage().input() + outcome.usage().output();
        List<Budgets.Link> links = held.chain().links();
        boolean beyond = false;
        for (int i = 0; i < links.size(); i++) {
            Budgets.Link link = links.get(i);
            long bound = link.bound(held.nanos(), held.tokens());
            long used = link.bound(nanos, tokens);
            beyond |= used > bound;
            link.purse().cell().settle(bound, used);
        }
        if (beyond) {
            beyondBound.increment();
        }
    }

    /** Writes an open attempt's intent again, unless it is being settled. */
    void carry(OpenAttempt attempt) {
        @Nullable UsageJournal into = journal;
        if (into == null) {
            return;
        }
        open.computeIfPresent(
                attempt.entry(),
                (entry, held) -> {
                    into.carry(attempt);
                    return held;
                });
    }

    /** Attempts under way. */
    public int openAttempts() {
        return openCount.get();
    }

    /** Outcomes that could not be written since the start; their bounds will be assumed. */
    public long unwrittenOutcomes() {
        return unwritten.sum();
    }

    /** Attempts under a budget that were billed more than their bound: a wrong price or bound. */
    public long beyondBound() {
        return beyondBound.sum();
    }
}
