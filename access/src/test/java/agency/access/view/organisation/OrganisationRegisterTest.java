package agency.access.view.organisation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import agency.access.domain.organisation.Founding;
import agency.access.domain.organisation.Organisation;
import agency.access.domain.organisation.OrganisationEvent.OrganisationOpened;
import agency.access.domain.person.Person;
import agency.access.domain.person.PersonEvent.PersonRegistered;
import agency.access.domain.project.Project;
import agency.access.domain.project.ProjectEvent.ProjectOpened;
import agency.access.view.Facts;
import agency.kernel.fact.Personal;
import java.time.Instant;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class OrganisationRegisterTest {
    private static final Instant NOW = Instant.parse("2026-11-21T10:00:00Z");
    private static final UUID PERSON = new UUID(7, 1);
    private static final UUID PROJECT = new UUID(7, 2);
    private static final Founding FOUNDING = new Founding(PERSON, PROJECT, new UUID(7, 3));

    private final OrganisationRegister register = new OrganisationRegister();

    @Test
    void knowsWhatEverythingIsCalled() {
        tellAll();
        assertThat(register.organisation(1)).contains(new OrganisationCard(1, "Acme", FOUNDING));
        assertThat(register.project(PROJECT)).contains("Support");
        assertThat(register.person(PERSON)).contains("Ada");
    }

    @Test
    void hasNoNameForAPersonWhoWasErased() {
        register.apply(
                Facts.of(
                        Person.stream(1, PERSON),
                        new PersonRegistered(new Personal(PERSON, null), NOW)));
        assertThat(register.person(PERSON)).isEmpty();
    }

    @Test
    void forgetsEverythingWhenTheLogIsReadAgain() {
        tellAll();
        register.reset();
        assertThat(register.organisation(1)).isEmpty();
        assertThat(register.project(PROJECT)).isEmpty();
        assertThat(register.person(PERSON)).isEmpty();
    }

    @Test
    void refusesFactsOfOthers() {
        record Other() {}
        assertThatIllegalStateException()
                .isThrownBy(() -> register.apply(Facts.of(Organisation.stream(1), new Other())));
        assertThat(register.name()).isEqualTo("access.organisations");
        assertThat(register.categories())
                .containsExactlyInAnyOrder(
                        "access.organisation", "access.project", "access.person");
    }

    private void tellAll() {
        register.apply(
                Facts.of(Organisation.stream(1), new OrganisationOpened(1, "Acme", FOUNDING, NOW)));
        register.apply(
                Facts.of(Project.stream(1, PROJECT), new ProjectOpened(PROJECT, "Support", NOW)));
        register.apply(
                Facts.of(
                        Person.stream(1, PERSON),
                        new PersonRegistered(new Personal(PERSON, "Ada"), NOW)));
    }
}
