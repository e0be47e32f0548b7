/** What was used, by whom, of what, in which hour? */
@NullMarked
package agency.ledger.view.usagebyhour;

import org.jspecify.annotations.NullMarked;
