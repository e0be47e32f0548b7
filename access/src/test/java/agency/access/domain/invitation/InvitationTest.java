package agency.access.domain.invitation;

import agency.access.domain.invitation.InvitationCommand.Accept;
import agency.access.domain.invitation.InvitationCommand.Invite;
import agency.access.domain.invitation.InvitationCommand.Withdraw;
import agency.access.domain.invitation.InvitationEvent.InvitationAccepted;
import agency.access.domain.invitation.InvitationEvent.InvitationOffered;
import agency.access.domain.invitation.InvitationEvent.InvitationWithdrawn;
import agency.access.domain.invitation.InvitationRefusal.Accepted;
import agency.access.domain.invitation.InvitationRefusal.BeyondOwn;
import agency.access.domain.invitation.InvitationRefusal.Expired;
import agency.access.domain.invitation.InvitationRefusal.NeverOffered;
import agency.access.domain.invitation.InvitationRefusal.UnfitEmail;
import agency.access.domain.invitation.InvitationRefusal.UnfitLife;
import agency.access.domain.invitation.InvitationRefusal.Withdrawn;
import agency.access.domain.role.Role;
import agency.access.domain.role.Standing;
import agency.kernel.decision.Spec;
import agency.kernel.fact.Personal;
import java.time.Instant;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class InvitationTest {
    private static final Instant NOW = Instant.parse("2026-11-21T10:00:00Z");
    private static final Instant END = NOW.plus(Invitation.MAX_LIFE);
    private static final UUID ID = new UUID(7, 1);
    private static final UUID ADA = new UUID(7, 2);
    private static final Personal GUEST = new Personal(new UUID(7, 3), "bob@acme.example");
    private static final Standing VIEWER = new Standing(Role.VIEWER, null);
    private static final String HASH = "ab".repeat(32);
    private static final InvitationEvent OFFERED =
            new InvitationOffered(ID, GUEST, Role.VIEWER, null, ADA, HASH, END, NOW);
    private static final InvitationEvent ACCEPTED = new InvitationAccepted(ID, NOW);
    private static final InvitationEvent WITHDRAWN = new InvitationWithdrawn(ID, NOW);

    private final Invitation invitation = new Invitation();

    @Test
    void isOfferedOnce() {
        Spec.of(invitation).when(invite(GUEST, VIEWER.permissions(), END)).then(OFFERED);
        Spec.of(invitation)
                .given(OFFERED)
                .when(invite(GUEST, VIEWER.permissions(), END))
                .thenNothing();
    }

    @Test
    void isAcceptedOnceAndInTime() {
        Spec.of(invitation).given(OFFERED).when(new Accept(ID, NOW)).then(ACCEPTED);
        Spec.of(invitation)
                .given(OFFERED, ACCEPTED)
                .when(new Accept(ID, NOW.plusSeconds(1)))
                .thenRefused(new Accepted(NOW));
        Spec.of(invitation).given(OFFERED).when(new Accept(ID, END)).thenRefused(new Expired(END));
        Spec.of(invitation)
                .given(OFFERED)
                .when(new Accept(ID, END.minusNanos(1)))
                .then(new InvitationAccepted(ID, END.minusNanos(1)));
    }

    @Test
    void letsNobodyInAfterItWasTakenBack() {
        Spec.of(invitation).given(OFFERED).when(new Withdraw(ID, NOW)).then(WITHDRAWN);
        Spec.of(invitation).given(OFFERED, WITHDRAWN).when(new Withdraw(ID, NOW)).thenNothing();
        Spec.of(invitation)
                .given(OFFERED, WITHDRAWN)
                .when(new Accept(ID, NOW))
                .thenRefused(new Withdrawn(NOW));
    }

    @Test
    void cannotBeTakenBackOnceItWasAccepted() {
        Spec.of(invitation)
                .given(OFFERED, ACCEPTED)
                .when(new Withdraw(ID, NOW))
                .thenRefused(new Accepted(NOW));
    }

    @Test
    void offersNoMoreThanWhoeverInvitesHas() {
        Spec.of(invitation)
                .when(invite(GUEST, Set.of(), END))
                .thenRefused(new BeyondOwn(VIEWER, VIEWER.permissions()));
    }

    @Test
    void needsAnEmailAndALifeWithinItsLimit() {
        Personal nowhere = new Personal(GUEST.person(), "bob");
        Spec.of(invitation)
                .when(invite(nowhere, VIEWER.permissions(), END))
                .thenRefused(new UnfitEmail("must be of the form name@domain, without spaces"));
        for (Instant end : new Instant[] {NOW, END.plusNanos(1)}) {
            Spec.of(invitation)
                    .when(invite(GUEST, VIEWER.permissions(), end))
                    .thenRefused(new UnfitLife(Invitation.MAX_LIFE));
        }
    }

    @Test
    void isNothingWhenItWasNeverOffered() {
        Spec.of(invitation).when(new Accept(ID, NOW)).thenRefused(new NeverOffered());
        Spec.of(invitation).when(new Withdraw(ID, NOW)).thenRefused(new NeverOffered());
    }

    private static Invite invite(Personal guest, Set<String> may, Instant end) {
        return new Invite(ID, guest, VIEWER, may, ADA, HASH, end, NOW);
    }
}
