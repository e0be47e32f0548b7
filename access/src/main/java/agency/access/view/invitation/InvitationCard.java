package agency.access.view.invitation;

import agency.access.domain.invitation.InvitationEvent.InvitationOffered;
import agency.access.domain.role.Standing;
import agency.kernel.fact.Personal;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What is known of an invitation.
 *
 * @param tenant into which organisation
 * @param offered what it offers
 * @param version of how many facts it is
 * @param acceptedAt when it was accepted; null while it was not
 * @param withdrawnAt when it was taken back; null while it was not
 */
public record InvitationCard(
        int tenant,
        InvitationOffered offered,
        int version,
        @Nullable Instant acceptedAt,
        @Nullable Instant withdrawnAt) {
    /** How an invitation stands at a moment. */
    public enum State {
        /** It can be accepted. */
        OPEN,
        /** It was accepted. */
        ACCEPTED,
        /** It was taken back. */
        WITHDRAWN,
        /** Its time is over. */
        EXPIRED
    }

    /** Its id. */
    public UUID id() {
        return offered.invitation();
    }

    /** Who is invited: the person that he is or will be. */
    public UUID guest() {
        return offered.guest().person();
    }

    /** As what. */
    public Standing standing() {
        return new Standing(offered.role(), offered.installation());
    }

    /** How it stands at this moment. */
    public State state(Instant now) {
        if (acceptedAt != null) {
            return State.ACCEPTED;
        }
        if (withdrawnAt != null) {
            return State.WITHDRAWN;
        }
        return now.isBefore(offered.expires()) ? State.OPEN : State.EXPIRED;
    }

    /** The same without the e-mail, once the guest is erased. */
    InvitationCard guestless() {
        InvitationOffered without =
                new InvitationOffered(
                        offered.invitation(),
                        new Personal(guest(), null),
                        offered.role(),
                        offered.installation(),
                        offered.inviter(),
                        offered.sha256(),
                        offered.expires(),
                        offered.at());
        return new InvitationCard(tenant, without, version, acceptedAt, withdrawnAt);
    }
}
