package agency.ledger.adapter.http;

import agency.kernel.fact.FactMeta;
import agency.kernel.fact.StreamName;
import agency.ledger.domain.price.DatedPrice;
import agency.ledger.domain.price.Price;
import agency.ledger.domain.price.PriceBook;
import agency.ledger.domain.price.PriceSet;
import agency.ledger.domain.price.PriceVersion;
import agency.ledger.domain.price.Pricing;
import agency.ledger.domain.price.Quote;
import agency.ledger.domain.price.Rate;
import agency.ledger.domain.price.VendorPrices;
import agency.ledger.flow.SetPrice;
import agency.ledger.view.prices.PricesInForce;
import agency.platform.http.Answer;
import agency.platform.http.Call;
import agency.platform.http.Paging;
import agency.platform.http.Permission;
import agency.platform.http.Problem;
import agency.platform.http.Route;
import io.vertx.core.http.HttpMethod;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What models cost, and how an operator says so. */
public final class PriceRoutes {
    private final PricesInForce prices;
    private final SetPrice setPrice;
    private final InstantSource clock;
    private final String currency;

    /** The routes. */
    public PriceRoutes(
            PricesInForce prices, SetPrice setPrice, InstantSource clock, String currency) {
        this.prices = prices;
        this.setPrice = setPrice;
        this.clock = clock;
        this.currency = currency;
    }

    /** The list of them. */
    public List<Route> routes() {
        return List.of(
                Route.of(
                        HttpMethod.GET,
                        "/api/v1/prices",
                        "listPrices",
                        Permission.of("prices.read"),
                        this::list),
                Route.of(
                        HttpMethod.PUT,
                        "/api/v1/prices/{provider}/{model}",
                        "setPrice",
                        Permission.of("prices.write"),
                        this::set));
    }

    record Tier(
            long aboveInputTokens,
            String input,
            String output,
            @Nullable String cacheRead,
            @Nullable String cacheWrite) {}

    record PriceBody(
            @Nullable Instant from,
            String input,
            String output,
            @Nullable String cacheRead,
            @Nullable String cacheWrite,
            @Nullable String perThousandRequests,
            @Nullable List<Tier> tiers) {}

    record ShownTier(long aboveInputTokens, String price) {}

    record ShownRate(String price, List<ShownTier> tiers) {}

    record Shown(
            String provider,
            String model,
            String source,
            String asOf,
            @Nullable String page,
            @Nullable String from,
            @Nullable String daily,
            ShownRate input,
            ShownRate output,
            @Nullable ShownRate cacheRead,
            @Nullable ShownRate cacheWrite,
            @Nullable ShownRate inputAudio,
            @Nullable ShownRate outputAudio,
            @Nullable ShownRate cacheAudioRead,
            @Nullable String perThousandRequests) {}

    record InForce(String provider, String model, boolean priced, @Nullable Shown price) {}

    record Page(
            String currency,
            String per,
            @Nullable InForce inForce,
            List<Shown> items,
            @Nullable String nextCursor) {}

    private Answer list(Call call) {
        Asking asking = new Asking(call);
        Optional<String> provider = asking.name("provider");
        Optional<String> model = asking.name("model");
        int limit = Paging.limit(call);
        int offset = asking.number("cursor", 0, 1_000_000, 0);
        List<Shown> all = new ArrayList<>();
        for (PriceSet set : prices.set()) {
            if (provider.filter(name -> !name.equals(set.provider())).isEmpty()
                    && model.filter(name -> !name.equals(set.model())).isEmpty()) {
                all.add(shown(set));
            }
        }
        PriceBook book = prices.book();
        book.shipped().stream()
                .filter(vendor -> provider.filter(p -> !vendor.names().contains(p)).isEmpty())
                .forEach(vendor ->
                        vendor.models().stream()
                                .filter(one -> model.filter(m -> !one.match().matches(m)).isEmpty())
                                .forEach(one -> all.addAll(shown(book, vendor, one))));
        int end = Math.min(all.size(), offset + limit);
        return Answer.ok(
                new Page(
                        currency,
                        "million tokens",
                        provider.isPresent() && model.isPresent()
                                ? inForce(book, provider.get(), model.get())
                                : null,
                        offset >= all.size() ? List.of() : all.subList(offset, end),
                        end < all.size() ? Integer.toString(end) : null));
    }

    private Answer set(Call call) {
        String provider = call.path("provider");
        String model = call.path("model");
        int length = provider.length() + 1 + model.length();
        if (provider.isEmpty() || model.isEmpty() || length > StreamName.MAX_KEY) {
            throw Asking.wrong(
                    "model",
                    "and the provider must have 2 to "
                            + (StreamName.MAX_KEY - 1)
                            + " characters together");
        }
        PriceBody body = call.body(PriceBody.class);
        Price price = price(body);
        Instant now = clock.instant();
        PriceSet set =
                new PriceSet(provider, model, body.from() == null ? now : body.from(), price);
        FactMeta meta = new FactMeta(call.principal().actor().toString(), call.request(), null);
        Optional<Pricing.PriceRefusal> refused = setPrice.set(call.principal().tenant(), set, meta);
        if (refused.isPresent()) {
            throw problem(refused.get());
        }
        return Answer.ok(shown(set));
    }

    private static Problem problem(Pricing.PriceRefusal refusal) {
        String detail =
                switch (refusal) {
                    case Pricing.PriceRefusal.ReachesBack(Instant earliest) ->
                            "The price may not hold from before "
                                    + earliest
                                    + ": what was used has its price already.";
                    case Pricing.PriceRefusal.BeforeTheLast(Instant last) ->
                            "A price of this model that holds from "
                                    + last
                                    + " is set already; a new one must hold from then or later.";
                    case Pricing.PriceRefusal.TooMany(int most) ->
                            "This model has been given " + most + " prices, which is the most.";
                };
        return new Problem(409, "price-refused", "The price is refused", detail);
    }

    private static InForce inForce(PriceBook book, String provider, String model, Instant now) {
        Quote quote = book.quote(provider, model, now);
        @Nullable PriceVersion version = quote.version();
        return new InForce(
                provider,
                model,
                version != null,
                version == null
                        ? null
                        : shown(
                                provider,
                                model,
                                version.source(),
                                version.date().toString(),
                                null,
                                null,
                                null,
                                version.price()));
    }

    private InForce inForce(PriceBook book, String provider, String model) {
        return inForce(book, provider, model, clock.instant());
    }

    private static Shown shown(PriceSet set) {
        return shown(
                set.provider(),
                set.model(),
                "operator",
                set.from().toString().substring(0, 10),
                null,
                set.from().toString(),
                null,
                set.price());
    }

    private static List<Shown> shown(
            PriceBook book, VendorPrices vendor, VendorPrices.Model model) {
        List<Shown> shown = new ArrayList<>();
        for (DatedPrice price : model.prices()) {
            DatedPrice.@Nullable Daily daily = price.daily();
            shown.add(
                    shown(
                            vendor.vendor(),
                            model.model(),
                            book.source(),
                            book.date().toString(),
                            vendor.page(),
                            price.from() == null ? null : price.from().toString(),
                            daily == null ? null : daily.from() + "-" + daily.until() + "Z",
                            price.price()));
        }
        return shown;
    }

    private static Shown shown(
            String provider,
            String model,
            String source,
            String asOf,
            @Nullable String page,
            @Nullable String from,
            @Nullable String daily,
            Price price) {
        return new Shown(
                provider,
                model,
                source,
                asOf,
                page,
                from,
                daily,
                shownPresent(price.input()),
                shownPresent(price.output()),
                shown(price.cacheRead()),
                shown(price.cacheWrite()),
                shown(price.inputAudio()),
                shown(price.outputAudio()),
                shown(price.cacheAudioRead()),
                price.nanosPerThousandRequests() == 0
                        ? null
                        : Money.decimal(price.nanosPerThousandRequests()));
    }

    private static @Nullable ShownRate shown(@Nullable Rate rate) {
        return rate == null ? null : shownPresent(rate);
    }

    private static ShownRate shownPresent(Rate rate) {
        return new ShownRate(
                Money.decimal(rate.nanosPerMillion()),
                rate.tiers().stream()
                        .map(tier ->
                                new ShownTier(
                                        tier.aboveInputTokens(),
                                        Money.decimal(tier.nanosPerMillion())))
                        .toList());
    }

    private static Price price(PriceBody body) {
        List<Tier> tiers = body.tiers() == null ? List.of() : body.tiers();
        try {
            return new Price(
                    rate(
                            "input",
                            body.input(),
                            tiers.stream().map(t -> tier(t, t.input())).toList()),
                    rate(
                            "output",
                            body.output(),
                            tiers.stream().map(t -> tier(t, t.output())).toList()),
                    cache("cache_read", body.cacheRead(), tiers, Tier::cacheRead),
                    cache("cache_write", body.cacheWrite(), tiers, Tier::cacheWrite),
                    null,
                    null,
                    null,
                    body.perThousandRequests() == null
                            ? 0
                            : Money.nanos("per_thousand_requests", body.perThousandRequests()));
        } catch (IllegalArgumentException e) {
            throw new Problem(
                    400,
                    "price-wrong",
                    "The price is wrong",
                    "Not a price: " + e.getMessage() + ".");
        }
    }

    private static @Nullable Rate cache(
            String field,
            @Nullable String base,
            List<Tier> tiers,
            java.util.function.Function<Tier, @Nullable String> price) {
        if (base == null) {
            return null;
        }
        List<Rate.Tier> rates = new ArrayList<>();
        for (Tier tier : tiers) {
            @Nullable String own = price.apply(tier);
            if (own != null) {
                rates.add(tier(tier, own));
            }
        }
        return rate(field, base, rates);
    }

    private static Rate rate(String field, String base, List<Rate.Tier> tiers) {
        return new Rate(Money.nanos(field, base), tiers);
    }

    private static Rate.Tier tier(Tier tier, String price) {
        return new Rate.Tier(tier.aboveInputTokens(), Money.nanos("tiers", price));
    }
}
