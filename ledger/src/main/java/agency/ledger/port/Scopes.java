package agency.ledger.port;

import agency.ledger.domain.budget.Scope;

/** Knows whom a budget can be for. Reads memory only. */
@FunctionalInterface
public interface Scopes {
    /** Whether an organisation has this project, person or key. */
    boolean has(int tenant, Scope scope);
}
