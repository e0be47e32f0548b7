/** What attempts used: one finished attempt, and the batch of them that is one fact. */
@NullMarked
package agency.ledger.domain.usage;

import org.jspecify.annotations.NullMarked;
