package agency.app.bridge;

import agency.access.AccessContext;
import agency.ledger.domain.budget.Scope;
import agency.ledger.port.Scopes;

/** ledger → access: a budget is of an organisation, or of what access knows in it. */
public final class BudgetsAreOfAccess implements Scopes {
    private final AccessContext access;

    /** Asks this. */
    public BudgetsAreOfAccess(AccessContext access) {
        this.access = access;
    }

    @Override
    public boolean has(int tenant, Scope scope) {
        return switch (scope.kind()) {
            case ORGANISATION -> scope.equals(Scope.organisation(tenant));
            case PROJECT -> access.hasProject(tenant, scope.id());
            case PERSON -> access.hasMember(tenant, scope.id());
            case KEY -> access.hasKey(tenant, scope.id());
        };
    }
}
