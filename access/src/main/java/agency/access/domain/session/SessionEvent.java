package agency.access.domain.session;

import java.time.Instant;
import java.util.UUID;

/** What happened to a session. */
public sealed interface SessionEvent {
    /** It was opened; as {@link SessionCommand.OpenSession}. */
    record SessionOpened(UUID session, UUID person, String sha256, Instant expires, Instant at)
            implements SessionEvent {}

    /** It was ended. */
    record SessionEnded(UUID session, Instant at) implements SessionEvent {}
}
