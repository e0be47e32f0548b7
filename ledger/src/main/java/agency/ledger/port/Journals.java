package agency.ledger.port;

import java.util.List;

/** The journals on this machine. */
public interface Journals {
    /** Opens a new journal of this name, ready to be written. Blocks. */
    UsageJournal open(String name);

    /** The journals whose writers are gone, locked for us. */
    List<Dead> dead();

    /** A journal nobody writes any more. */
    interface Dead extends AutoCloseable {
        /** Its name. */
        String name();

        /** Reads it from its beginning. */
        JournalReading read();

        /** Deletes it: everything in it is posted. */
        void delete();

        /** Gives back its lock. */
        @Override
        void close();
    }
}
