package agency.access.domain.organisation;

import java.time.Instant;

/** What happened to an organisation. */
public sealed interface OrganisationEvent {
    /** It was opened. */
    record OrganisationOpened(int number, String name, Founding founding, Instant at)
            implements OrganisationEvent {}
}
