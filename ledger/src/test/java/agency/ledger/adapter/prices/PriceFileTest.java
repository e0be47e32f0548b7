package agency.ledger.adapter.prices;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import agency.kernel.metering.TokenUsage;
import agency.ledger.domain.price.PriceBook;
import agency.ledger.domain.price.PriceVersion;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PriceFileTest {
    private static final PriceBook BOOK = new PriceFile().read(Set.of("local"));
    private static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");

    private static long cost(String provider, String model, Instant at, TokenUsage usage) {
        PriceVersion version = BOOK.quote(provider, model, at).version();
        assertThat(version).as(provider + "/" + model).isNotNull();
        return version.price().cost(usage);
    }

    private static final TokenUsage MILLION_IN = new TokenUsage(1_000_000, 0, 0, 0);

    @Test
    void shipsEveryVendorWithItsSource() {
        assertThat(BOOK.shipped()).hasSize(34);
        assertThat(BOOK.shipped().stream().mapToInt(vendor -> vendor.models().size()).sum())
                .isEqualTo(1_285);
        assertThat(BOOK.source()).isEqualTo("pydantic/genai-prices@47df840a");
        assertThat(BOOK.date()).isEqualTo("2026-08-21");
        assertThat(BOOK.shipped()).allMatch(vendor -> vendor.page().startsWith("https://"));
    }

    @Test
    void knowsWhatVendorsPublished() {
        TokenUsage usage = new TokenUsage(1_000_000, 1_000_000, 0, 0);
        assertThat(cost("openai", "gpt-4o", NOW, usage)).isEqualTo(12_500_000_000L);
        assertThat(cost("openai", "gpt-4o-mini-2024-07-18", NOW, usage)).isEqualTo(750_000_000L);
        assertThat(cost("anthropic", "claude-3-5-haiku-20241022", NOW, usage))
                .isEqualTo(4_800_000_000L);
        assertThat(cost("azure", "gpt-4o", NOW, usage)).isPositive();
        assertThat(cost("openai", "text-embedding-3-small", NOW, MILLION_IN))
                .isEqualTo(20_000_000L);
    }

    @Test
    void knowsPricesThatChangedOrChangeWithTheHour() {
        assertThat(cost("openai", "o3", Instant.parse("2025-06-09T23:59:59Z"), MILLION_IN))
                .isEqualTo(10_000_000_000L);
        assertThat(cost("openai", "o3", Instant.parse("2025-06-10T00:00:00Z"), MILLION_IN))
                .isEqualTo(2_000_000_000L);
        assertThat(cost("deepseek", "deepseek-chat", NOW, MILLION_IN)).isEqualTo(270_000_000L);
        assertThat(
                        cost(
                                "deepseek",
                                "deepseek-chat",
                                Instant.parse("2026-11-21T20:00:00Z"),
                                MILLION_IN))
                .isEqualTo(135_000_000L);
    }

    @Test
    void hasNoPatternThatTakesForEver() {
        String nasty = "a".repeat(5_000) + "-stral-o1-grok-4.3-" + "1".repeat(5_000);
        // A pattern that goes back and forth would need years; the limit only ends the wait for it.
        assertTimeoutPreemptively(
                Duration.ofMinutes(1),
                () -> BOOK.shipped().forEach(vendor -> BOOK.quote(vendor.vendor(), nasty, NOW)));
    }
}
