package agency.ledger.domain.price;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The book's answer for one model at one moment.
 *
 * @param version the price, or null when the model is unpriced
 * @param until the first moment at which the answer may be another
 */
public record Quote(@Nullable PriceVersion version, Instant until) {}
