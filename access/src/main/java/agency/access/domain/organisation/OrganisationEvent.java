package agency.access.domain.organisation;

import java.time.Instant;

/** What happened to an organisation. */
public sealed interface OrganisationEvent {
    /** It was opened. */
    record OrganisationOpened(int number, String name, Founding founding, Instant at)
            implements OrganisationEvent {}

    /** It is called something else. */
    record OrganisationRenamed(int number, String name, Instant at) implements OrganisationEvent {}

    /** It was closed for ever: nobody and no key of it is let in any more. */
    record OrganisationClosed(int number, Instant at) implements OrganisationEvent {}
}
