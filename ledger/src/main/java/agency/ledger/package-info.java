/** Every coin and token: prices, permits, the usage journal and what it adds up to. */
@NullMarked
package agency.ledger;

import org.jspecify.annotations.NullMarked;
