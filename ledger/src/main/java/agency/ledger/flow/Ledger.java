package agency.ledger.flow;

import agency.kernel.metering.Admission;
import agency.kernel.metering.Intent;
import agency.kernel.metering.Outcome;
import agency.kernel.metering.Permit;
import agency.kernel.metering.PermitOffice;
import agency.ledger.domain.cap.CapCell;
import agency.ledger.domain.price.PriceBook;
import agency.ledger.domain.price.PriceVersion;
import agency.ledger.domain.price.Tariff;
import agency.ledger.domain.usage.Attempt;
import agency.ledger.domain.usage.OpenAttempt;
import agency.ledger.port.UsageJournal;
import java.time.InstantSource;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The office that permits every attempt: it holds the most the attempt can cost against the key's
 * cap, writes the intent down, and gives a permit; when the attempt has ended it writes the outcome
 * down and posts what was used. Called on event loops: nothing here blocks, and what it wrote is
 * turned into facts elsewhere ({@link JournalDrain}).
 */
public final class Ledger extends PermitOffice {
    /** What to wait before trying again when there is no room, in seconds. */
    static final int RETRY_SECONDS = 2;

    private record Held(OpenAttempt attempt, CapCell cell, long nanos) {}

    private final ConcurrentHashMap<Long, Held> open = new ConcurrentHashMap<>();
    private final AtomicInteger openCount = new AtomicInteger();
    private final AtomicLong entries = new AtomicLong();
    private final LongAdder unwritten = new LongAdder();
    private final LongAdder beyondBound = new LongAdder();
    private final Caps caps = new Caps();
    private final Tariffs tariffs;
    private final InstantSource clock;
    private final int maxOpen;
    private volatile @Nullable UsageJournal journal;

    /**
     * A ledger that admits nothing until it is opened.
     *
     * @param book the price book as it is now
     * @param vendors the vendor a provider stands for, by the provider's name
     * @param clock the time
     * @param maxOpen most attempts under way at once
     */
    public Ledger(
            Supplier<PriceBook> book,
            UnaryOperator<String> vendors,
            InstantSource clock,
            int maxOpen) {
        this.tariffs = new Tariffs(book, vendors);
        this.clock = clock;
        this.maxOpen = maxOpen;
    }

    /** Begins to admit, writing into this journal; with what keys had spent before. */
    void open(UsageJournal into, Map<UUID, Long> postedByKey) {
        caps.posted(postedByKey);
        journal = into;
    }

    /** Admits nothing any more. Attempts under way can still be settled. */
    void stopAdmitting() {
        maxAdmitted = 0;
    }

    private volatile int maxAdmitted = Integer.MAX_VALUE;

    /** Admits an attempt, or says why not. Never blocks. */
    public Admission admit(Intent intent) {
        @Nullable UsageJournal into = journal;
        if (into == null || openCount.get() >= Math.min(maxOpen, maxAdmitted)) {
            return new Admission.Overloaded(RETRY_SECONDS);
        }
        long now = clock.millis();
        Tariff tariff = tariffs.of(intent.provider(), intent.model(), now);
        CapCell cell = caps.cell(intent.caller().key());
        long held = 0;
        if (cell.capped()) {
            @Nullable PriceVersion version = tariff.version();
            String account = "key/" + intent.caller().key();
            if (version == null) {
                return new Admission.Unpriced(intent.provider(), intent.model(), account);
            }
            held = version.price().bound(intent.boundInputTokens(), intent.boundOutputTokens());
            if (!cell.hold(held)) {
                return new Admission.Exhausted(account, cell.cap(), cell.left(), held);
            }
        }
        long entry = entries.incrementAndGet();
        OpenAttempt attempt = new OpenAttempt(entry, intent, tariff, now);
        openCount.incrementAndGet();
        open.put(entry, new Held(attempt, cell, held));
        if (!into.intent(attempt)) {
            open.remove(entry);
            openCount.decrementAndGet();
            cell.settle(held, 0);
            return new Admission.Overloaded(RETRY_SECONDS);
        }
        return new Admission.Admitted(issue(intent, entry));
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
        long used = cost == Attempt.UNPRICED ? 0 : cost;
        if (held.cell().capped() && used > held.nanos() && held.nanos() > 0) {
            beyondBound.increment();
        }
        held.cell().settle(held.nanos(), used);
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

    /**
     * Sets the hard cap of a key: what it may spend in all, in nano-units. Exact within this
     * process.
     */
    public void cap(UUID key, long nanos) {
        if (nanos < 0) {
            throw new IllegalArgumentException("a cap is 0 or more nano-units, not " + nanos);
        }
        caps.cell(key).cap(nanos);
    }

    /** Takes the cap of a key away. */
    public void uncap(UUID key) {
        caps.cell(key).cap(CapCell.NONE);
    }

    /** What a key has spent and settled, in nano-units, as this process knows it. */
    public long posted(UUID key) {
        return caps.cell(key).posted();
    }

    /** Attempts under way. */
    public int openAttempts() {
        return openCount.get();
    }

    /** Outcomes that could not be written since the start; their bounds will be assumed. */
    public long unwrittenOutcomes() {
        return unwritten.sum();
    }

    /** Attempts of capped keys that were billed more than their bound: a wrong price or bound. */
    public long beyondBound() {
        return beyondBound.sum();
    }
}
