package agency.access.domain.organisation;

/** Why not. */
public sealed interface OrganisationRefusal {
    /** The name cannot be used; {@code flaw} ends the sentence "the name …". */
    record UnfitName(String flaw) implements OrganisationRefusal {}

    /** There is no such organisation. */
    record NeverOpened() implements OrganisationRefusal {}

    /** It was closed. */
    record Closed() implements OrganisationRefusal {}

    /** It is the one that runs the installation. */
    record RunsTheInstallation() implements OrganisationRefusal {}

    /** There are as many as there can be. */
    record TooMany(int most) implements OrganisationRefusal {}

    /** It is not any more what whoever asks has seen. */
    record Changed() implements OrganisationRefusal {}
}
