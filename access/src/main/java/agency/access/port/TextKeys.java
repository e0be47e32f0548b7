package agency.access.port;

import java.util.UUID;

/** The keys under which the log keeps texts about people. */
public interface TextKeys {
    /**
     * Destroys the key of a person: no text about him can be read any more, in whatever copy.
     * Harmless when it is destroyed already.
     */
    void destroy(int tenant, UUID person);

    /** Forgets the keys that this process holds in memory; they are read again when needed. */
    void forget();
}
