/** What became of each request? One row per attempt, for as many days as are kept. */
@NullMarked
package agency.ledger.view.requests;

import org.jspecify.annotations.NullMarked;
