package agency.ledger.port;

import agency.ledger.domain.usage.Attempt;
import agency.ledger.domain.usage.OpenAttempt;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reading a journal forward: intents are remembered until their outcome is met. */
public interface JournalReading extends AutoCloseable {
    /** Outcomes up to this position are posted already and are passed over. */
    void skipThrough(long position);

    /** The next attempt that has ended, or null when there is none (yet). */
    @Nullable Attempt next();

    /** Where the last attempt given stands; rises with every one. */
    long position();

    /** Attempts whose outcome was not met, by rising entry. */
    List<OpenAttempt> unfinished();

    /**
     * Where the first of these stands: no outcome of any is before it. {@link Long#MAX_VALUE}
     * without any.
     */
    long unfinishedSince();

    /**
     * Open attempts that keep the oldest file from being deleted while the journal grows; to be
     * carried. Empty while there is no need.
     */
    List<OpenAttempt> stragglers();

    /** Everything up to this position is posted: files that are no longer needed are deleted. */
    void posted(long position);

    /** Records that could not be read so far. */
    long damaged();

    /** Lets go of the files. */
    @Override
    void close();
}
