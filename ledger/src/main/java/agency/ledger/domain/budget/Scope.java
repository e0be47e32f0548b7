package agency.ledger.domain.budget;

import java.util.UUID;

/**
 * Whose attempts a budget bounds.
 *
 * @param kind what it is
 * @param id its id
 */
public record Scope(Kind kind, UUID id) {
    /** What can have a budget. */
    public enum Kind {
        /** Everything an organisation does. */
        ORGANISATION,
        /** What is done in a project. */
        PROJECT,
        /** What the keys of a person do. */
        PERSON,
        /** What one key does. */
        KEY
    }

    /** A whole organisation, by its number. */
    public static Scope organisation(int tenant) {
        return new Scope(Kind.ORGANISATION, new UUID(0, tenant));
    }
}
