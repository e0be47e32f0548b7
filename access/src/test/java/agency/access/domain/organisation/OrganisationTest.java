package agency.access.domain.organisation;

import agency.access.domain.organisation.OrganisationCommand.CloseOrganisation;
import agency.access.domain.organisation.OrganisationCommand.OpenOrganisation;
import agency.access.domain.organisation.OrganisationCommand.RenameOrganisation;
import agency.access.domain.organisation.OrganisationEvent.OrganisationClosed;
import agency.access.domain.organisation.OrganisationEvent.OrganisationOpened;
import agency.access.domain.organisation.OrganisationEvent.OrganisationRenamed;
import agency.access.domain.organisation.OrganisationRefusal.Closed;
import agency.access.domain.organisation.OrganisationRefusal.NeverOpened;
import agency.access.domain.organisation.OrganisationRefusal.RunsTheInstallation;
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

    @Test
    void isRenamedWhileItIsOpen() {
        OrganisationEvent opened = new OrganisationOpened(2, "Acme", FOUNDING, NOW);
        RenameOrganisation rename = new RenameOrganisation(2, "Ace", NOW);
        OrganisationEvent renamed = new OrganisationRenamed(2, "Ace", NOW);
        Spec.of(organisation).given(opened).when(rename).then(renamed);
        Spec.of(organisation).given(opened, renamed).when(rename).thenNothing();
        Spec.of(organisation)
                .given(opened, new OrganisationClosed(2, NOW))
                .when(rename)
                .thenRefused(new Closed());
        Spec.of(organisation).when(rename).thenRefused(new NeverOpened());
        Spec.of(organisation)
                .given(opened)
                .when(new RenameOrganisation(2, "", NOW))
                .thenRefused(new UnfitName("must not be blank"));
    }

    @Test
    void closesForEverUnlessItRunsTheInstallation() {
        OrganisationEvent opened = new OrganisationOpened(2, "Acme", FOUNDING, NOW);
        OrganisationEvent closed = new OrganisationClosed(2, NOW);
        CloseOrganisation close = new CloseOrganisation(2, NOW);
        Spec.of(organisation).given(opened).when(close).then(closed);
        Spec.of(organisation).given(opened, closed).when(close).thenNothing();
        Spec.of(organisation).when(close).thenRefused(new NeverOpened());
        Spec.of(organisation)
                .given(new OrganisationOpened(1, "Acme", FOUNDING, NOW))
                .when(new CloseOrganisation(1, NOW))
                .thenRefused(new RunsTheInstallation());
    }
}
