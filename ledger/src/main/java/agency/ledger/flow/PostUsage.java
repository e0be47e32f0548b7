package agency.ledger.flow;

import agency.kernel.fact.FactMeta;
import agency.kernel.fact.Position;
import agency.kernel.fact.Recorded;
import agency.kernel.fact.StreamName;
import agency.kernel.fault.Fault;
import agency.kernel.id.IdSource;
import agency.ledger.domain.usage.OpenAttempt;
import agency.ledger.domain.usage.UsageBatch;
import agency.ledger.domain.usage.UsageFacts;
import agency.ledger.domain.usage.UsageRecorded;
import agency.ledger.domain.usage.UsageRow;
import agency.platform.log.Append;
import agency.platform.log.Appended;
import agency.platform.log.EventLog;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Posts batches of one journal to its stream, each exactly once: every batch is appended at the
 * version the one before left, and carries how far the journal is posted with it. Whoever finds the
 * stream further than expected reads there where to go on.
 */
final class PostUsage {
    /** Longest wait for one append, in seconds. */
    static final int APPEND_SECONDS = 30;

    /** Facts of a journal's stream read at once. */
    private static final int PAGE = 256;

    private final EventLog log;
    private final StreamName stream;
    private final IdSource ids;
    private int version;
    private long through;
    private long assumedThrough;
    private @Nullable Position last;

    PostUsage(EventLog log, String journal, IdSource ids) {
        this.log = log;
        this.stream = UsageFacts.journal(journal);
        this.ids = ids;
    }

    /**
     * Finds out what is posted already; true when it is more than was known. Every fact reaches at
     * least as far as the one before it, so that the last ones say it all, however long the stream.
     */
    boolean catchUp() {
        int before = version;
        version = Math.max(version, log.version(stream) - PAGE);
        while (true) {
            List<Recorded> page = log.stream(stream, version, PAGE);
            for (Recorded recorded : page) {
                version = recorded.version();
                last = recorded.position();
                if (recorded.fact() instanceof UsageRecorded usage) {
                    through = Math.max(through, usage.through());
                    assumedThrough = Math.max(assumedThrough, usage.assumedThrough());
                }
            }
            if (page.size() < PAGE) {
                return version != before;
            }
        }
    }

    /**
     * Which of these attempts are not posted. The journal may be older than the log: a copy of it
     * in a backup, or what a power cut left of it, holds attempts as open that have ended in the
     * log.
     *
     * @param since a place of the journal that all their outcomes are behind
     */
    List<OpenAttempt> notPosted(List<OpenAttempt> open, long since) {
        Map<Tried, OpenAttempt> left = new LinkedHashMap<>();
        open.forEach(one -> left.put(Tried.of(one), one));
        int to = version;
        while (to > 0 && !left.isEmpty()) {
            int from = Math.max(0, to - PAGE);
            List<Recorded> page = log.stream(stream, from, to - from);
            boolean before = page.isEmpty();
            for (Recorded recorded : page) {
                if (recorded.fact() instanceof UsageRecorded usage) {
                    before |= usage.through() <= since;
                    UsageBatch.unpack(usage, row -> left.remove(Tried.of(row)));
                }
            }
            if (before) {
                break;
            }
            to = from;
        }
        return List.copyOf(left.values());
    }

    /** What tells an attempt from every other. */
    private record Tried(UUID request, int attempt) {
        static Tried of(OpenAttempt open) {
            return new Tried(open.intent().request(), open.intent().attempt());
        }

        static Tried of(UsageRow row) {
            return new Tried(row.request(), row.attempt());
        }
    }

    /** The journal is posted up to here. */
    long through() {
        return through;
    }

    /** Open intents up to this entry are posted at their bound. */
    long assumedThrough() {
        return assumedThrough;
    }

    /** Where the last fact posted stands, null before the first. */
    @Nullable Position last() {
        return last;
    }

    /**
     * Posts these facts, all or none, and waits until they are durable.
     *
     * @return false when another has posted in the meantime: nothing of this was posted, and {@link
     *     #catchUp} tells what was
     */
    boolean post(List<UsageRecorded> facts) throws InterruptedException {
        UUID id = ids.next();
        Append append =
                new Append(stream, version, facts, new FactMeta("ledger", id, null), id, List.of());
        Appended answer;
        try {
            answer = log.append(append).get(APPEND_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof Fault fault ? fault : unknown(e);
        } catch (TimeoutException e) {
            throw unknown(e);
        }
        return switch (answer) {
            case Appended.Ok ok -> {
                version = ok.version();
                last = ok.last();
                remember(facts);
                yield true;
            }
            case Appended.Duplicate duplicate -> {
                version += facts.size();
                last = duplicate.earlier();
                remember(facts);
                yield true;
            }
            case Appended.WrongVersion moved -> false;
            case Appended.Taken taken ->
                    throw new IllegalStateException(
                            "nothing was claimed, yet " + taken.kind() + " is taken");
        };
    }

    private void remember(List<UsageRecorded> facts) {
        UsageRecorded newest = facts.getLast();
        through = Math.max(through, newest.through());
        assumedThrough = Math.max(assumedThrough, newest.assumedThrough());
    }

    private static Fault unknown(Exception cause) {
        return Fault.passing(
                "ledger.posting-unknown",
                "Whether a batch of usage was recorded is not known yet.",
                Map.of(),
                cause);
    }
}
