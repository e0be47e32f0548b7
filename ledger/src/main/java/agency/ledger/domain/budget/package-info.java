/**
 * Budgets: what an organisation, a project, a person or a key may use, and how it is shared out to
 * the processes that spend it.
 */
@NullMarked
package agency.ledger.domain.budget;

import org.jspecify.annotations.NullMarked;
