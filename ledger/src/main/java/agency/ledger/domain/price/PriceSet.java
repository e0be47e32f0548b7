package agency.ledger.domain.price;

import java.time.Instant;

/**
 * An operator set the price of a provider's model from a moment on; stored as {@code
 * ledger.price.set}. What was admitted before that moment keeps its price.
 *
 * @param provider the provider's name
 * @param model the model's name as the provider knows it
 * @param from the first moment it holds
 * @param price the price
 */
public record PriceSet(String provider, String model, Instant from, Price price) {}
