package agency.ledger.domain.price;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One vendor's part of the shipped book.
 *
 * @param vendor the vendor's name in the book, e.g. {@code openai}
 * @param names the provider names that mean this vendor, its own among them
 * @param page where the vendor publishes its prices
 * @param sellsModelsOf vendors whose prices hold here too when this part knows none
 * @param models its models, in order: the first match counts
 */
public record VendorPrices(
        String vendor,
        List<String> names,
        String page,
        List<String> sellsModelsOf,
        List<Model> models) {
    /** Copies the lists. */
    public VendorPrices {
        names = List.copyOf(names);
        sellsModelsOf = List.copyOf(sellsModelsOf);
        models = List.copyOf(models);
    }

    /**
     * One model's prices.
     *
     * @param model the model's name in the book
     * @param match which names of models mean it
     * @param prices its prices; of those that hold, the last counts, and if none does the first
     */
    public record Model(String model, ModelPattern match, List<DatedPrice> prices) {
        /** Refuses a model without a price. */
        public Model {
            prices = List.copyOf(prices);
            if (prices.isEmpty()) {
                throw new IllegalArgumentException(model + " needs a price or must not be listed");
            }
        }
    }

    /** The model this name means, or null when none does. */
    @Nullable Model find(String name) {
        for (Model model : models) {
            if (model.match().names(name)) {
                return model;
            }
        }
        for (Model model : models) {
            if (model.match().matches(name)) {
                return model;
            }
        }
        return null;
    }
}
