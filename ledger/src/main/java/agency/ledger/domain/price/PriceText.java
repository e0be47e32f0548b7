package agency.ledger.domain.price;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A price as one short word, for the usage journal: what an attempt costs must be known even when
 * the book has changed since. Rates in a fixed order, separated by semicolons; an absent one is
 * empty; tiers follow their rate as {@code ,start:price}.
 */
final class PriceText {
    private static final int FIELDS = 8;

    private PriceText() {}

    static String write(Price price) {
        return String.join(
                ";",
                rate(price.input()),
                rate(price.output()),
                rate(price.cacheRead()),
                rate(price.cacheWrite()),
                rate(price.inputAudio()),
                rate(price.outputAudio()),
                rate(price.cacheAudioRead()),
                Long.toString(price.nanosPerThousandRequests()));
    }

    static Price read(String text) {
        String[] fields = text.split(";", -1);
        if (fields.length != FIELDS) {
            throw new IllegalArgumentException("not a price: " + fields.length + " fields");
        }
        return new Price(
                present(fields[0]),
                present(fields[1]),
                rate(fields[2]),
                rate(fields[3]),
                rate(fields[4]),
                rate(fields[5]),
                rate(fields[6]),
                Long.parseLong(fields[7]));
    }

    private static String rate(@Nullable Rate rate) {
        if (rate == null) {
            return "";
        }
        return rate.nanosPerMillion()
                + rate.tiers().stream()
                        .map(tier -> "," + tier.aboveInputTokens() + ":" + tier.nanosPerMillion())
                        .collect(Collectors.joining());
    }

    private static Rate present(String text) {
        @Nullable Rate rate = rate(text);
        if (rate == null) {
            throw new IllegalArgumentException("not a price: no rate of input or output");
        }
        return rate;
    }

    private static @Nullable Rate rate(String text) {
        if (text.isEmpty()) {
            return null;
        }
        String[] parts = text.split(",", -1);
        List<Rate.Tier> tiers = new ArrayList<>();
        for (int i = 1; i < parts.length; i++) {
            int colon = parts[i].indexOf(':');
            tiers.add(
                    new Rate.Tier(
                            Long.parseLong(parts[i].substring(0, colon)),
                            Long.parseLong(parts[i].substring(colon + 1))));
        }
        return new Rate(Long.parseLong(parts[0]), tiers);
    }
}
