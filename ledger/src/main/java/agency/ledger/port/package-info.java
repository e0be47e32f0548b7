/**
 * What the ledger's flows need from the world: a journal that survives us, and the shipped prices.
 */
@NullMarked
package agency.ledger.port;

import org.jspecify.annotations.NullMarked;
