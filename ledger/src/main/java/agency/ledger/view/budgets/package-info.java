/** Which budgets there are and what has been taken of them. */
@NullMarked
package agency.ledger.view.budgets;

import org.jspecify.annotations.NullMarked;
