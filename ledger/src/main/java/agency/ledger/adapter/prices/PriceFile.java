package agency.ledger.adapter.prices;

import agency.kernel.fault.Fault;
import agency.ledger.domain.price.DatedPrice;
import agency.ledger.domain.price.ModelPattern;
import agency.ledger.domain.price.Price;
import agency.ledger.domain.price.PriceBook;
import agency.ledger.domain.price.Rate;
import agency.ledger.domain.price.VendorPrices;
import agency.ledger.port.ShippedPrices;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.time.LocalTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The shipped price book: {@code prices.json} beside its licence. Data of the project
 * pydantic/genai-prices, MIT licence; prices are decimal strings, so that nothing is ever a
 * floating-point number.
 */
public final class PriceFile implements ShippedPrices {
    private static final String RESOURCE = "/agency/ledger/prices.json";

    /** Digits after the decimal point of a nano-unit. */
    private static final int NANO_DIGITS = 9;

    /** The file as a port. */
    public PriceFile() {}

    @Override
    public PriceBook read(Set<String> freeProviders) {
        try (InputStream in = PriceFile.class.getResourceAsStream(RESOURCE)) {
            if (in == null) {
                throw broken(null);
            }
            JsonNode root = JsonMapper.builder().build().readTree(in);
            JsonNode source = root.path("source");
            List<VendorPrices> vendors = new ArrayList<>();
            for (JsonNode vendor : root.path("vendors")) {
                vendors.add(vendor(vendor));
            }
            return new PriceBook(
                    text(source, "project") + "@" + text(source, "commit"),
                    LocalDate.parse(text(source, "date")),
                    vendors,
                    freeProviders);
        } catch (IOException | JacksonException | IllegalArgumentException e) {
            throw broken(e);
        }
    }

    private static VendorPrices vendor(JsonNode node) {
        List<VendorPrices.Model> models = new ArrayList<>();
        for (JsonNode model : node.path("models")) {
            List<DatedPrice> prices = new ArrayList<>();
            for (JsonNode price : model.path("prices")) {
                prices.add(dated(price));
            }
            models.add(
                    new VendorPrices.Model(
                            text(model, "model"), pattern(model.path("match")), prices));
        }
        List<String> pages = texts(node.path("pages"));
        return new VendorPrices(
                text(node, "vendor"),
                texts(node.path("names")),
                pages.isEmpty() ? "" : pages.getFirst(),
                texts(node.path("sellsModelsOf")),
                models);
    }

    private static ModelPattern pattern(JsonNode node) {
        Map.Entry<String, JsonNode> only = node.properties().iterator().next();
        JsonNode value = only.getValue();
        return switch (only.getKey()) {
            case "equals" -> new ModelPattern.Equals(value.asString());
            case "startsWith" -> new ModelPattern.StartsWith(value.asString());
            case "endsWith" -> new ModelPattern.EndsWith(value.asString());
            case "contains" -> new ModelPattern.Contains(value.asString());
            case "matches" -> new ModelPattern.Finds(Pattern.compile(value.asString()));
            case "anyOf" -> new ModelPattern.AnyOf(patterns(value));
            case "allOf" -> new ModelPattern.AllOf(patterns(value));
            default -> throw new IllegalArgumentException("unknown pattern " + only.getKey());
        };
    }

    private static List<ModelPattern> patterns(JsonNode nodes) {
        List<ModelPattern> patterns = new ArrayList<>();
        for (JsonNode node : nodes) {
            patterns.add(pattern(node));
        }
        return patterns;
    }

    private static DatedPrice dated(JsonNode node) {
        JsonNode daily = node.path("daily");
        return new DatedPrice(
                node.has("from") ? LocalDate.parse(text(node, "from")) : null,
                daily.isMissingNode()
                        ? null
                        : new DatedPrice.Daily(
                                LocalTime.parse(text(daily, "from")),
                                LocalTime.parse(text(daily, "until"))),
                price(node));
    }

    private static Price price(JsonNode node) {
        JsonNode tokens = node.path("perMillionTokens");
        return new Price(
                orFree(rate(tokens.path("input"))),
                orFree(rate(tokens.path("output"))),
                rate(tokens.path("cacheRead")),
                rate(tokens.path("cacheWrite")),
                rate(tokens.path("inputAudio")),
                rate(tokens.path("outputAudio")),
                rate(tokens.path("cacheAudioRead")),
                node.has("perThousandRequests") ? nanos(node.path("perThousandRequests")) : 0);
    }

    /** Embedding models have no output, so they need no price for it. */
    private static Rate orFree(@Nullable Rate rate) {
        return rate == null ? Rate.FREE : rate;
    }

    private static @Nullable Rate rate(JsonNode node) {
        if (node.isMissingNode()) {
            return null;
        }
        if (!node.isObject()) {
            return Rate.flat(nanos(node));
        }
        List<Rate.Tier> tiers = new ArrayList<>();
        for (JsonNode tier : node.path("tiers")) {
            tiers.add(
                    new Rate.Tier(
                            tier.path("aboveInputTokens").asLong(), nanos(tier.path("price"))));
        }
        return new Rate(nanos(node.path("base")), tiers);
    }

    private static long nanos(JsonNode decimal) {
        return new BigDecimal(decimal.asString()).movePointRight(NANO_DIGITS).longValueExact();
    }

    private static String text(JsonNode node, String field) {
        return node.required(field).asString();
    }

    private static List<String> texts(JsonNode nodes) {
        List<String> texts = new ArrayList<>();
        for (JsonNode node : nodes) {
            texts.add(node.asString());
        }
        return texts;
    }

    private static Fault broken(@Nullable Exception cause) {
        return Fault.lasting(
                "ledger.prices-unreadable",
                "The shipped price book cannot be read: the installation is damaged.",
                Map.of("resource", RESOURCE),
                cause);
    }
}
