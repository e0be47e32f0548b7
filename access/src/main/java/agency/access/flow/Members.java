package agency.access.flow;

import agency.access.domain.membership.Membership;
import agency.access.domain.membership.MembershipCommand;
import agency.access.domain.membership.MembershipCommand.ChangeStanding;
import agency.access.domain.membership.MembershipCommand.EndMembership;
import agency.access.domain.membership.MembershipCommand.GrantMembership;
import agency.access.domain.membership.MembershipEvent;
import agency.access.domain.membership.MembershipRefusal;
import agency.access.domain.membership.MembershipRefusal.AlreadyMember;
import agency.access.domain.membership.MembershipRefusal.BeyondOwn;
import agency.access.domain.person.Person;
import agency.access.domain.person.PersonCommand.RegisterPerson;
import agency.access.domain.person.PersonCommand.RenamePerson;
import agency.access.domain.person.PersonRefusal;
import agency.access.domain.role.Standing;
import agency.access.view.key.KeyRegister;
import agency.access.view.member.MemberRegister;
import agency.access.view.organisation.OrganisationRegister;
import agency.access.view.session.SessionRegister;
import agency.kernel.decision.AtVersion;
import agency.kernel.decision.Decider;
import agency.kernel.fact.FactMeta;
import agency.kernel.fact.Personal;
import agency.kernel.id.IdSource;
import agency.platform.log.Append;
import agency.platform.log.Commands.Handled;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Lets people into an organisation, changes what they are there, and lets them in no more. */
public final class Members {
    /** The kind of value that an e-mail is, in the log. */
    private static final String EMAIL = "email";

    private final Views views;
    private final Recording recording;
    private final RevokeKey revokeKey;
    private final EndSession endSession;
    private final IdSource ids;
    private final InstantSource clock;
    private final Membership decider = new Membership();

    /** Looks into these views, and ends with these flows. */
    public Members(
            Views views,
            Recording recording,
            RevokeKey revokeKey,
            EndSession endSession,
            IdSource ids,
            InstantSource clock) {
        this.views = views;
        this.recording = recording;
        this.revokeKey = revokeKey;
        this.endSession = endSession;
        this.ids = ids;
        this.clock = clock;
    }

    /** What is looked at. */
    public record Views(
            MemberRegister members,
            OrganisationRegister organisations,
            KeyRegister keys,
            SessionRegister sessions) {}

    /** Who is to be let in, as what; an e-mail that is known brings its person back. */
    public record NewMember(String name, @Nullable String email, Standing standing) {}

    /** What became of it. */
    public sealed interface Result {
        /** A member, here, from now on. */
        record Done(UUID person) implements Result {}

        /** The person cannot be entered. */
        record Unfit(PersonRefusal reason) implements Result {}

        /** The membership was not granted. */
        record Refused(MembershipRefusal reason) implements Result {}
    }

    /**
     * Lets somebody in. A person whose e-mail is known and who is no member comes back under the
     * name he had: so does one whose entry a crash cut short.
     */
    public Result grant(int tenant, NewMember wanted, Set<String> may, FactMeta meta) {
        Set<String> missing = wanted.standing().beyond(may);
        if (!missing.isEmpty()) {
            // Before the person is entered: nobody is to be left over from a refusal.
            return new Result.Refused(new BeyondOwn(wanted.standing(), missing));
        }
        Optional<UUID> known =
                Optional.ofNullable(wanted.email())
                        .flatMap(email -> views.organisations.reachedBy(tenant, email));
        if (known.isPresent()) {
            if (views.members.member(tenant, known.get()).isPresent()) {
                return new Result.Unfit(new PersonRefusal.EmailTaken());
            }
            return admit(tenant, known.get(), wanted.standing(), may, meta);
        }
        UUID person = ids.next();
        return register(tenant, person, wanted.name(), wanted.email(), meta)
                .<Result>map(Result.Unfit::new)
                .orElseGet(() -> granted(tenant, person, wanted.standing(), may, meta));
    }

    /** Lets the person in who opened the installation, unless he is a member. */
    public void seat(int tenant, UUID founder, FactMeta meta) {
        if (views.members.member(tenant, founder).isPresent()) {
            return;
        }
        Result result =
                granted(tenant, founder, Standing.FOUNDER, Standing.FOUNDER.permissions(), meta);
        // Another instance that started at the same time may have been quicker.
        if (result instanceof Result.Refused refused
                && !(refused.reason() instanceof AlreadyMember)) {
            throw new IllegalStateException("no seat for the founder: " + refused.reason());
        }
    }

    /** Makes a member something else, everywhere; empty when done, else why not. */
    public Optional<MembershipRefusal> change(
            int tenant,
            UUID person,
            Standing standing,
            Set<String> may,
            @Nullable Integer expected,
            FactMeta meta) {
        return everywhere(
                tenant, new ChangeStanding(person, standing, may, clock.instant()), expected, meta);
    }

    /** Calls a person something else; empty when done, else why not. */
    public Optional<PersonRefusal> rename(
            int tenant, UUID person, String name, @Nullable Integer expected, FactMeta meta) {
        var handled =
                recording.here(
                        Person.stream(tenant, person),
                        AtVersion.of(new Person(), expected, new PersonRefusal.Changed()),
                        new RenamePerson(new Personal(person, name), clock.instant()),
                        meta);
        return switch (handled) {
            case Handled.Done<?, PersonRefusal> done -> Optional.empty();
            case Handled.Refused<?, PersonRefusal> refused -> Optional.of(refused.reason());
        };
    }

    /**
     * Ends a membership. When it returns, no instance lets the person in: his sessions are ended
     * and the keys that administrate for him revoked. Ending it again goes on where it stopped.
     */
    public Optional<MembershipRefusal> end(
            int tenant, UUID person, Set<String> may, @Nullable Integer expected, FactMeta meta) {
        Optional<MembershipRefusal> refused =
                everywhere(tenant, new EndMembership(person, may, clock.instant()), expected, meta);
        if (refused.isEmpty()) {
            endAll(tenant, person, meta);
        }
        return refused;
    }

    private void endAll(int tenant, UUID person, FactMeta meta) {
        views.keys.administratingFor(person).forEach(key -> revokeKey.revoke(tenant, key, meta));
        views.sessions
                .of(person, clock.instant())
                .forEach(card -> endSession.end(tenant, card.session(), meta));
    }

    /** What holds an e-mail for one person of an organisation, whatever its capitals. */
    static Append.Claim claim(String email) {
        return new Append.Claim(EMAIL, OrganisationRegister.same(email), true);
    }

    /** What gives an e-mail back. */
    static Append.Claim release(String email) {
        return new Append.Claim(EMAIL, OrganisationRegister.same(email), false);
    }

    /** Enters a person, unless he is entered; empty when he is, else why not. */
    Optional<PersonRefusal> register(
            int tenant, UUID person, String name, @Nullable String email, FactMeta meta) {
        var handled =
                recording.here(
                        Person.stream(tenant, person),
                        new Person(),
                        new RegisterPerson(
                                new Personal(person, name),
                                email == null ? null : new Personal(person, email),
                                clock.instant()),
                        meta,
                        email == null ? List.of() : List.of(claim(email)),
                        kind -> new PersonRefusal.EmailTaken());
        return switch (handled) {
            case Handled.Done<?, PersonRefusal> done -> Optional.empty();
            case Handled.Refused<?, PersonRefusal> refused -> Optional.of(refused.reason());
        };
    }

    /**
     * Lets in a person who is entered. What of an earlier membership a crash has left is ended
     * first.
     */
    Result admit(int tenant, UUID person, Standing standing, Set<String> may, FactMeta meta) {
        endAll(tenant, person, meta);
        return granted(tenant, person, standing, may, meta);
    }

    private Result granted(
            int tenant, UUID person, Standing standing, Set<String> may, FactMeta meta) {
        Handled<MembershipEvent, MembershipRefusal> handled =
                recording.here(
                        Membership.stream(tenant),
                        decider,
                        new GrantMembership(person, standing, may, clock.instant()),
                        meta);
        return switch (handled) {
            case Handled.Done<MembershipEvent, MembershipRefusal> done -> new Result.Done(person);
            case Handled.Refused<MembershipEvent, MembershipRefusal> refused ->
                    new Result.Refused(refused.reason());
        };
    }

    private Optional<MembershipRefusal> everywhere(
            int tenant, MembershipCommand command, @Nullable Integer expected, FactMeta meta) {
        // One stream holds all members: what counts is what has happened to this one.
        Decider<MembershipCommand, ?, MembershipEvent, MembershipRefusal> deciding =
                AtVersion.of(
                        decider,
                        event -> event.person().equals(command.person()),
                        expected,
                        new MembershipRefusal.Changed());
        Handled<MembershipEvent, MembershipRefusal> handled =
                recording.everywhere(Membership.stream(tenant), deciding, command, meta);
        return switch (handled) {
            case Handled.Done<MembershipEvent, MembershipRefusal> done -> Optional.empty();
            case Handled.Refused<MembershipEvent, MembershipRefusal> refused ->
                    Optional.of(refused.reason());
        };
    }
}
