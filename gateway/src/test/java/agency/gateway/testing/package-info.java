/**
 * What the gateway's tests stand on: an upstream that does as it is told, a ledger that remembers.
 */
@NullMarked
package agency.gateway.testing;

import org.jspecify.annotations.NullMarked;
