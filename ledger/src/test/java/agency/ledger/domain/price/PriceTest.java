package agency.ledger.domain.price;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import agency.kernel.metering.TokenUsage;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PriceTest {
    private static final long UNIT = 1_000_000_000L;

    private static TokenUsage usage(long input, long output, long cached) {
        return new TokenUsage(input, output, cached, 0);
    }

    @Test
    void costsAMillionTokensTheirPrice() {
        Price price = Price.of(Rate.flat(3 * UNIT), Rate.flat(15 * UNIT));
        assertThat(price.cost(usage(1_000_000, 0, 0))).isEqualTo(3 * UNIT);
        assertThat(price.cost(usage(0, 1_000_000, 0))).isEqualTo(15 * UNIT);
    }

    @Test
    void roundsOnceHalfUp() {
        // 0.5 nano-units of input and 0.5 of output are one nano-unit, not two.
        Price half = Price.of(Rate.flat(500_000), Rate.flat(500_000));
        assertThat(half.cost(usage(1, 0, 0))).isEqualTo(1);
        assertThat(half.cost(usage(1, 1, 0))).isEqualTo(1);
        assertThat(Price.of(Rate.flat(499_999), Rate.FREE).cost(usage(1, 0, 0))).isZero();
    }

    @Test
    void billsCachedInputAtItsOwnPrice() {
        Price price =
                new Price(
                        Rate.flat(10 * UNIT),
                        Rate.FREE,
                        Rate.flat(UNIT),
                        null,
                        null,
                        null,
                        null,
                        0);
        assertThat(price.cost(usage(1_000_000, 0, 400_000))).isEqualTo(6 * UNIT + 400_000_000L);
        assertThat(price.cost(usage(1_000, 0, 5_000)))
                .as("no more can have been cached than there was")
                .isEqualTo(1_000_000);
    }

    @Test
    void billsCachedInputAsInputWhenItHasNoPrice() {
        Price price = Price.of(Rate.flat(10 * UNIT), Rate.FREE);
        assertThat(price.cost(usage(1_000, 0, 900))).isEqualTo(price.cost(usage(1_000, 0, 0)));
    }

    @Test
    void appliesATierToAllTokensOfALongContext() {
        Rate input = new Rate(UNIT, List.of(new Rate.Tier(200_000, 2 * UNIT)));
        Rate output = new Rate(5 * UNIT, List.of(new Rate.Tier(200_000, 7 * UNIT)));
        Price price = Price.of(input, output);
        assertThat(price.cost(usage(200_000, 1_000_000, 0))).isEqualTo(UNIT / 5 + 5 * UNIT);
        assertThat(price.cost(usage(200_001, 1_000_000, 0)))
                .isEqualTo(2 * 200_001L * 1_000 + 7 * UNIT);
    }

    @Test
    void billsARequestThatUsedSomethingItsPrice() {
        Price price = new Price(Rate.FREE, Rate.FREE, null, null, null, null, null, 12 * UNIT);
        assertThat(price.cost(usage(1, 1, 0))).isEqualTo(12_000_000);
        assertThat(price.cost(TokenUsage.NONE)).as("nothing used, nothing owed").isZero();
    }

    @Test
    void countsNegativeTokensAsNone() {
        Price price = Price.of(Rate.flat(UNIT), Rate.flat(UNIT));
        assertThat(price.cost(usage(-5, -7, -9))).isZero();
    }

    @Test
    void staysExactBeyondSixtyFourBits() {
        Price price = Price.of(Rate.flat(Rate.MAX_NANOS_PER_MILLION), Rate.FREE);
        assertThat(price.cost(usage(100_000_000, 0, 0))).isEqualTo(100_000_000_000_000_000L);
        assertThat(price.cost(usage(Long.MAX_VALUE, 0, 0))).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void agreesWithDecimalsForAnyUsage() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int i = 0; i < 20_000; i++) {
            Price price =
                    new Price(
                            Rate.flat(random.nextLong(200 * UNIT)),
                            Rate.flat(random.nextLong(200 * UNIT)),
                            Rate.flat(random.nextLong(200 * UNIT)),
                            null,
                            null,
                            null,
                            null,
                            random.nextLong(20 * UNIT));
            long input = 1 + random.nextLong(1L << (1 + random.nextInt(40)));
            long cached = random.nextLong(input);
            long output = random.nextLong(1L << (1 + random.nextInt(40)));
            BigDecimal exact =
                    part(input - cached, price.input().nanosPerMillion(), 6)
                            .add(part(cached, price.cacheRead().nanosPerMillion(), 6))
                            .add(part(output, price.output().nanosPerMillion(), 6))
                            .add(part(1, price.nanosPerThousandRequests(), 3));
            assertThat(price.cost(usage(input, output, cached)))
                    .as("seed %d, case %d", seed, i)
                    .isEqualTo(exact.setScale(0, RoundingMode.HALF_UP).longValueExact());
            assertThat(price.bound(input, output))
                    .as("a bound is never beaten: seed %d, case %d", seed, i)
                    .isGreaterThanOrEqualTo(price.cost(usage(input, output, cached)));
        }
    }

    @Test
    void boundsAnAttemptFromAbove() {
        Rate input = new Rate(2 * UNIT, List.of(new Rate.Tier(100, UNIT)));
        Price price =
                new Price(
                        input,
                        Rate.flat(1),
                        Rate.flat(UNIT),
                        Rate.flat(3 * UNIT),
                        null,
                        null,
                        null,
                        0);
        assertThat(price.bound(1_000, 0)).as("the dearest way to bill input").isEqualTo(3_000_000);
        assertThat(price.bound(0, 1)).as("holds round up").isEqualTo(1);
        assertThat(price.bound(-1, -1)).isZero();
    }

    private static BigDecimal part(long count, long nanos, int digits) {
        return BigDecimal.valueOf(count).multiply(BigDecimal.valueOf(nanos)).movePointLeft(digits);
    }

    @Test
    void refusesRatesThatMakeNoSense() {
        assertThatThrownBy(() -> Rate.flat(-1)).hasMessageContaining("not -1 nano-units");
        assertThatThrownBy(() -> Rate.flat(Rate.MAX_NANOS_PER_MILLION + 1))
                .hasMessageContaining("0 to 1000000 units");
        assertThatThrownBy(() -> new Rate.Tier(0, 1)).hasMessageContaining("1 input token or more");
        assertThatThrownBy(() -> new Rate(1, List.of(new Rate.Tier(5, 1), new Rate.Tier(5, 2))))
                .hasMessageContaining("must rise");
        assertThatThrownBy(() ->
                        new Rate(
                                1,
                                java.util.stream.LongStream.rangeClosed(1, 9)
                                        .mapToObj(n -> new Rate.Tier(n, n))
                                        .toList()))
                .hasMessageContaining("at most 8 tiers");
        assertThatThrownBy(() -> new Price(Rate.FREE, Rate.FREE, null, null, null, null, null, -1))
                .hasMessageContaining("a thousand requests");
    }
}
