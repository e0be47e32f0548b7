package agency.access.domain.invitation;

import agency.access.domain.role.Standing;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;

/** Why not. */
public sealed interface InvitationRefusal {
    /** The e-mail cannot be used; {@code flaw} ends the sentence "the e-mail …". */
    record UnfitEmail(String flaw) implements InvitationRefusal {}

    /** It must last for some time, and at most for this long. */
    record UnfitLife(Duration longest) implements InvitationRefusal {}

    /** The standing allows what whoever invites may not do himself; {@code missing} names it. */
    record BeyondOwn(Standing standing, Set<String> missing) implements InvitationRefusal {}

    /** There is no such invitation. */
    record NeverOffered() implements InvitationRefusal {}

    /** Its time is over. */
    record Expired(Instant expires) implements InvitationRefusal {}

    /** It was taken back. */
    record Withdrawn(Instant at) implements InvitationRefusal {}

    /** It was accepted before. */
    record Accepted(Instant at) implements InvitationRefusal {}

    /** It is not any more what whoever asks has seen. */
    record Changed() implements InvitationRefusal {}
}
