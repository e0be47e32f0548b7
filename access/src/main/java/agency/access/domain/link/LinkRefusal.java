package agency.access.domain.link;

import java.time.Duration;
import java.time.Instant;

/** Why not. */
public sealed interface LinkRefusal {
    /** There is no such link. */
    record NeverOffered() implements LinkRefusal {}

    /** Its time is over. */
    record LinkExpired(Instant expires) implements LinkRefusal {}

    /** It was used before. */
    record AlreadyConsumed(Instant at) implements LinkRefusal {}

    /** It must last for some time, and at most for this long. */
    record UnfitLife(Duration longest) implements LinkRefusal {}
}
