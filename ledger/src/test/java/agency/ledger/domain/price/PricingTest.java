package agency.ledger.domain.price;

import agency.kernel.decision.Decision;
import agency.kernel.decision.Spec;
import agency.ledger.domain.price.Pricing.PriceRefusal;
import agency.ledger.domain.price.Pricing.SetPrice;
import java.time.Instant;
import java.util.Optional;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;

class PricingTest {
    private static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");

    private static PriceSet from(Instant moment, long nanos) {
        return new PriceSet("p", "m", moment, Price.of(Rate.flat(nanos), Rate.FREE));
    }

    @Test
    void setsAPriceFromNowOnAndForTheFuture() {
        Spec.of(new Pricing()).when(new SetPrice(from(NOW, 1), NOW)).then(from(NOW, 1));
        Spec.of(new Pricing())
                .given(from(NOW, 1))
                .when(new SetPrice(from(NOW.plusSeconds(99), 2), NOW))
                .then(from(NOW.plusSeconds(99), 2));
    }

    @Test
    void addsNothingWhenItIsAlreadySo() {
        Spec.of(new Pricing())
                .given(from(NOW, 1))
                .when(new SetPrice(from(NOW, 1), NOW.plusSeconds(9_999)))
                .thenNothing();
    }

    @Test
    void refusesToReachBack() {
        Instant earliest = NOW.minus(Pricing.GRACE);
        Spec.of(new Pricing()).when(new SetPrice(from(earliest, 1), NOW)).then(from(earliest, 1));
        Spec.of(new Pricing())
                .when(new SetPrice(from(earliest.minusMillis(1), 1), NOW))
                .thenRefused(new PriceRefusal.ReachesBack(earliest));
    }

    @Test
    void refusesAPriceBeforeTheLastOne() {
        Spec.of(new Pricing())
                .given(from(NOW.plusSeconds(60), 1))
                .when(new SetPrice(from(NOW, 2), NOW))
                .thenRefused(new PriceRefusal.BeforeTheLast(NOW.plusSeconds(60)));
    }

    @Test
    void refusesEndlessPrices() {
        Pricing.Prices full = new Pricing.Prices(Pricing.MAX_PRICES_OF_A_MODEL, Optional.empty());
        Assertions.assertThat(new Pricing().decide(new SetPrice(from(NOW, 1), NOW), full))
                .isEqualTo(
                        Decision.reject(new PriceRefusal.TooMany(Pricing.MAX_PRICES_OF_A_MODEL)));
    }
}
