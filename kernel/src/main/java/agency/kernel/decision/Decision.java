package agency.kernel.decision;

import java.util.List;

/** The answer to a command: accepted (possibly with nothing to add) or rejected with a reason. */
public sealed interface Decision<E, R> {
    /** Accepted. An empty list means that it is already so. */
    record Accepted<E, R>(List<E> events) implements Decision<E, R> {
        /** Copies the events, in order. */
        public Accepted {
            events = List.copyOf(events);
        }
    }

    /** Rejected, an expected no. */
    record Rejected<E, R>(R reason) implements Decision<E, R> {}

    /** Accepts with these events, in this order. */
    @SafeVarargs
    @SuppressWarnings("varargs") // only read, never stored as an array
    static <E, R> Decision<E, R> accept(E... events) {
        return new Accepted<>(List.of(events));
    }

    /** Accepts and adds nothing: what was asked for is already so. */
    static <E, R> Decision<E, R> nothing() {
        return new Accepted<>(List.of());
    }

    /** Rejects for this reason. */
    static <E, R> Decision<E, R> reject(R reason) {
        return new Rejected<>(reason);
    }
}
