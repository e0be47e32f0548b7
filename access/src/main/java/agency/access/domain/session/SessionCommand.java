package agency.access.domain.session;

import java.time.Instant;
import java.util.UUID;

/** What can be asked of a session. */
public sealed interface SessionCommand {
    /**
     * Open it.
     *
     * @param person who is signed in
     * @param sha256 of its cookie, 64 lower-case hexadecimal digits
     * @param expires when it ends by itself
     */
    record OpenSession(UUID session, UUID person, String sha256, Instant expires, Instant at)
            implements SessionCommand {}

    /** End it. */
    record EndSession(UUID session, Instant at) implements SessionCommand {}
}
