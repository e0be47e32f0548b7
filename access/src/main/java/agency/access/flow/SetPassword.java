package agency.access.flow;

import agency.access.domain.person.Password;
import agency.access.domain.person.Person;
import agency.access.domain.person.PersonCommand;
import agency.access.port.PasswordHashes;
import agency.access.view.password.PasswordRegister;
import agency.access.view.session.SessionCard;
import agency.access.view.session.SessionRegister;
import agency.kernel.fact.FactMeta;
import agency.kernel.fact.Personal;
import agency.platform.crypto.Secret;
import agency.platform.log.Commands.Handled;
import java.time.InstantSource;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Gives a person a password. When it returns, his other sessions let nobody in. */
public final class SetPassword {
    private final PasswordRegister passwords;
    private final SessionRegister sessions;
    private final PasswordHashes hashes;
    private final Recording recording;
    private final EndSession endSession;
    private final InstantSource clock;

    /** Compares with what is here, and ends sessions with this flow. */
    public SetPassword(
            PasswordRegister passwords,
            SessionRegister sessions,
            PasswordHashes hashes,
            Recording recording,
            EndSession endSession,
            InstantSource clock) {
        this.passwords = passwords;
        this.sessions = sessions;
        this.hashes = hashes;
        this.recording = recording;
        this.endSession = endSession;
        this.clock = clock;
    }

    /** Why not. */
    public sealed interface Refusal {
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
     */
    public Optional<Refusal> change(
            SessionCard session, @Nullable Secret old, Secret wanted, FactMeta meta) {
        String password = Typed.normal(wanted);
        Optional<String> flaw = Password.flaw(password);
        if (flaw.isPresent()) {
            return Optional.of(new Refusal.Unfit(flaw.get()));
        }
        if (old == null && !sessions.isFreshFromLink(session.session(), clock.instant())) {
            return Optional.of(new Refusal.OldNeeded());
        }
        String hash = passwords.of(session.person()).orElse(null);
        if (old != null && !hashes.matches(Typed.normal(old), hash)) {
            return Optional.of(new Refusal.WrongOld());
        }
        set(session.tenant(), session.person(), hashes.hash(password), meta);
        sessions.of(session.person(), clock.instant()).stream()
                .map(SessionCard::session)
                .filter(other -> !other.equals(session.session()))
                .forEach(other -> endSession.end(session.tenant(), other, meta));
        return Optional.empty();
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
