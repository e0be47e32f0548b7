/** What others may hold of the ledger: its settings. */
@NullMarked
package agency.ledger.api;

import org.jspecify.annotations.NullMarked;
