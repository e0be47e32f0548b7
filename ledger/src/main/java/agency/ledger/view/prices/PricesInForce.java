package agency.ledger.view.prices;

import agency.kernel.fact.Recorded;
import agency.ledger.domain.price.ModelName;
import agency.ledger.domain.price.PriceBook;
import agency.ledger.domain.price.PriceFacts;
import agency.ledger.domain.price.PriceSet;
import agency.platform.projection.MemoryView;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The price book as it is now; a new book after every change, so that its identity is its age. */
public final class PricesInForce implements MemoryView {
    private final Supplier<PriceBook> shipped;
    private final Map<ModelName, List<PriceSet>> set = new HashMap<>();
    private @Nullable PriceBook base;
    private volatile @Nullable PriceBook book;

    /** A view over the shipped book, which is read when it is first needed. */
    public PricesInForce(Supplier<PriceBook> shipped) {
        this.shipped = shipped;
    }

    /** The book now. */
    public PriceBook book() {
        @Nullable PriceBook now = book;
        return now == null ? made() : now;
    }

    /** What operators set, by model, oldest first. */
    public synchronized List<PriceSet> set() {
        return set.values().stream().flatMap(List::stream).toList();
    }

    @Override
    public String name() {
        return "ledger.prices";
    }

    @Override
    public Set<String> categories() {
        return Set.of(PriceFacts.PRICES);
    }

    @Override
    public synchronized void reset() {
        set.clear();
        book = base().with(set);
    }

    @Override
    public synchronized void apply(Recorded fact) {
        if (fact.fact() instanceof PriceSet price) {
            set.computeIfAbsent(
                            new ModelName(price.provider(), price.model()),
                            any -> new ArrayList<>())
                    .add(price);
            book = base().with(set);
        }
    }

    private synchronized PriceBook made() {
        @Nullable PriceBook now = book;
        if (now == null) {
            now = base().with(set);
            book = now;
        }
        return now;
    }

    private PriceBook base() {
        @Nullable PriceBook known = base;
        if (known == null) {
            known = shipped.get();
            base = known;
        }
        return known;
    }
}
