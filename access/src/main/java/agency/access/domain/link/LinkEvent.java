package agency.access.domain.link;

import java.time.Instant;
import java.util.UUID;

/** What happened to a one-time link. */
public sealed interface LinkEvent {
    /** It was offered; as {@link LinkCommand.OfferLink}. */
    record LinkOffered(UUID link, UUID person, String sha256, Instant expires, Instant at)
            implements LinkEvent {}

    /** It was used, to open this session. */
    record LinkConsumed(UUID link, UUID session, Instant at) implements LinkEvent {}
}
