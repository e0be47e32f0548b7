package agency.access.domain.organisation;

import java.time.Instant;

/** What can be asked of an organisation. */
public sealed interface OrganisationCommand {
    /** Open it, with everything that its founding makes decided at once. */
    record OpenOrganisation(int number, String name, Founding founding, Instant at)
            implements OrganisationCommand {}

    /** Call it something else. */
    record RenameOrganisation(int number, String name, Instant at) implements OrganisationCommand {}

    /** Close it for ever, with all that lets in to it. */
    record CloseOrganisation(int number, Instant at) implements OrganisationCommand {}
}
