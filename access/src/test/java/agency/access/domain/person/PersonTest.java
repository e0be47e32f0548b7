package agency.access.domain.person;

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
import agency.kernel.decision.Spec;
import agency.kernel.fact.Personal;
import java.time.Instant;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PersonTest {
    private static final Instant NOW = Instant.parse("2026-11-21T10:00:00Z");
    private static final Personal ADA = new Personal(new UUID(7, 1), "Ada");
    private static final Personal EMAIL = new Personal(ADA.person(), "ada@acme.example");

    private final Person person = new Person();

    @Test
    void isRegisteredUnderAName() {
        Spec.of(person)
                .when(new RegisterPerson(ADA, null, NOW))
                .then(new PersonRegistered(ADA, NOW));
    }

    @Test
    void isRegisteredOnce() {
        Spec.of(person)
                .given(new PersonRegistered(ADA, NOW))
                .when(new RegisterPerson(ADA, null, NOW))
                .thenNothing();
    }

    @Test
    void refusesANameThatSaysNothing() {
        Spec.of(person)
                .when(new RegisterPerson(new Personal(ADA.person(), null), null, NOW))
                .thenRefused(new UnfitName("must not be blank"));
    }

    @Test
    void isReachedByAnEmail() {
        Personal email = new Personal(ADA.person(), "ada@acme.example");
        Spec.of(person)
                .when(new RegisterPerson(ADA, email, NOW))
                .then(new PersonRegistered(ADA, NOW), new PersonEmailGiven(email, NOW));
        Spec.of(person)
                .given(new PersonRegistered(ADA, NOW), new PersonEmailGiven(email, NOW))
                .when(new RegisterPerson(ADA, email, NOW))
                .thenNothing();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "ada", "@acme.example", "ada@", "a da@acme.example", "a@b@c"})
    void refusesAnEmailThatReachesNobody(String text) {
        Spec.of(person)
                .when(new RegisterPerson(ADA, new Personal(ADA.person(), text), NOW))
                .thenRefused(new UnfitEmail("must be of the form name@domain, without spaces"));
    }

    @Test
    void refusesAnEmailLongerThanAny() {
        String text = "a".repeat(250) + "@b.de";
        Spec.of(person)
                .when(new RegisterPerson(ADA, new Personal(ADA.person(), text), NOW))
                .thenRefused(new UnfitEmail("has 255 characters; at most 254 are allowed"));
    }

    @Test
    void isCalledSomethingElse() {
        Personal king = new Personal(ADA.person(), "Ada King");
        Spec.of(person)
                .given(new PersonRegistered(ADA, NOW))
                .when(new RenamePerson(king, NOW))
                .then(new PersonRenamed(king, NOW));
        Spec.of(person)
                .given(new PersonRegistered(ADA, NOW))
                .when(new RenamePerson(new Personal(ADA.person(), " "), NOW))
                .thenRefused(new UnfitName("must not be blank"));
        Spec.of(person).when(new RenamePerson(king, NOW)).thenRefused(new NeverRegistered());
    }

    @Test
    void signsInWithOneWhoIsEnteredOnly() {
        Personal hash = new Personal(ADA.person(), "$2a$12$x");
        Spec.of(person)
                .given(
                        new PersonRegistered(ADA, NOW),
                        new PersonEmailGiven(EMAIL, NOW),
                        new PersonRenamed(ADA, NOW),
                        new PersonPasswordSet(hash, NOW))
                .when(new SetPassword(hash, NOW))
                .then(new PersonPasswordSet(hash, NOW));
        Spec.of(person).when(new SetPassword(hash, NOW)).thenRefused(new NeverRegistered());
    }

    @Test
    void hasNoPasswordThatWouldSignNobodyIn() {
        Spec.of(person)
                .given(new PersonRegistered(ADA, NOW))
                .when(new SetPassword(new Personal(ADA.person(), "$2a$12$x"), NOW))
                .thenRefused(new NoEmail());
    }

    @Test
    void isGivenAnEmailLaterAndOnce() {
        Spec.of(person)
                .given(new PersonRegistered(ADA, NOW))
                .when(new GiveEmail(EMAIL, NOW))
                .then(new PersonEmailGiven(EMAIL, NOW));
        Spec.of(person)
                .given(new PersonRegistered(ADA, NOW), new PersonEmailGiven(EMAIL, NOW))
                .when(new GiveEmail(EMAIL, NOW))
                .thenRefused(new EmailKnown());
        Spec.of(person)
                .given(new PersonRegistered(ADA, NOW))
                .when(new GiveEmail(new Personal(ADA.person(), "ada"), NOW))
                .thenRefused(new UnfitEmail("must be of the form name@domain, without spaces"));
        Spec.of(person).when(new GiveEmail(EMAIL, NOW)).thenRefused(new NeverRegistered());
    }

    @Test
    void isErasedForEverAndThenForgotten() {
        PersonEvent registered = new PersonRegistered(ADA, NOW);
        PersonEvent erased = new PersonErased(ADA.person(), NOW);
        PersonEvent forgotten = new PersonForgotten(ADA.person(), 2, NOW);
        ErasePerson erase = new ErasePerson(ADA.person(), NOW);
        ConfirmForgotten confirm = new ConfirmForgotten(ADA.person(), 2, NOW);
        Spec.of(person).given(registered).when(erase).then(erased);
        Spec.of(person).given(registered, erased).when(erase).thenNothing();
        Spec.of(person).given(registered, erased).when(confirm).then(forgotten);
        Spec.of(person).given(registered, erased, forgotten).when(confirm).thenNothing();
        Spec.of(person).given(registered).when(confirm).thenRefused(new NeverRegistered());
        Spec.of(person).when(erase).thenRefused(new NeverRegistered());
        Spec.of(person)
                .given(registered, erased)
                .when(new RegisterPerson(ADA, null, NOW))
                .thenNothing();
        for (PersonCommand late :
                new PersonCommand[] {
                    new RenamePerson(ADA, NOW), new SetPassword(ADA, NOW), new GiveEmail(ADA, NOW)
                }) {
            Spec.of(person).given(registered, erased).when(late).thenRefused(new Erased());
        }
    }
}
