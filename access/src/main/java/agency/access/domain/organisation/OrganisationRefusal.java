package agency.access.domain.organisation;

/** Why not. */
public sealed interface OrganisationRefusal {
    /** The name cannot be used; {@code flaw} ends the sentence "the name …". */
    record UnfitName(String flaw) implements OrganisationRefusal {}
}
