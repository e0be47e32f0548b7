package agency.access.domain.account;

/** Why not. */
public sealed interface ServiceAccountRefusal {
    /** The name cannot be used; {@code flaw} ends the sentence "the name …". */
    record UnfitName(String flaw) implements ServiceAccountRefusal {}

    /** There is no such service account. */
    record NeverOpened() implements ServiceAccountRefusal {}

    /** It was closed. */
    record Closed() implements ServiceAccountRefusal {}

    /** The organisation has no open project with that id. */
    record NoProject() implements ServiceAccountRefusal {}

    /** More service accounts than {@code most} are open. */
    record TooMany(int most) implements ServiceAccountRefusal {}

    /** It is not any more what whoever asks has seen. */
    record Changed() implements ServiceAccountRefusal {}
}
