package agency.access.view.organisation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import agency.access.domain.organisation.Founding;
import agency.access.domain.organisation.Organisation;
import agency.access.domain.organisation.OrganisationEvent.OrganisationClosed;
import agency.access.domain.organisation.OrganisationEvent.OrganisationOpened;
import agency.access.domain.organisation.OrganisationEvent.OrganisationRenamed;
import agency.access.domain.person.Person;
import agency.access.domain.person.PersonEvent.PersonEmailGiven;
import agency.access.domain.person.PersonEvent.PersonRegistered;
import agency.access.domain.person.PersonEvent.PersonRenamed;
import agency.access.view.Facts;
import agency.kernel.fact.Personal;
import java.time.Instant;
import java.util.Map;
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
        assertThat(register.organisation(1))
                .contains(new OrganisationCard(1, "Acme", FOUNDING, NOW, 1, null));
        assertThat(register.person(PERSON)).contains("Ada");
    }

    @Test
    void followsNewNamesAndTheEnd() {
        tellAll();
        register.apply(
                Facts.of(
                        Person.stream(1, PERSON),
                        new PersonRenamed(new Personal(PERSON, "Ada King"), NOW)));
        register.apply(Facts.of(Organisation.stream(1), new OrganisationRenamed(1, "Ace", NOW)));
        register.apply(Facts.of(Organisation.stream(1), new OrganisationClosed(1, NOW)));
        assertThat(register.person(PERSON)).contains("Ada King");
        assertThat(register.all())
                .containsExactly(new OrganisationCard(1, "Ace", FOUNDING, NOW, 1, NOW));
        assertThat(register.highest()).isEqualTo(1);
    }

    @Test
    void findsWhomAnEmailReachesInWhicheverOrganisation() {
        tellAll();
        register.apply(
                Facts.of(
                        Person.stream(1, PERSON),
                        new PersonEmailGiven(new Personal(PERSON, "Ada@acme.example"), NOW)));
        assertThat(register.reachedBy("ada@ACME.example")).isEqualTo(Map.of(1, PERSON));
        assertThat(register.reachedBy("bob@acme.example")).isEmpty();
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
        assertThat(register.person(PERSON)).isEmpty();
    }

    @Test
    void refusesFactsOfOthers() {
        record Other() {}
        assertThatIllegalStateException()
                .isThrownBy(() -> register.apply(Facts.of(Organisation.stream(1), new Other())));
        assertThat(register.name()).isEqualTo("access.organisations");
        assertThat(register.categories())
                .containsExactlyInAnyOrder("access.organisation", "access.person");
    }

    private void tellAll() {
        register.apply(
                Facts.of(Organisation.stream(1), new OrganisationOpened(1, "Acme", FOUNDING, NOW)));
        register.apply(
                Facts.of(
                        Person.stream(1, PERSON),
                        new PersonRegistered(new Personal(PERSON, "Ada"), NOW)));
    }
}
