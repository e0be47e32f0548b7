package agency.access.domain.invitation;

import agency.access.domain.role.InstallationRole;
import agency.access.domain.role.Role;
import agency.kernel.fact.Personal;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What happened to an invitation. */
public sealed interface InvitationEvent {
    /** It was offered; as {@link InvitationCommand.Invite}. */
    record InvitationOffered(
            UUID invitation,
            Personal guest,
            Role role,
            @Nullable InstallationRole installation,
            @Nullable UUID inviter,
            String sha256,
            Instant expires,
            Instant at)
            implements InvitationEvent {}

    /** It was accepted: its guest is about to become a member. */
    record InvitationAccepted(UUID invitation, Instant at) implements InvitationEvent {}

    /** It was taken back. */
    record InvitationWithdrawn(UUID invitation, Instant at) implements InvitationEvent {}
}
