package agency.access.domain.person;

/** Why not. */
public sealed interface PersonRefusal {
    /** The name cannot be used; {@code flaw} ends the sentence "the name …". */
    record UnfitName(String flaw) implements PersonRefusal {}
}
