package agency.access.domain.project;

/** Why not. */
public sealed interface ProjectRefusal {
    /** The name cannot be used; {@code flaw} ends the sentence "the name …". */
    record UnfitName(String flaw) implements ProjectRefusal {}

    /** There is no such project. */
    record NeverOpened() implements ProjectRefusal {}

    /** It was closed. */
    record Closed() implements ProjectRefusal {}

    /** More projects than {@code most} are open. */
    record TooMany(int most) implements ProjectRefusal {}

    /** It is not any more what whoever asks has seen. */
    record Changed() implements ProjectRefusal {}
}
