/**
 * What a token costs: rates, patterns of model names, dates, and the one rounding of an attempt.
 */
@NullMarked
package agency.ledger.domain.price;

import org.jspecify.annotations.NullMarked;
