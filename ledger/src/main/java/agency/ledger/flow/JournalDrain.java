package agency.ledger.flow;

import agency.kernel.fault.Fault;
import agency.kernel.id.IdSource;
import agency.ledger.domain.usage.Attempt;
import agency.ledger.domain.usage.OpenAttempt;
import agency.ledger.domain.usage.UsageBatch;
import agency.ledger.domain.usage.UsageRecorded;
import agency.ledger.port.JournalReading;
import agency.ledger.port.UsageJournal;
import agency.platform.log.EventLog;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Turns the journal into facts while it is being written: one virtual thread reads behind the
 * writers and posts what has ended, in batches. While the log is away the journal grows, and is
 * caught up with afterwards.
 */
final class JournalDrain implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(JournalDrain.class);

    /** Most facts in one append. */
    static final int MAX_FACTS = 16;

    private final UsageJournal journal;
    private final PostUsage posting;
    private final Consumer<OpenAttempt> carry;
    private final DrainPauses pauses;
    private final AtomicLong posted = new AtomicLong();
    private volatile long closeAtNanos = Long.MAX_VALUE;
    private volatile boolean closing;
    private volatile long damagedSeen;
    private @Nullable Thread thread;

    JournalDrain(
            UsageJournal journal,
            EventLog log,
            IdSource ids,
            Consumer<OpenAttempt> carry,
            DrainPauses pauses) {
        this.journal = journal;
        this.posting = new PostUsage(log, journal.name(), ids);
        this.carry = carry;
        this.pauses = pauses;
    }

    void start() {
        thread = Thread.ofVirtual().name("ledger-drain").start(this::run);
    }

    /** Attempts posted since the start. */
    long posted() {
        return posted.get();
    }

    /** Records that could not be read. */
    long damaged() {
        return damagedSeen;
    }

    private void run() {
        try (JournalReading reading = journal.read()) {
            List<UsageRecorded> waiting = List.of();
            int pause = pauses.firstMillis();
            while (!(closing && System.nanoTime() - closeAtNanos >= 0)) {
                boolean last = closing;
                if (waiting.isEmpty()) {
                    waiting = gather(reading);
                }
                try {
                    if (waiting.isEmpty()) {
                        reading.posted(posting.through());
                        reading.stragglers().forEach(carry);
                        if (last) {
                            return;
                        }
                        pause(pauses.gatherMillis());
                    } else {
                        boolean full = waiting.size() == MAX_FACTS;
                        post(waiting);
                        waiting = List.of();
                        reading.posted(posting.through());
                        pause = pauses.firstMillis();
                        if (!full) {
                            reading.stragglers().forEach(carry);
                            pause(pauses.gatherMillis());
                        }
                    }
                } catch (Fault away) {
                    if (pause == pauses.firstMillis()) {
                        LOG.warn("usage stays in the journal for now: {}", away.getMessage());
                    }
                    pause(pause);
                    pause = pauses.after(pause);
                }
                damagedSeen = reading.damaged();
            }
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
    }

    private static List<UsageRecorded> gather(JournalReading reading) {
        List<UsageRecorded> facts = new ArrayList<>();
        List<Attempt> attempts = new ArrayList<>();
        while (facts.size() < MAX_FACTS) {
            @Nullable Attempt attempt = reading.next();
            if (attempt != null) {
                attempts.add(attempt);
            }
            if (attempts.size() == UsageRecorded.MAX_ATTEMPTS
                    || (attempt == null && !attempts.isEmpty())) {
                facts.add(UsageBatch.pack(attempts, reading.position(), 0));
                attempts.clear();
            }
            if (attempt == null) {
                break;
            }
        }
        return facts;
    }

    /**
     * Posts what was gathered. When the answer to an earlier try was lost, the stream has moved on
     * by exactly that try: nobody else posts for a living journal.
     */
    private void post(List<UsageRecorded> facts) throws InterruptedException {
        long target = facts.getLast().through();
        while (posting.through() < target) {
            if (!posting.post(facts) && !posting.catchUp()) {
                throw new IllegalStateException("the stream moved on and yet it did not");
            }
        }
        for (UsageRecorded fact : facts) {
            posted.addAndGet(fact.attempts());
        }
    }

    private void pause(int millis) {
        if (!closing) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(millis));
        }
    }

    /** Posts what is left, for at most this long. */
    void close(int seconds) {
        closeAtNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        closing = true;
        @Nullable Thread running = thread;
        if (running == null) {
            return;
        }
        LockSupport.unpark(running);
        try {
            if (!running.join(java.time.Duration.ofSeconds(seconds + 1L))) {
                running.interrupt();
                running.join(java.time.Duration.ofSeconds(1));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        close(0);
    }
}
