package agency.ledger.domain.price;

/**
 * A model as one provider sells it.
 *
 * @param provider the provider's name, e.g. {@code openai}
 * @param model the model's name as the provider knows it
 */
public record ModelName(String provider, String model) {}
