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
import agency.access.domain.person.Person;
import agency.kernel.decision.Decider;
import agency.kernel.decision.Decision;
import agency.kernel.fact.StreamName;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/** Decides about an invitation: accepted once, within its time, unless it was taken back. */
public final class Invitation
        implements Decider<
                InvitationCommand, Invitation.State, InvitationEvent, InvitationRefusal> {
    /** The category of its streams. */
    public static final String CATEGORY = "access.invitation";

    /** Longest life of an invitation. */
    public static final Duration MAX_LIFE = Duration.ofDays(7);

    /** How it stands. */
    public sealed interface State {
        /** No such invitation. */
        record Absent() implements State {}

        /** It waits to be accepted. */
        record Open(Instant expires) implements State {}

        /** It was accepted. */
        record Taken(Instant at) implements State {}

        /** It was taken back. */
        record Gone(Instant at) implements State {}
    }

    /** The stream of one invitation. */
    public static StreamName stream(int tenant, UUID invitation) {
        return StreamName.of(tenant, CATEGORY, invitation.toString());
    }

    @Override
    public State initial() {
        return new State.Absent();
    }

    @Override
    public Decision<InvitationEvent, InvitationRefusal> decide(
            InvitationCommand command, State state) {
        return switch (command) {
            case Invite invite ->
                    state instanceof State.Absent ? offered(invite) : Decision.nothing();
            case Accept accept ->
                    switch (state) {
                        case State.Absent absent -> Decision.reject(new NeverOffered());
                        case State.Open open -> accepted(accept, open);
                        case State.Taken taken -> Decision.reject(new Accepted(taken.at()));
                        case State.Gone gone -> Decision.reject(new Withdrawn(gone.at()));
                    };
            case Withdraw withdraw ->
                    switch (state) {
                        case State.Absent absent -> Decision.reject(new NeverOffered());
                        case State.Open open ->
                                Decision.accept(
                                        new InvitationWithdrawn(
                                                withdraw.invitation(), withdraw.at()));
                        case State.Taken taken -> Decision.reject(new Accepted(taken.at()));
                        case State.Gone gone -> Decision.nothing();
                    };
        };
    }

    @Override
    public State evolve(State state, InvitationEvent event) {
        return switch (event) {
            case InvitationOffered offered -> new State.Open(offered.expires());
            case InvitationAccepted accepted -> new State.Taken(accepted.at());
            case InvitationWithdrawn withdrawn -> new State.Gone(withdrawn.at());
        };
    }

    private static Decision<InvitationEvent, InvitationRefusal> offered(Invite invite) {
        Optional<String> unfit =
                Person.emailFlaw(Objects.requireNonNullElse(invite.guest().text(), ""));
        if (unfit.isPresent()) {
            return Decision.reject(new UnfitEmail(unfit.get()));
        }
        Duration life = Duration.between(invite.at(), invite.expires());
        if (!life.isPositive() || life.compareTo(MAX_LIFE) > 0) {
            return Decision.reject(new UnfitLife(MAX_LIFE));
        }
        Set<String> missing = invite.standing().beyond(invite.may());
        if (!missing.isEmpty()) {
            return Decision.reject(new BeyondOwn(invite.standing(), missing));
        }
        return Decision.accept(
                new InvitationOffered(
                        invite.invitation(),
                        invite.guest(),
                        invite.standing().role(),
                        invite.standing().installation(),
                        invite.inviter(),
                        invite.sha256(),
                        invite.expires(),
                        invite.at()));
    }

    private static Decision<InvitationEvent, InvitationRefusal> accepted(
            Accept accept, State.Open open) {
        return accept.at().isBefore(open.expires())
                ? Decision.accept(new InvitationAccepted(accept.invitation(), accept.at()))
                : Decision.reject(new Expired(open.expires()));
    }
}
