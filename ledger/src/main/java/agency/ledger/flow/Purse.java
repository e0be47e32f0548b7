package agency.ledger.flow;

import agency.ledger.domain.budget.BudgetCommand;
import agency.ledger.domain.budget.BudgetEvent;
import agency.ledger.domain.budget.BudgetRefusal;
import agency.ledger.domain.budget.BudgetState;
import agency.ledger.domain.budget.Cell;
import agency.ledger.domain.budget.Span;
import agency.platform.log.Commands;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What this process has of one stretch of one budget, and how it gets more and gives back. Far from
 * the cap a slice is taken ahead of need, so that attempts find what they need in memory; near it
 * attempts wait here until what they need is set aside on record. Whatever happens to an append
 * whose answer was lost, the purse believes it has the least it can have, and the next one tells.
 */
final class Purse {
    private static final Logger LOG = LoggerFactory.getLogger(Purse.class);

    /** Most attempts that wait for one purse; beyond them the answer is to try again. */
    static final int MAX_WAITING = 2_000;

    /** A slice that lasted less than this is followed by one twice as large. */
    private static final long SHORT_MILLIS = 1_000;

    /** A slice that lasted longer than this is followed by one half as large. */
    private static final long LONG_MILLIS = 10_000;

    /** How long it is waited between two looks whether it can be closed. */
    private static final long PAUSE_NANOS = 1_000_000;

    /** How long a refusal is repeated without asking: time alone frees a part of a rolling one. */
    private static final long REFUSED_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** The first slice, as a multiple of what is needed. */
    private static final long FIRST = 8;

    /** More is taken ahead of need when no more than this part of the last slice is left. */
    private static final int LOW = 4;

    private final Budgets budgets;
    private final int tenant;
    private final UUID budget;
    private final Span span;
    private final Cell cell = new Cell();
    private final Deque<Waiting> waiting = new ArrayDeque<>();

    /** Whoever has it changes what the log says of this purse: one at a time. */
    private final Semaphore serving = new Semaphore(1);

    private volatile boolean ended;
    private volatile boolean asked;
    private final @Nullable Long cap;
    private volatile long before;
    private boolean beforeKnown;
    private volatile long low;
    private volatile boolean ahead;
    private long wanted;
    private long filledMillis;
    private volatile @Nullable Refused refused;

    /**
     * What the budget said last, and what was known of it before it was asked: as long as nothing
     * happens to it, it would say the same again.
     *
     * @param least what was not left
     */
    private record Refused(BudgetState seen, long least, No.Exhausted no, long nanos) {}

    /**
     * An attempt that waits.
     *
     * @param need how much it needs of this purse
     * @param again tries it again; what it needs may be there
     * @param no tells that it is not, and what the budget said
     */
    record Waiting(long need, Runnable again, Consumer<No> no) {}

    /** Why an attempt cannot have what it needs. */
    sealed interface No {
        /** The budget has so much left. */
        record Exhausted(long cap, long left) implements No {}

        /** The budget cannot be asked now. */
        record Away() implements No {}
    }

    /**
     * An empty purse.
     *
     * @param cap the cap of a key that has one of its own; null where a budget was opened
     */
    Purse(Budgets budgets, int tenant, UUID budget, Span span, @Nullable Long cap) {
        this.budgets = budgets;
        this.tenant = tenant;
        this.budget = budget;
        this.span = span;
        this.cap = cap;
    }

    Cell cell() {
        return cell;
    }

    Span span() {
        return span;
    }

    /** What is left of a key's cap beside what it used before it had one; null without. */
    @Nullable Long ownCap() {
        return cap == null ? null : Long.valueOf(Math.max(0, cap - before));
    }

    /** Holds this much, if it is here; asks for more when little is left. Never blocks. */
    boolean hold(long amount) {
        if (!cell.hold(amount)) {
            return false;
        }
        if (!ahead && cell.free() < low) {
            ahead = true;
            fill(null);
        }
        return true;
    }

    /** Waits for more than is here; false when too many wait. Never blocks. */
    boolean await(Waiting one) {
        @Nullable Refused last = refused;
        if (last != null && isStill(last) && isRefused(one, last)) {
            one.no().accept(last.no());
            return true;
        }
        return fill(one);
    }

    private boolean isStill(Refused last) {
        return budgets.state(budget).equals(last.seen())
                && System.nanoTime() - last.nanos() < REFUSED_NANOS;
    }

    private boolean isRefused(Waiting one, Refused last) {
        return one.need() - Math.max(0, cell.free()) >= last.least();
    }

    private boolean fill(@Nullable Waiting one) {
        if (one != null) {
            synchronized (waiting) {
                if (ended || waiting.size() >= MAX_WAITING) {
                    return false;
                }
                waiting.add(one);
            }
        }
        serve();
        return true;
    }

    /** Sees to it that who waits is served, by whoever does that now or by a thread of its own. */
    private void serve() {
        if (serving.tryAcquire()) {
            Thread.ofVirtual().name("purse").start(this::run);
        }
    }

    /** Serves who waits, until nobody does. */
    private void run() {
        do {
            try {
                serve(next());
            } finally {
                ahead = false;
                serving.release();
            }
        } while (isWanted() && serving.tryAcquire());
    }

    private void serve(List<Waiting> now) {
        if (ended) {
            // Closed since they came: what bounds them now is another purse.
            now.forEach(each -> each.again().run());
            return;
        }
        @Nullable Refused no;
        try {
            no = take(now);
        } catch (RuntimeException away) {
            // Whatever it is: nobody may be left without an answer.
            LOG.warn("a budget cannot be asked: {}", away.toString());
            now.forEach(each -> each.no().accept(new No.Away()));
            return;
        }
        if (no == null) {
            now.forEach(each -> each.again().run());
        } else {
            exhausted(now, no);
        }
    }

    private List<Waiting> next() {
        synchronized (waiting) {
            List<Waiting> now = new ArrayList<>(waiting);
            waiting.clear();
            return now;
        }
    }

    private boolean isWanted() {
        synchronized (waiting) {
            return ahead || !waiting.isEmpty();
        }
    }

    /**
     * Has more set aside, for these or for what is to come.
     *
     * @return what the budget said when it has not enough for the first of these; null when they
     *     may try again
     */
    private @Nullable Refused take(List<Waiting> now) {
        asked = true;
        long need = 0;
        for (Waiting each : now) {
            need += each.need();
        }
        long first = now.isEmpty() ? 0 : now.getFirst().need();
        long want = want(need);
        if (cap != null && !beforeKnown) {
            before = budgets.beforeItsCap(budget);
            beforeKnown = true;
        }
        while (true) {
            long free = Math.max(0, cell.free());
            BudgetState seen = budgets.state(budget);
            Commands.Handled<BudgetEvent, BudgetRefusal> handled =
                    budgets.command(
                            tenant,
                            budget,
                            new BudgetCommand.TakeSlice(
                                    ownCap(),
                                    span,
                                    budgets.journal(),
                                    cell.granted(),
                                    Math.max(0, first - free),
                                    Math.max(0, need - free),
                                    want,
                                    budgets.now()));
            switch (handled) {
                case Commands.Handled.Done<BudgetEvent, BudgetRefusal> done -> {
                    taken(done.events());
                    return null;
                }
                case Commands.Handled.Refused<BudgetEvent, BudgetRefusal>(var reason) -> {
                    switch (reason) {
                        case BudgetRefusal.Otherwise(long outstanding) ->
                                cell.grant(outstanding - cell.granted());
                        case BudgetRefusal.Exhausted(long most, long left) -> {
                            return new Refused(
                                    seen,
                                    first - free,
                                    new No.Exhausted(most + before, left + free),
                                    System.nanoTime());
                        }
                        case BudgetRefusal.Closed _, BudgetRefusal.Unknown _ -> {
                            // What bounds the attempt is found anew, without it.
                            return null;
                        }
                        case BudgetRefusal.Known _,
                                BudgetRefusal.OtherBounds _,
                                BudgetRefusal.Changed _ ->
                                throw new IllegalStateException(
                                        "a slice was refused as only terms are");
                    }
                }
            }
        }
    }

    private void taken(List<BudgetEvent> events) {
        for (BudgetEvent event : events) {
            if (event instanceof BudgetEvent.SliceTaken slice) {
                cell.grant(slice.amount());
                low = slice.amount() / LOW;
            }
        }
    }

    /** Who needs as much as the first is told no like it; the others may need less. */
    private void exhausted(List<Waiting> now, Refused no) {
        low = 0;
        refused = now.isEmpty() ? null : no;
        List<Waiting> less = new ArrayList<>();
        for (int i = 0; i < now.size(); i++) {
            Waiting one = now.get(i);
            if (i == 0 || isRefused(one, no)) {
                one.no().accept(no.no());
            } else {
                less.add(one);
            }
        }
        synchronized (waiting) {
            for (Waiting one : less.reversed()) {
                waiting.addFirst(one);
            }
        }
    }

    /** How much would be good to have: what lasts for a second or some. */
    private long want(long need) {
        long now = budgets.now().toEpochMilli();
        long lasted = now - filledMillis;
        if (wanted == 0) {
            wanted = need * FIRST;
        } else if (lasted < SHORT_MILLIS) {
            wanted = Math.min(wanted * 2, Long.MAX_VALUE / 8);
        } else if (lasted > LONG_MILLIS) {
            wanted = wanted / 2;
        }
        wanted = Math.max(wanted, need);
        filledMillis = now;
        return wanted;
    }

    /** Gives back what lies here free; blocks. Nothing while others are served. */
    void giveBack() {
        if (cell.free() <= 0 || !serving.tryAcquire()) {
            return;
        }
        try {
            long believed = cell.granted();
            long amount = cell.takeFree();
            low = 0;
            wanted = 0;
            Commands.Handled<BudgetEvent, BudgetRefusal> handled =
                    budgets.command(
                            tenant,
                            budget,
                            new BudgetCommand.ReturnSlice(
                                    span, budgets.journal(), believed, amount));
            if (handled instanceof Commands.Handled.Refused<BudgetEvent, BudgetRefusal>(var reason)
                    && reason instanceof BudgetRefusal.Otherwise(long outstanding)) {
                cell.grant(outstanding - cell.granted());
            }
        } finally {
            release();
        }
    }

    /**
     * Closes it when no attempt holds anything; blocks.
     *
     * @param waitMillis how long it waits at most while others are served
     * @return whether it is closed
     */
    boolean close(long waitMillis) {
        long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(waitMillis);
        while (!serving.tryAcquire()) {
            if (System.nanoTime() - until >= 0) {
                return false;
            }
            LockSupport.parkNanos(PAUSE_NANOS);
        }
        try {
            // Nobody can hold anything any more once what is free is taken out: then look.
            ended = true;
            cell.takeFree();
            ended = cell.held() == 0;
            if (ended && asked) {
                budgets.command(
                        tenant,
                        budget,
                        new BudgetCommand.CloseSlice(span, budgets.journal(), cell.used()));
            }
            return ended;
        } finally {
            release();
        }
    }

    private void release() {
        serving.release();
        if (isWanted()) {
            serve();
        }
    }
}
