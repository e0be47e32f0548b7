package agency.access.domain.organisation;

import agency.access.domain.organisation.OrganisationCommand.OpenOrganisation;
import agency.access.domain.organisation.OrganisationEvent.OrganisationOpened;
import agency.access.domain.organisation.OrganisationRefusal.UnfitName;
import agency.kernel.decision.Spec;
import java.time.Instant;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class OrganisationTest {
    private static final Instant NOW = Instant.parse("2026-11-21T10:00:00Z");
    private static final Founding FOUNDING =
            new Founding(new UUID(7, 1), new UUID(7, 2), new UUID(7, 3));

    private final Organisation organisation = new Organisation();

    @Test
    void opensWithAllThatItsFoundingMakes() {
        Spec.of(organisation)
                .when(new OpenOrganisation(1, "Acme", FOUNDING, NOW))
                .then(new OrganisationOpened(1, "Acme", FOUNDING, NOW));
    }

    @Test
    void staysAsItWasFoundedWhoeverAsksAgain() {
        Founding other = new Founding(new UUID(8, 1), new UUID(8, 2), new UUID(8, 3));
        Spec.of(organisation)
                .given(new OrganisationOpened(1, "Acme", FOUNDING, NOW))
                .when(new OpenOrganisation(1, "Other", other, NOW))
                .thenNothing();
    }

    @Test
    void refusesANameThatSaysNothing() {
        Spec.of(organisation)
                .when(new OpenOrganisation(1, " ", FOUNDING, NOW))
                .thenRefused(new UnfitName("must not be blank"));
    }
}
