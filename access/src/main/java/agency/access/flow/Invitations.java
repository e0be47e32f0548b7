package agency.access.flow;

import agency.access.domain.invitation.Invitation;
import agency.access.domain.invitation.InvitationCommand;
import agency.access.domain.invitation.InvitationEvent;
import agency.access.domain.invitation.InvitationRefusal;
import agency.access.domain.membership.MembershipRefusal;
import agency.access.domain.membership.MembershipRefusal.AlreadyMember;
import agency.access.domain.name.Naming;
import agency.access.domain.person.Password;
import agency.access.domain.person.Person;
import agency.access.domain.person.PersonRefusal;
import agency.access.domain.role.Role;
import agency.access.domain.role.Standing;
import agency.access.view.invitation.InvitationCard;
import agency.access.view.invitation.InvitationRegister;
import agency.access.view.member.MemberRegister;
import agency.access.view.organisation.OrganisationRegister;
import agency.kernel.decision.AtVersion;
import agency.kernel.fact.FactMeta;
import agency.kernel.fact.Personal;
import agency.kernel.id.IdSource;
import agency.platform.crypto.Secret;
import agency.platform.crypto.SecretSource;
import agency.platform.log.Commands.Handled;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Invites people into an organisation, and lets those in who accept: entered, with a password, as a
 * member, signed in. Accepting is decided first, so that it happens once; what a crash cuts short
 * after that goes on when the same invitation is accepted again.
 */
public final class Invitations {
    /** Most invitations into an organisation that can be open at a time. */
    public static final int MAX_OPEN = 1_000;

    /** The permission without which nobody can invite. */
    private static final String INVITES = "users.write";

    /** After this long an acceptance that has made no member was cut short. */
    static final Duration CUT_SHORT_AFTER = Duration.ofSeconds(45);

    private final Views views;
    private final Members members;
    private final SetPassword setPassword;
    private final OpenSession openSession;
    private final Recording recording;
    private final IdSource ids;
    private final SecretSource secrets;
    private final InstantSource clock;
    private final Invitation decider = new Invitation();

    /** Looks into these views and lets in by these flows. */
    public Invitations(
            Views views,
            Members members,
            SetPassword setPassword,
            OpenSession openSession,
            Recording recording,
            IdSource ids,
            SecretSource secrets,
            InstantSource clock) {
        this.views = views;
        this.members = members;
        this.setPassword = setPassword;
        this.openSession = openSession;
        this.recording = recording;
        this.ids = ids;
        this.secrets = secrets;
        this.clock = clock;
    }

    /** What is looked at. */
    public record Views(
            InvitationRegister invitations,
            OrganisationRegister organisations,
            MemberRegister members) {}

    /** What became of it. */
    public sealed interface Result {
        /** It is offered; its token can be had only here. */
        record Offered(UUID invitation, Secret token) implements Result {}

        /** It can be accepted. */
        record Open(InvitationCard card) implements Result {}

        /** Accepted: the guest is a member and signed in. */
        record SignedIn(OpenSession.SignedIn in) implements Result {}

        /** The invitation says no. */
        record Refused(InvitationRefusal reason) implements Result {}

        /** The person cannot be entered. */
        record Unfit(PersonRefusal reason) implements Result {}

        /** The password cannot be used; {@code flaw} ends the sentence "the password …". */
        record UnfitPassword(String flaw) implements Result {}

        /** The person cannot become a member. */
        record NoMember(MembershipRefusal reason) implements Result {}

        /** Whoever invited may by now not offer what the invitation offers. */
        record InviterMayNot() implements Result {}

        /** Too many can be accepted already. */
        record TooManyOpen(int most) implements Result {}
    }

    /** Invites somebody, as this and for this long, in the name of a person who may that much. */
    public Result invite(
            int tenant,
            UUID inviter,
            String email,
            Standing standing,
            Duration life,
            Set<String> may,
            FactMeta meta) {
        return offer(tenant, inviter, email, standing, life, may, meta);
    }

    /** Invites an owner, in the name of the installation. */
    Result inviteOwner(int tenant, String email, FactMeta meta) {
        Standing owner = new Standing(Role.OWNER, null);
        return offer(tenant, null, email, owner, Invitation.MAX_LIFE, owner.permissions(), meta);
    }

    /** Why nobody can be invited by this e-mail, whatever the organisation; empty when he can. */
    Optional<Result> unfit(String email) {
        return Person.emailFlaw(email)
                .map(InvitationRefusal.UnfitEmail::new)
                .map(Result.Refused::new);
    }

    private Result offer(
            int tenant,
            @Nullable UUID inviter,
            String email,
            Standing standing,
            Duration life,
            Set<String> may,
            FactMeta meta) {
        Optional<UUID> known = views.organisations.reachedBy(tenant, email);
        if (known.flatMap(person -> views.members.member(tenant, person)).isPresent()) {
            return new Result.Unfit(new PersonRefusal.EmailTaken());
        }
        Instant now = clock.instant();
        if (views.invitations.open(tenant, now) >= MAX_OPEN) {
            return new Result.TooManyOpen(MAX_OPEN);
        }
        UUID invitation = ids.next();
        Minting minting = Minting.of(Minting.PASSING, secrets);
        Handled<InvitationEvent, InvitationRefusal> handled =
                recording.here(
                        Invitation.stream(tenant, invitation),
                        decider,
                        new InvitationCommand.Invite(
                                invitation,
                                new Personal(known.orElseGet(ids::next), email),
                                standing,
                                may,
                                inviter,
                                minting.sha256(),
                                now.plus(life),
                                now),
                        meta);
        return switch (handled) {
            case Handled.Done<?, InvitationRefusal> done ->
                    new Result.Offered(invitation, minting.text());
            case Handled.Refused<?, InvitationRefusal> refused ->
                    new Result.Refused(refused.reason());
        };
    }

    /** Takes an invitation back; empty when it lets nobody in, else why it has. */
    public Optional<InvitationRefusal> withdraw(
            int tenant, UUID invitation, @Nullable Integer expected, FactMeta meta) {
        Handled<InvitationEvent, InvitationRefusal> handled =
                recording.here(
                        Invitation.stream(tenant, invitation),
                        AtVersion.of(decider, expected, new InvitationRefusal.Changed()),
                        new InvitationCommand.Withdraw(invitation, clock.instant()),
                        meta);
        return switch (handled) {
            case Handled.Done<?, InvitationRefusal> done -> Optional.empty();
            case Handled.Refused<?, InvitationRefusal> refused -> Optional.of(refused.reason());
        };
    }

    /** The invitation with this token, if it can be accepted, or why it cannot. */
    public Result look(String token) {
        InvitationCard card =
                views.invitations
                        .bearing(token)
                        .filter(known -> known.offered().guest().text() != null)
                        .orElse(null);
        if (card == null) {
            return new Result.Refused(new InvitationRefusal.NeverOffered());
        }
        return over(card).<Result>map(Result.Refused::new).orElseGet(() -> new Result.Open(card));
    }

    /**
     * Accepts an invitation.
     *
     * @param name what the guest is to be called; of no account when he is known
     * @param wanted the password with which he is to sign in from now on
     */
    public Result accept(String token, String name, Secret wanted, FactMeta meta) {
        Result looked = look(token);
        if (!(looked instanceof Result.Open open)) {
            return looked;
        }
        InvitationCard card = open.card();
        String password = Typed.normal(wanted);
        Optional<Result> unfit = unfit(card, name, password);
        if (unfit.isPresent()) {
            return unfit.get();
        }
        // Slow, and refused when too many do it: before anything is decided.
        String hash = setPassword.hash(password);
        if (card.acceptedAt() == null) {
            Handled<InvitationEvent, InvitationRefusal> handled =
                    recording.here(
                            Invitation.stream(card.tenant(), card.id()),
                            decider,
                            new InvitationCommand.Accept(card.id(), clock.instant()),
                            meta);
            if (handled instanceof Handled.Refused<InvitationEvent, InvitationRefusal> refused) {
                return new Result.Refused(refused.reason());
            }
        }
        return seat(card, name, hash, meta);
    }

    private Result seat(InvitationCard card, String name, String hash, FactMeta meta) {
        int tenant = card.tenant();
        UUID guest = card.guest();
        if (views.organisations.person(guest).isEmpty()) {
            Optional<PersonRefusal> refused =
                    members.register(tenant, guest, name, card.offered().guest().text(), meta);
            if (refused.isPresent()) {
                return new Result.Unfit(refused.get());
            }
        }
        setPassword.set(tenant, guest, hash, meta);
        Members.Result result = members.admit(tenant, guest, card.standing(), mayBy(card), meta);
        return switch (result) {
            case Members.Result.Done done ->
                    new Result.SignedIn(openSession.open(tenant, ids.next(), guest, meta));
            case Members.Result.Refused refused -> new Result.NoMember(refused.reason());
            case Members.Result.Unfit refused -> new Result.Unfit(refused.reason());
        };
    }

    /** What stands against accepting, before it is decided. */
    private Optional<Result> unfit(InvitationCard card, String name, String password) {
        Optional<String> weak = Password.flaw(password);
        if (weak.isPresent()) {
            return Optional.of(new Result.UnfitPassword(weak.get()));
        }
        if (views.organisations.person(card.guest()).isEmpty()) {
            Optional<String> flaw = Naming.flaw(name);
            if (flaw.isPresent()) {
                return Optional.of(new Result.Unfit(new PersonRefusal.UnfitName(flaw.get())));
            }
        }
        if (views.members.member(card.tenant(), card.guest()).isPresent()) {
            return Optional.of(new Result.NoMember(new AlreadyMember()));
        }
        String email = Objects.requireNonNullElse(card.offered().guest().text(), "");
        Optional<UUID> other = views.organisations.reachedBy(card.tenant(), email);
        if (other.isPresent() && !other.get().equals(card.guest())) {
            return Optional.of(new Result.Unfit(new PersonRefusal.EmailTaken()));
        }
        return card.standing().beyond(mayBy(card)).isEmpty()
                ? Optional.empty()
                : Optional.of(new Result.InviterMayNot());
    }

    /** All that whoever invited may give by now. */
    private Set<String> mayBy(InvitationCard card) {
        UUID inviter = card.offered().inviter();
        if (inviter == null) {
            return card.standing().permissions();
        }
        return views.members
                .member(card.tenant(), inviter)
                .map(member -> member.standing().permissions())
                .filter(may -> may.contains(INVITES))
                .orElse(Set.of());
    }

    private Optional<InvitationRefusal> over(InvitationCard card) {
        Optional<Instant> closed =
                views.organisations
                        .organisation(card.tenant())
                        .flatMap(one -> Optional.ofNullable(one.closed()));
        if (closed.isPresent()) {
            // Whoever closes an organisation takes all its invitations back.
            return closed.map(InvitationRefusal.Withdrawn::new);
        }
        Instant now = clock.instant();
        Instant accepted = card.acceptedAt();
        Instant withdrawn = card.withdrawnAt();
        if (accepted != null && !isCutShort(card, accepted, now)) {
            return Optional.of(new InvitationRefusal.Accepted(accepted));
        }
        if (withdrawn != null) {
            return Optional.of(new InvitationRefusal.Withdrawn(withdrawn));
        }
        return now.isBefore(card.offered().expires())
                ? Optional.empty()
                : Optional.of(new InvitationRefusal.Expired(card.offered().expires()));
    }

    /** Whether an acceptance was decided and has never made its guest a member. */
    private boolean isCutShort(InvitationCard card, Instant accepted, Instant now) {
        return !now.isBefore(accepted.plus(CUT_SHORT_AFTER))
                && views.members.member(card.tenant(), card.guest()).isEmpty()
                && views.members
                        .ended(card.guest())
                        .map(ended -> ended.isBefore(accepted))
                        .orElse(true);
    }
}
