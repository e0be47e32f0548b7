/** How much of each budget has been used, by whom it was set aside for. */
@NullMarked
package agency.ledger.view.usagebybudget;

import org.jspecify.annotations.NullMarked;
