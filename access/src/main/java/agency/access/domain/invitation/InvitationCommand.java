package agency.access.domain.invitation;

import agency.access.domain.role.Standing;
import agency.kernel.fact.Personal;
import java.time.Instant;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What can be asked of an invitation. */
public sealed interface InvitationCommand {
    /**
     * Offer it.
     *
     * @param guest who is invited: the e-mail, of the person that he is or will be
     * @param standing as what
     * @param may the names of all that whoever invites may do; he can offer no more than that
     * @param inviter the person who invites; null for the installation itself
     * @param sha256 of its token, 64 lower-case hexadecimal digits
     * @param expires until when it can be accepted
     */
    record Invite(
            UUID invitation,
            Personal guest,
            Standing standing,
            Set<String> may,
            @Nullable UUID inviter,
            String sha256,
            Instant expires,
            Instant at)
            implements InvitationCommand {}

    /** Accept it. */
    record Accept(UUID invitation, Instant at) implements InvitationCommand {}

    /** Take it back. */
    record Withdraw(UUID invitation, Instant at) implements InvitationCommand {}
}
