package agency.access.domain.person;

import agency.access.domain.person.PersonCommand.RegisterPerson;
import agency.access.domain.person.PersonEvent.PersonRegistered;
import agency.access.domain.person.PersonRefusal.UnfitName;
import agency.kernel.decision.Spec;
import agency.kernel.fact.Personal;
import java.time.Instant;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class PersonTest {
    private static final Instant NOW = Instant.parse("2026-11-21T10:00:00Z");
    private static final Personal ADA = new Personal(new UUID(7, 1), "Ada");

    private final Person person = new Person();

    @Test
    void isRegisteredUnderAName() {
        Spec.of(person).when(new RegisterPerson(ADA, NOW)).then(new PersonRegistered(ADA, NOW));
    }

    @Test
    void isRegisteredOnce() {
        Spec.of(person)
                .given(new PersonRegistered(ADA, NOW))
                .when(new RegisterPerson(ADA, NOW))
                .thenNothing();
    }

    @Test
    void refusesANameThatSaysNothing() {
        Spec.of(person)
                .when(new RegisterPerson(new Personal(ADA.person(), null), NOW))
                .thenRefused(new UnfitName("must not be blank"));
    }
}
