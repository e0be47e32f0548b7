package agency.ledger.port;

import agency.kernel.metering.Outcome;
import agency.ledger.domain.usage.OpenAttempt;

/**
 * The local record of attempts, written before the upstream is called and after it answered. What
 * is written survives the death of this process.
 */
public interface UsageJournal extends AutoCloseable {
    /**
     * Writes down what is about to be tried. Never blocks.
     *
     * @return false when there is no room; then nothing was written
     */
    boolean intent(OpenAttempt attempt);

    /**
     * Writes down how an attempt ended. Never blocks; there is always room for the outcome of an
     * intent that was written.
     *
     * @return false when it could not be written after all: the attempt's bound will be assumed
     */
    boolean outcome(long entry, Outcome outcome);

    /** Writes an open intent down again, so that the old file it stands in can go. */
    boolean carry(OpenAttempt attempt);

    /** Reads this journal from its beginning, while it is being written. */
    JournalReading read();

    /** The journal's name: the instance's id, a hyphen, its epoch. */
    String name();

    /**
     * Its files stay although all in them is posted: something is still set aside on its behalf,
     * and whoever recovers it gives that back.
     */
    void keepFiles();

    /** Closes the files and leaves them where they are, unless all was posted: then they go. */
    @Override
    void close();
}
