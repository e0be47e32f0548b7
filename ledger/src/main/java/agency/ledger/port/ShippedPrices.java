package agency.ledger.port;

import agency.ledger.domain.price.PriceBook;
import java.util.Set;

/** The prices the product ships with. */
@FunctionalInterface
public interface ShippedPrices {
    /**
     * Reads the book.
     *
     * @param freeProviders providers whose models cost nothing by rule
     */
    PriceBook read(Set<String> freeProviders);
}
