package agency.access.domain.person;

import agency.access.domain.name.Naming;
import agency.access.domain.person.PersonCommand.ConfirmForgotten;
import agency.access.domain.person.PersonCommand.ErasePerson;
import agency.access.domain.person.PersonCommand.GiveEmail;
import agency.access.domain.person.PersonCommand.RegisterPerson;
import agency.access.domain.person.PersonCommand.RenamePerson;
import agency.access.domain.person.PersonCommand.SetPassword;
import agency.access.domain.person.PersonEvent.PersonEmailGiven;
import agency.access.domain.person.PersonEvent.PersonErased;
import agency.access.domain.person.PersonEvent.PersonForgotten;
import agency.access.domain.person.PersonEvent.PersonPasswordSet;
import agency.access.domain.person.PersonEvent.PersonRegistered;
import agency.access.domain.person.PersonEvent.PersonRenamed;
import agency.access.domain.person.PersonRefusal.EmailKnown;
import agency.access.domain.person.PersonRefusal.Erased;
import agency.access.domain.person.PersonRefusal.NeverRegistered;
import agency.access.domain.person.PersonRefusal.NoEmail;
import agency.access.domain.person.PersonRefusal.UnfitEmail;
import agency.access.domain.person.PersonRefusal.UnfitName;
import agency.kernel.decision.Decider;
import agency.kernel.decision.Decision;
import agency.kernel.fact.Personal;
import agency.kernel.fact.StreamName;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;

/** Decides about a person's entry. */
public final class Person
        implements Decider<PersonCommand, Person.State, PersonEvent, PersonRefusal> {
    /** The category of its streams. */
    public static final String CATEGORY = "access.person";

    /** Longest e-mail, in characters. */
    public static final int MAX_EMAIL = 254;

    /** How it stands. */
    public enum State {
        /** Not entered. */
        ABSENT,
        /** Entered; it is not known where mail reaches the person. */
        REGISTERED,
        /** Entered, with an e-mail. */
        REACHABLE,
        /** Erased; the key of the texts about him may still be there. */
        ERASED,
        /** Erased, and the key of the texts about him destroyed. */
        FORGOTTEN
    }

    /** The stream of one person. */
    public static StreamName stream(int tenant, UUID person) {
        return StreamName.of(tenant, CATEGORY, person.toString());
    }

    @Override
    public State initial() {
        return State.ABSENT;
    }

    @Override
    public Decision<PersonEvent, PersonRefusal> decide(PersonCommand command, State state) {
        return switch (command) {
            case RegisterPerson register ->
                    switch (state) {
                        case REGISTERED, REACHABLE, ERASED, FORGOTTEN -> Decision.nothing();
                        case ABSENT -> registered(register);
                    };
            case RenamePerson rename ->
                    switch (state) {
                        case REGISTERED, REACHABLE -> renamed(rename);
                        case ERASED, FORGOTTEN -> Decision.reject(new Erased());
                        case ABSENT -> Decision.reject(new NeverRegistered());
                    };
            case GiveEmail give ->
                    switch (state) {
                        case REGISTERED -> emailGiven(give);
                        case REACHABLE -> Decision.reject(new EmailKnown());
                        case ERASED, FORGOTTEN -> Decision.reject(new Erased());
                        case ABSENT -> Decision.reject(new NeverRegistered());
                    };
            case SetPassword set ->
                    switch (state) {
                        case REACHABLE ->
                                Decision.accept(new PersonPasswordSet(set.hash(), set.at()));
                        case REGISTERED -> Decision.reject(new NoEmail());
                        case ERASED, FORGOTTEN -> Decision.reject(new Erased());
                        case ABSENT -> Decision.reject(new NeverRegistered());
                    };
            case ErasePerson erase ->
                    switch (state) {
                        case REGISTERED, REACHABLE ->
                                Decision.accept(new PersonErased(erase.person(), erase.at()));
                        case ERASED, FORGOTTEN -> Decision.nothing();
                        case ABSENT -> Decision.reject(new NeverRegistered());
                    };
            case ConfirmForgotten confirm ->
                    switch (state) {
                        case ERASED ->
                                Decision.accept(
                                        new PersonForgotten(
                                                confirm.person(), confirm.texts(), confirm.at()));
                        case FORGOTTEN -> Decision.nothing();
                        case ABSENT, REGISTERED, REACHABLE ->
                                Decision.reject(new NeverRegistered());
                    };
        };
    }

    @Override
    public State evolve(State state, PersonEvent event) {
        return switch (event) {
            case PersonRegistered registered -> State.REGISTERED;
            case PersonRenamed renamed -> state;
            case PersonEmailGiven given -> State.REACHABLE;
            case PersonPasswordSet set -> state;
            case PersonErased erased -> State.ERASED;
            case PersonForgotten forgotten -> State.FORGOTTEN;
        };
    }

    private static Decision<PersonEvent, PersonRefusal> renamed(RenamePerson rename) {
        Optional<String> flaw = Naming.flaw(Objects.requireNonNullElse(rename.name().text(), ""));
        return flaw.isPresent()
                ? Decision.reject(new UnfitName(flaw.get()))
                : Decision.accept(new PersonRenamed(rename.name(), rename.at()));
    }

    private static Decision<PersonEvent, PersonRefusal> emailGiven(GiveEmail give) {
        Optional<String> flaw = emailFlaw(Objects.requireNonNullElse(give.email().text(), ""));
        return flaw.isPresent()
                ? Decision.reject(new UnfitEmail(flaw.get()))
                : Decision.accept(new PersonEmailGiven(give.email(), give.at()));
    }

    private static Decision<PersonEvent, PersonRefusal> registered(RegisterPerson register) {
        Optional<String> flaw = Naming.flaw(Objects.requireNonNullElse(register.name().text(), ""));
        if (flaw.isPresent()) {
            return Decision.reject(new UnfitName(flaw.get()));
        }
        PersonRegistered registered = new PersonRegistered(register.name(), register.at());
        Personal email = register.email();
        if (email == null) {
            return Decision.accept(registered);
        }
        Optional<String> unfit = emailFlaw(Objects.requireNonNullElse(email.text(), ""));
        return unfit.isPresent()
                ? Decision.reject(new UnfitEmail(unfit.get()))
                : Decision.accept(registered, new PersonEmailGiven(email, register.at()));
    }

    /** What is wrong with an e-mail, to follow "the e-mail …"; empty when nothing is. */
    public static Optional<String> emailFlaw(String email) {
        if (email.length() > MAX_EMAIL) {
            return Optional.of(
                    "has " + email.length() + " characters; at most " + MAX_EMAIL + " are allowed");
        }
        return email.matches("[^\\s\\p{Cntrl}@]+@[^\\s\\p{Cntrl}@]+")
                ? Optional.empty()
                : Optional.of("must be of the form name@domain, without spaces");
    }
}
