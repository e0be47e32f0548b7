package agency.ledger.flow;

import agency.kernel.fact.Position;
import agency.kernel.id.IdSource;
import agency.ledger.domain.usage.Attempt;
import agency.ledger.domain.usage.OpenAttempt;
import agency.ledger.domain.usage.UsageBatch;
import agency.ledger.domain.usage.UsageRecorded;
import agency.ledger.port.JournalReading;
import agency.ledger.port.Journals;
import agency.platform.log.EventLog;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Posts what dead processes left in their journals: what had ended as it ended, what had not at its
 * bound. May be killed at any point and done again: every batch says how far it reaches, and is
 * appended at the version the one before left.
 */
final class RecoverJournals {
    private static final Logger LOG = LoggerFactory.getLogger(RecoverJournals.class);

    private final Journals journals;
    private final EventLog log;
    private final IdSource ids;
    private final Posted posted;

    /** Hears of a journal of which everything is posted, before it is deleted. */
    interface Posted {
        /**
         * All of it is posted.
         *
         * @param last where its last fact stands; null when it has none
         */
        void all(String journal, @Nullable Position last) throws InterruptedException;
    }

    RecoverJournals(Journals journals, EventLog log, IdSource ids, Posted posted) {
        this.journals = journals;
        this.log = log;
        this.ids = ids;
        this.posted = posted;
    }

    /**
     * What a recovery did.
     *
     * @param ended attempts posted as they had ended
     * @param assumed attempts posted at their bound
     * @param damaged records that could not be read
     */
    record Recovered(long ended, long assumed, long damaged) {}

    /** Recovers every journal whose writer is gone, and deletes it. */
    Recovered run() throws InterruptedException {
        long ended = 0;
        long assumed = 0;
        long damaged = 0;
        List<Journals.Dead> all = journals.dead();
        try {
            for (Journals.Dead dead : all) {
                Recovered one = recover(dead);
                dead.delete();
                ended += one.ended();
                assumed += one.assumed();
                damaged += one.damaged();
                LOG.info(
                        "usage journal {} recovered: {} attempts as they ended, {} assumed at"
                                + " their bound, {} unreadable records",
                        dead.name(),
                        one.ended(),
                        one.assumed(),
                        one.damaged());
            }
        } finally {
            all.forEach(Journals.Dead::close);
        }
        return new Recovered(ended, assumed, damaged);
    }

    private Recovered recover(Journals.Dead dead) throws InterruptedException {
        PostUsage posting = new PostUsage(log, dead.name(), ids);
        posting.catchUp();
        while (true) {
            try (JournalReading reading = dead.read()) {
                reading.skipThrough(posting.through());
                long ended = ended(reading, posting);
                long assumed = ended < 0 ? -1 : assumed(reading, posting);
                if (assumed >= 0) {
                    posted.all(dead.name(), posting.last());
                    return new Recovered(ended, assumed, reading.damaged());
                }
            }
            // Another recovers the same journal: read where it has come to, and go on from there.
            posting.catchUp();
        }
    }

    private static long ended(JournalReading reading, PostUsage posting)
            throws InterruptedException {
        long count = 0;
        List<Attempt> attempts = new ArrayList<>();
        while (true) {
            @Nullable Attempt attempt = reading.next();
            if (attempt != null) {
                attempts.add(attempt);
            }
            if (attempts.size() == UsageRecorded.MAX_ATTEMPTS
                    || (attempt == null && !attempts.isEmpty())) {
                if (!posting.post(List.of(UsageBatch.pack(attempts, reading.position(), 0)))) {
                    return -1;
                }
                count += attempts.size();
                attempts.clear();
            }
            if (attempt == null) {
                return count;
            }
        }
    }

    private static long assumed(JournalReading reading, PostUsage posting)
            throws InterruptedException {
        long count = 0;
        List<Attempt> attempts = new ArrayList<>();
        List<OpenAttempt> open =
                posting.notPosted(
                        reading.unfinished().stream()
                                .filter(attempt -> attempt.entry() > posting.assumedThrough())
                                .toList(),
                        reading.unfinishedSince());
        for (int i = 0; i < open.size(); i++) {
            OpenAttempt attempt = open.get(i);
            attempts.add(attempt.assumed());
            if (attempts.size() == UsageRecorded.MAX_ATTEMPTS || i == open.size() - 1) {
                UsageRecorded fact = UsageBatch.pack(attempts, posting.through(), attempt.entry());
                if (!posting.post(List.of(fact))) {
                    return -1;
                }
                count += attempts.size();
                attempts.clear();
            }
        }
        return count;
    }
}
