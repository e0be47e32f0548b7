/** How much a key may still spend: posted and held against a cap. */
@NullMarked
package agency.ledger.domain.cap;

import org.jspecify.annotations.NullMarked;
