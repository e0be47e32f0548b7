package agency.gateway.domain.wire;

/** What one scan of a request's body found. */
public sealed interface Scanned {
    /**
     * The body is not a JSON object, or a field that the gateway reads has the wrong type.
     *
     * @param line where, from 1
     * @param column where in the line, in characters from 1
     * @param what what was wrong and what would be right
     * @param field the field with the wrong type; empty when the JSON itself is bad
     */
    record Malformed(int line, int column, String what, String field) implements Scanned {}

    /** The body is a request; see {@link WireRequest}. */
    record Well(WireRequest request) implements Scanned {}
}
