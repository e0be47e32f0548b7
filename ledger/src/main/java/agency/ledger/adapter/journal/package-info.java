/** The usage journal as memory-mapped files. */
@NullMarked
package agency.ledger.adapter.journal;

import org.jspecify.annotations.NullMarked;
