/** The ledger's routes: usage, requests, prices. */
@NullMarked
package agency.ledger.adapter.http;

import org.jspecify.annotations.NullMarked;
