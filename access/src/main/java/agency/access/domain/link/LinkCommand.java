package agency.access.domain.link;

import java.time.Instant;
import java.util.UUID;

/** What can be asked of a one-time link. */
public sealed interface LinkCommand {
    /**
     * Offer it.
     *
     * @param person whom it signs in
     * @param sha256 of its token, 64 lower-case hexadecimal digits
     * @param expires until when it can be used
     */
    record OfferLink(UUID link, UUID person, String sha256, Instant expires, Instant at)
            implements LinkCommand {}

    /** Use it, to open this session. */
    record ConsumeLink(UUID link, UUID session, Instant at) implements LinkCommand {}
}
