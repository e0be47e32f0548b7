package agency.access.domain.session;

/** Why not. */
public sealed interface SessionRefusal {
    /** There is no such session. */
    record NeverOpened() implements SessionRefusal {}

    /** It would have ended before it began, or the id belongs to another. */
    record Unfit() implements SessionRefusal {}
}
