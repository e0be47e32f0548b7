package agency.ledger.domain.price;

import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * All prices: what an operator set, then what costs nothing by rule, then the shipped book. A model
 * that none of them knows is unpriced, which is not the same as free.
 */
public final class PriceBook {
    private final Map<String, VendorPrices> vendors = new HashMap<>();
    private final Set<String> freeProviders;
    private final String source;
    private final LocalDate date;
    private final Map<ModelName, List<PriceSet>> set;

    /**
     * A book.
     *
     * @param source whose prices the shipped ones are, e.g. {@code pydantic/genai-prices@47df840a}
     * @param date as of when
     * @param shipped the vendors
     * @param freeProviders providers whose models cost nothing by rule: they run here
     */
    public PriceBook(
            String source, LocalDate date, List<VendorPrices> shipped, Set<String> freeProviders) {
        this(source, date, freeProviders, Map.of());
        for (VendorPrices vendor : shipped) {
            for (String name : vendor.names()) {
                vendors.put(name, vendor);
            }
        }
    }

    private PriceBook(
            String source,
            LocalDate date,
            Set<String> freeProviders,
            Map<ModelName, List<PriceSet>> set) {
        this.source = source;
        this.date = date;
        this.freeProviders = Set.copyOf(freeProviders);
        this.set = set;
    }

    /** The same shipped book with these prices set over it; of one model's, by rising start. */
    public PriceBook with(Map<ModelName, List<PriceSet>> prices) {
        Map<ModelName, List<PriceSet>> copy = new HashMap<>();
        prices.forEach((name, list) -> copy.put(name, List.copyOf(list)));
        PriceBook book = new PriceBook(source, date, freeProviders, Map.copyOf(copy));
        book.vendors.putAll(vendors);
        return book;
    }

    /** The price of a provider's model at a moment. */
    public Quote quote(String provider, String model, Instant moment) {
        Instant until = Instant.MAX;
        @Nullable PriceSet current = null;
        for (PriceSet price : set.getOrDefault(new ModelName(provider, model), List.of())) {
            if (price.from().isAfter(moment)) {
                until = price.from();
                break;
            }
            current = price;
        }
        if (current != null) {
            return new Quote(version(current), until);
        }
        if (freeProviders.contains(provider)) {
            return new Quote(free(provider), until);
        }
        Quote shipped = shipped(provider, model, moment).orElse(new Quote(null, Instant.MAX));
        return new Quote(shipped.version(), earlier(shipped.until(), until));
    }

    /** Where the shipped prices come from. */
    public String source() {
        return source;
    }

    /** As of when the shipped prices are. */
    public LocalDate date() {
        return date;
    }

    /** The shipped vendors, by name. */
    public List<VendorPrices> shipped() {
        return vendors.values().stream()
                .distinct()
                .sorted(Comparator.comparing(VendorPrices::vendor))
                .toList();
    }

    private Optional<Quote> shipped(String provider, String model, Instant moment) {
        String bare = provider.toLowerCase(Locale.ROOT);
        int colon = model.lastIndexOf(':');
        if (colon > 0) {
            // A router's "model:vendor" has the prices of that vendor behind that router.
            @Nullable VendorPrices behind = vendors.get(bare + "_" + model.substring(colon + 1));
            if (behind != null) {
                return found(behind, model.substring(0, colon), moment);
            }
        }
        @Nullable VendorPrices vendor = vendors.get(bare);
        if (vendor == null) {
            return Optional.empty();
        }
        Optional<Quote> own = found(vendor, model, moment);
        if (own.isPresent()) {
            return own;
        }
        for (String other : vendor.sellsModelsOf()) {
            @Nullable VendorPrices maker = vendors.get(other);
            Optional<Quote> theirs = maker == null ? Optional.empty() : found(maker, model, moment);
            if (theirs.isPresent()) {
                return theirs;
            }
        }
        return Optional.empty();
    }

    private Optional<Quote> found(VendorPrices vendor, String name, Instant moment) {
        VendorPrices.@Nullable Model model = vendor.find(name);
        if (model == null) {
            model = vendor.find(name.toLowerCase(Locale.ROOT));
        }
        if (model == null) {
            return Optional.empty();
        }
        int holding = 0;
        Instant until = Instant.MAX;
        for (int i = 0; i < model.prices().size(); i++) {
            DatedPrice price = model.prices().get(i);
            until = earlier(until, price.nextChange(moment));
            if (price.holds(moment)) {
                holding = i;
            }
        }
        String id = date + "/" + vendor.vendor() + "/" + model.model();
        Price price = model.prices().get(holding).price();
        return Optional.of(
                new Quote(
                        new PriceVersion(
                                model.prices().size() == 1 ? id : id + "#" + holding,
                                source,
                                date,
                                price),
                        until));
    }

    private PriceVersion free(String provider) {
        return new PriceVersion("rule/" + provider, "runs here, costs nothing", date, Price.FREE);
    }

    private static PriceVersion version(PriceSet set) {
        return new PriceVersion(
                "set/" + set.provider() + "/" + set.model() + "@" + set.from(),
                "operator",
                set.from().atOffset(ZoneOffset.UTC).toLocalDate(),
                set.price());
    }

    private static Instant earlier(Instant a, Instant b) {
        return a.isBefore(b) ? a : b;
    }
}
