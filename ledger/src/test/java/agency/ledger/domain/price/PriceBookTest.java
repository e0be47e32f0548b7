package agency.ledger.domain.price;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class PriceBookTest {
    private static final Instant NOON = Instant.parse("2026-11-21T12:00:00Z");
    private static final LocalDate DATE = LocalDate.of(2026, 8, 21);

    private static Price price(long nanos) {
        return Price.of(Rate.flat(nanos), Rate.flat(nanos));
    }

    private static VendorPrices.Model model(String name, ModelPattern match, DatedPrice... prices) {
        return new VendorPrices.Model(name, match, List.of(prices));
    }

    private static DatedPrice always(long nanos) {
        return new DatedPrice(null, null, price(nanos));
    }

    private static final VendorPrices ACME =
            new VendorPrices(
                    "acme",
                    List.of("acme", "acme-eu"),
                    "https://acme.example/prices",
                    List.of(),
                    List.of(
                            model("big", new ModelPattern.StartsWith("big"), always(1)),
                            model("big-2", new ModelPattern.Equals("big-2"), always(2)),
                            model(
                                    "o",
                                    new ModelPattern.AnyOf(
                                            List.of(
                                                    new ModelPattern.Finds(
                                                            Pattern.compile("^o[134]")),
                                                    new ModelPattern.Equals("oh"))),
                                    always(3)),
                            model(
                                    "mini",
                                    new ModelPattern.AllOf(
                                            List.of(
                                                    new ModelPattern.Contains("mini"),
                                                    new ModelPattern.EndsWith("-x"))),
                                    always(4)),
                            model(
                                    "dated",
                                    new ModelPattern.Equals("dated"),
                                    always(5),
                                    new DatedPrice(LocalDate.of(2026, 11, 22), null, price(6))),
                            model(
                                    "daily",
                                    new ModelPattern.Equals("daily"),
                                    always(7),
                                    new DatedPrice(
                                            null,
                                            new DatedPrice.Daily(
                                                    LocalTime.of(0, 30), LocalTime.of(16, 30)),
                                            price(8)))));
    private static final VendorPrices RESELLER =
            new VendorPrices("cloud", List.of("cloud"), "", List.of("gone", "acme"), List.of());
    private static final VendorPrices BEHIND =
            new VendorPrices(
                    "hub_fast",
                    List.of("hub_fast"),
                    "",
                    List.of(),
                    List.of(model("m", new ModelPattern.Equals("m"), always(9))));
    private static final PriceBook BOOK =
            new PriceBook("test@1", DATE, List.of(ACME, RESELLER, BEHIND), Set.of("local"));

    private static long nanos(String provider, String model, Instant at) {
        PriceVersion version = BOOK.quote(provider, model, at).version();
        return version == null ? -1 : version.price().input().nanosPerMillion();
    }

    @Test
    void findsAModelByItsPattern() {
        assertThat(nanos("acme", "big-1", NOON)).isEqualTo(1);
        assertThat(nanos("acme", "o3-pro", NOON)).isEqualTo(3);
        assertThat(nanos("acme", "oh", NOON)).isEqualTo(3);
        assertThat(nanos("acme", "a-mini-x", NOON)).isEqualTo(4);
        assertThat(nanos("acme-eu", "big", NOON)).isEqualTo(1);
        assertThat(nanos("ACME", "BIG", NOON)).as("names in capitals too").isEqualTo(1);
    }

    @Test
    void prefersTheVeryNameToAPattern() {
        assertThat(nanos("acme", "big-2", NOON)).isEqualTo(2);
    }

    @Test
    void namesSourceAndDateWithThePrice() {
        PriceVersion version = BOOK.quote("acme", "big", NOON).version();
        assertThat(version)
                .isEqualTo(new PriceVersion("2026-08-21/acme/big", "test@1", DATE, price(1)));
        assertThat(BOOK.shipped()).extracting(VendorPrices::vendor).hasSize(3).isSorted();
    }

    @Test
    void leavesUnknownModelsUnpriced() {
        assertThat(nanos("acme", "nobody-knows", NOON)).isEqualTo(-1);
        assertThat(nanos("nobody", "big", NOON)).isEqualTo(-1);
        assertThat(BOOK.quote("nobody", "big", NOON).until()).isEqualTo(Instant.MAX);
    }

    @Test
    void pricesWhatRunsHereAtZeroAndSaysSo() {
        PriceVersion version = BOOK.quote("local", "anything", NOON).version();
        assertThat(version.price()).isEqualTo(Price.FREE);
        assertThat(version.id()).isEqualTo("rule/local");
    }

    @Test
    void takesTheMakersPriceWhereAResellerHasNone() {
        assertThat(nanos("cloud", "big", NOON)).isEqualTo(1);
        assertThat(nanos("cloud", "nobody-knows", NOON)).isEqualTo(-1);
    }

    @Test
    void findsTheVendorBehindARouter() {
        assertThat(nanos("hub", "m:fast", NOON)).isEqualTo(9);
        assertThat(nanos("hub", "m", NOON)).isEqualTo(-1);
    }

    @Test
    void changesPriceWithTheDayItIsDatedFrom() {
        Instant midnight = Instant.parse("2026-11-22T00:00:00Z");
        assertThat(nanos("acme", "dated", NOON)).isEqualTo(5);
        assertThat(BOOK.quote("acme", "dated", NOON).until()).isEqualTo(midnight);
        assertThat(nanos("acme", "dated", midnight)).isEqualTo(6);
        assertThat(BOOK.quote("acme", "dated", midnight).until()).isEqualTo(Instant.MAX);
        assertThat(BOOK.quote("acme", "dated", midnight).version().id()).endsWith("dated#1");
    }

    @Test
    void changesPriceWithTheTimeOfDay() {
        assertThat(nanos("acme", "daily", NOON)).isEqualTo(8);
        assertThat(BOOK.quote("acme", "daily", NOON).until())
                .isEqualTo(Instant.parse("2026-11-21T16:30:00Z"));
        Instant evening = Instant.parse("2026-11-21T16:30:00Z");
        assertThat(nanos("acme", "daily", evening)).isEqualTo(7);
        assertThat(BOOK.quote("acme", "daily", evening).until())
                .isEqualTo(Instant.parse("2026-11-22T00:30:00Z"));
    }

    @Test
    void holdsAWindowPastMidnight() {
        DatedPrice.Daily night = new DatedPrice.Daily(LocalTime.of(22, 0), LocalTime.of(6, 0));
        assertThat(night.holds(LocalTime.of(23, 0))).isTrue();
        assertThat(night.holds(LocalTime.of(5, 59))).isTrue();
        assertThat(night.holds(LocalTime.of(6, 0))).isFalse();
        assertThat(night.holds(LocalTime.of(21, 59))).isFalse();
    }

    @Test
    void putsWhatAnOperatorSetBeforeEverything() {
        Instant later = NOON.plusSeconds(60);
        PriceBook set =
                BOOK.with(
                        Map.of(
                                new ModelName("acme", "big"),
                                List.of(
                                        new PriceSet("acme", "big", NOON, price(100)),
                                        new PriceSet("acme", "big", later, price(200))),
                                new ModelName("local", "big"),
                                List.of(new PriceSet("local", "big", NOON, price(300)))));
        Quote before = set.quote("acme", "big", NOON.minusMillis(1));
        assertThat(before.version().price()).isEqualTo(price(1));
        assertThat(before.until()).isEqualTo(NOON);
        Quote now = set.quote("acme", "big", NOON);
        assertThat(now.version().price()).isEqualTo(price(100));
        assertThat(now.version().id()).isEqualTo("set/acme/big@2026-11-21T12:00:00Z");
        assertThat(now.until()).isEqualTo(later);
        assertThat(set.quote("acme", "big", later).version().price()).isEqualTo(price(200));
        assertThat(set.quote("local", "big", later).version().price()).isEqualTo(price(300));
        assertThat(set.quote("acme", "big-9", later).version().price()).isEqualTo(price(1));
    }

    @Test
    void refusesAModelWithoutAPrice() {
        assertThatThrownBy(() -> model("m", new ModelPattern.Equals("m")))
                .hasMessageContaining("needs a price");
    }
}
