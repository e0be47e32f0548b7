package agency.platform.log;

import agency.kernel.fact.Position;

/** The log's answer to one {@link Append}. Anything else (the database gone, say) is a fault. */
public sealed interface Appended {
    /** Recorded and durable; {@code last} is the position of the append's last fact. */
    record Ok(int version, Position last) implements Appended {}

    /** The stream had moved on to {@code actual}; nothing was recorded. */
    record WrongVersion(int actual) implements Appended {}

    /** The same request was recorded before, at {@code earlier}; nothing was recorded now. */
    record Duplicate(Position earlier) implements Appended {}

    /** Another stream holds the claimed value of this kind; nothing was recorded. */
    record Taken(String kind) implements Appended {}
}
