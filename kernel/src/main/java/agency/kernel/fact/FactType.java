package agency.kernel.fact;

/**
 * The stored name of one shape of fact. Names are chosen once ({@code ledger.hold.placed}) and kept
 * for ever; they are never class names.
 *
 * @param name the stored name, at most 80 characters, lower-case words joined by dots
 * @param version which shape under that name, 1 for the first
 * @param type the record that carries it
 */
public record FactType<E extends Record>(String name, int version, Class<E> type) {
    /** Refuses a name that is not lower-case words joined by dots, and a version below 1. */
    public FactType {
        if (name.length() > 80 || !name.matches("[a-z][a-z0-9-]*(\\.[a-z][a-z0-9-]*)+")) {
            throw new IllegalArgumentException("not a name for a fact: " + name);
        }
        if (version < 1) {
            throw new IllegalArgumentException(
                    "versions of " + name + " begin at 1, not " + version);
        }
    }
}
