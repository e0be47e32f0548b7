package agency.access.domain.person;

/** Why not. */
public sealed interface PersonRefusal {
    /** The name cannot be used; {@code flaw} ends the sentence "the name …". */
    record UnfitName(String flaw) implements PersonRefusal {}

    /** The e-mail cannot be used; {@code flaw} ends the sentence "the e-mail …". */
    record UnfitEmail(String flaw) implements PersonRefusal {}

    /** Another person of the organisation has the e-mail. */
    record EmailTaken() implements PersonRefusal {}

    /** Nobody with this id was ever entered. */
    record NeverRegistered() implements PersonRefusal {}

    /** It is not any more what whoever asks has seen. */
    record Changed() implements PersonRefusal {}

    /** It is known where mail reaches the person. */
    record EmailKnown() implements PersonRefusal {}

    /** Nobody signs in by a password without an e-mail. */
    record NoEmail() implements PersonRefusal {}

    /** He was erased. */
    record Erased() implements PersonRefusal {}
}
