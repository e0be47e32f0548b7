/** What does a model cost? The price book in memory, with what operators set over it. */
@NullMarked
package agency.ledger.view.prices;

import org.jspecify.annotations.NullMarked;
