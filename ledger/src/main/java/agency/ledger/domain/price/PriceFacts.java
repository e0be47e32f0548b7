package agency.ledger.domain.price;

import agency.kernel.fact.FactType;
import agency.kernel.fact.StreamName;

/** The stored name of prices and the streams they lie in. */
public final class PriceFacts {
    /** An operator set a price. */
    public static final FactType<PriceSet> PRICE_SET =
            new FactType<>("ledger.price.set", 1, PriceSet.class);

    /** The category of prices. */
    public static final String PRICES = "ledger.price";

    private PriceFacts() {}

    /** The stream of one model's prices. */
    public static StreamName prices(int tenant, ModelName name) {
        return StreamName.of(tenant, PRICES, name.provider() + "/" + name.model());
    }
}
