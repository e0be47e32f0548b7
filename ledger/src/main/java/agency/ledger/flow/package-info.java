/** The ledger's stories: admit and settle, drain the journal, recover what a dead process left. */
@NullMarked
package agency.ledger.flow;

import org.jspecify.annotations.NullMarked;
