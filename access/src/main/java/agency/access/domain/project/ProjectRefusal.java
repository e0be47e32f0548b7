package agency.access.domain.project;

/** Why not. */
public sealed interface ProjectRefusal {
    /** The name cannot be used; {@code flaw} ends the sentence "the name …". */
    record UnfitName(String flaw) implements ProjectRefusal {}
}
