/** The shipped price book, read from a resource. */
@NullMarked
package agency.ledger.adapter.prices;

import org.jspecify.annotations.NullMarked;
