package agency.ledger.flow;

import agency.ledger.domain.price.PriceBook;
import agency.ledger.domain.price.Quote;
import agency.ledger.domain.price.Tariff;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * What each provider's model costs now, answered from memory: the book with its patterns is asked
 * once per model, and again when its answer may have become another.
 */
final class Tariffs {
    /** Most models remembered; beyond them all are forgotten and asked for again. */
    static final int MAX_MODELS = 10_000;

    /** Longest time an answer is used, in milliseconds: a provider may have been renamed. */
    static final long MAX_AGE_MILLIS = 60_000;

    private record Known(Tariff tariff, PriceBook book, long untilMillis) {}

    private final Map<String, Map<String, Known>> known = new ConcurrentHashMap<>();
    private final Supplier<PriceBook> book;
    private final UnaryOperator<String> vendors;

    /**
     * Tariffs out of a book.
     *
     * @param book the book as it is now; a new one is a new object
     * @param vendors the vendor a provider stands for, by the provider's name
     */
    Tariffs(Supplier<PriceBook> book, UnaryOperator<String> vendors) {
        this.book = book;
        this.vendors = vendors;
    }

    /** The tariff of a provider's model at a moment. */
    Tariff of(String provider, String model, long nowMillis) {
        @Nullable Map<String, Known> models = known.get(provider);
        @Nullable Known found = models == null ? null : models.get(model);
        PriceBook now = book.get();
        if (found != null && found.book() == now && nowMillis < found.untilMillis()) {
            return found.tariff();
        }
        return look(provider, model, nowMillis, now);
    }

    private Tariff look(String provider, String model, long nowMillis, PriceBook now) {
        Instant moment = Instant.ofEpochMilli(nowMillis);
        Quote quote = now.quote(provider, model, moment);
        if (quote.version() == null) {
            String vendor = vendors.apply(provider);
            if (!vendor.equals(provider)) {
                Quote asVendor = now.quote(vendor, model, moment);
                quote =
                        new Quote(
                                asVendor.version(),
                                quote.until().isBefore(asVendor.until())
                                        ? quote.until()
                                        : asVendor.until());
            }
        }
        long until = nowMillis + MAX_AGE_MILLIS;
        if (quote.until().isBefore(Instant.ofEpochMilli(until))) {
            until = quote.until().toEpochMilli();
        }
        Tariff tariff = Tariff.of(provider, model, quote.version());
        Map<String, Known> models =
                known.computeIfAbsent(provider, any -> new ConcurrentHashMap<>());
        if (models.size() >= MAX_MODELS || known.size() >= MAX_MODELS) {
            known.clear();
        } else {
            models.put(model, new Known(tariff, now, until));
        }
        return tariff;
    }
}
