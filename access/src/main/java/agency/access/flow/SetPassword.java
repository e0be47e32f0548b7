package agency.access.flow;

import agency.access.domain.person.Password;
import agency.access.domain.person.Person;
import agency.access.domain.person.PersonCommand;
import agency.access.domain.person.PersonRefusal;
import agency.access.port.PasswordHashes;
import agency.access.view.organisation.OrganisationRegister;
import agency.access.view.password.PasswordRegister;
import agency.access.view.session.SessionCard;
import agency.access.view.session.SessionRegister;
import agency.kernel.fact.FactMeta;
import agency.kernel.fact.Personal;
import agency.platform.crypto.Secret;
import agency.platform.log.Commands.Handled;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Gives a person a password. When it returns, his other sessions let nobody in. */
public final class SetPassword {
    private final Views views;
    private final PasswordHashes hashes;
    private final Recording recording;
    private final EndSession endSession;
    private final InstantSource clock;

    /** Compares with what is here, and ends sessions with this flow. */
    public SetPassword(
            Views views,
            PasswordHashes hashes,
            Recording recording,
            EndSession endSession,
            InstantSource clock) {
        this.views = views;
        this.hashes = hashes;
        this.recording = recording;
        this.endSession = endSession;
        this.clock = clock;
    }

    /** What is looked at. */
    public record Views(
            OrganisationRegister organisations,
            PasswordRegister passwords,
            SessionRegister sessions) {}

    /** Why not. */
    public sealed interface Refusal {
        /** The person is not reached by the e-mail, or by none. */
        record Unreached(PersonRefusal reason) implements Refusal {}

        /** It cannot be used; {@code flaw} ends the sentence "the password …". */
        record Unfit(String flaw) implements Refusal {}

        /** The old one is another. */
        record WrongOld() implements Refusal {}

        /**
         * The old one is asked for: without it only a session that a one-time link has just opened
         * can set one.
         */
        record OldNeeded() implements Refusal {}
    }

    /**
     * Gives the holder of a session another password; empty when done, else why not.
     *
     * @param old the password so far; null when he has or knows none
     * @param email by which he is going to sign in; null when one is known
     */
    public Optional<Refusal> change(
            SessionCard session,
            @Nullable Secret old,
            Secret wanted,
            @Nullable String email,
            FactMeta meta) {
        String password = Typed.normal(wanted);
        Optional<String> flaw = Password.flaw(password);
        if (flaw.isPresent()) {
            return Optional.of(new Refusal.Unfit(flaw.get()));
        }
        if (old == null && !views.sessions.isFreshFromLink(session.session(), clock.instant())) {
            return Optional.of(new Refusal.OldNeeded());
        }
        String hash = views.passwords.of(session.person()).orElse(null);
        if (old != null && !hashes.matches(Typed.normal(old), hash)) {
            return Optional.of(new Refusal.WrongOld());
        }
        Optional<PersonRefusal> unreached = reach(session.tenant(), session.person(), email, meta);
        if (unreached.isPresent()) {
            return unreached.map(Refusal.Unreached::new);
        }
        set(session.tenant(), session.person(), hashes.hash(password), meta);
        views.sessions.of(session.person(), clock.instant()).stream()
                .map(SessionCard::session)
                .filter(other -> !other.equals(session.session()))
                .forEach(other -> endSession.end(session.tenant(), other, meta));
        return Optional.empty();
    }

    /** Why nobody can sign in as a person by an e-mail; empty when somebody can. */
    private Optional<PersonRefusal> reach(
            int tenant, UUID person, @Nullable String email, FactMeta meta) {
        Optional<String> known = views.organisations.email(person);
        if (known.isPresent()) {
            return email == null || isSame(email, known.get())
                    ? Optional.empty()
                    : Optional.of(new PersonRefusal.EmailKnown());
        }
        if (email == null) {
            return Optional.of(new PersonRefusal.NoEmail());
        }
        var handled =
                recording.here(
                        Person.stream(tenant, person),
                        new Person(),
                        new PersonCommand.GiveEmail(new Personal(person, email), clock.instant()),
                        meta,
                        List.of(Members.claim(email)),
                        kind -> new PersonRefusal.EmailTaken());
        return switch (handled) {
            case Handled.Done<?, PersonRefusal> done -> Optional.empty();
            case Handled.Refused<?, PersonRefusal> refused -> Optional.of(refused.reason());
        };
    }

    private static boolean isSame(String one, String other) {
        return OrganisationRegister.same(one).equals(OrganisationRegister.same(other));
    }

    /** The hash of a password that is known to be fit. */
    String hash(String password) {
        return hashes.hash(password);
    }

    /** Gives a person the password of this hash. */
    void set(int tenant, UUID person, String hash, FactMeta meta) {
        var handled =
                recording.everywhere(
                        Person.stream(tenant, person),
                        new Person(),
                        new PersonCommand.SetPassword(new Personal(person, hash), clock.instant()),
                        meta);
        if (handled instanceof Handled.Refused<?, ?> refused) {
            throw new IllegalStateException("no password: " + refused.reason());
        }
    }
}
