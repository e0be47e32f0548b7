package agency.ledger.domain.price;

import agency.kernel.decision.Decider;
import agency.kernel.decision.Decision;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** Decides what happens when an operator sets the price of a model. */
public final class Pricing
        implements Decider<Pricing.SetPrice, Pricing.Prices, PriceSet, Pricing.PriceRefusal> {
    /** Most prices one model can have been given, past and future ones together. */
    public static final int MAX_PRICES_OF_A_MODEL = 1_000;

    /** How far a price may reach back, to forgive clocks and slow forms. */
    public static final Duration GRACE = Duration.ofMinutes(5);

    /**
     * The command.
     *
     * @param price what is to hold
     * @param now the moment it is asked for
     */
    public record SetPrice(PriceSet price, Instant now) {}

    /**
     * What the decider needs of the past.
     *
     * @param count how many prices were set
     * @param latest the last one set; the first state holds none
     */
    public record Prices(int count, Optional<PriceSet> latest) {}

    /** Why a price is refused. */
    public sealed interface PriceRefusal {
        /** It would change what past attempts cost; the earliest allowed start is given. */
        record ReachesBack(Instant earliest) implements PriceRefusal {}

        /** It starts before the price set last does: prices of a model are set in order. */
        record BeforeTheLast(Instant last) implements PriceRefusal {}

        /** The model has been given too many prices. */
        record TooMany(int most) implements PriceRefusal {}
    }

    @Override
    public Prices initial() {
        return new Prices(0, Optional.empty());
    }

    @Override
    public Decision<PriceSet, PriceRefusal> decide(SetPrice command, Prices state) {
        Instant from = command.price().from();
        if (state.latest().filter(command.price()::equals).isPresent()) {
            return Decision.nothing();
        }
        Instant earliest = command.now().minus(GRACE);
        if (from.isBefore(earliest)) {
            return Decision.reject(new PriceRefusal.ReachesBack(earliest));
        }
        if (state.latest().isPresent() && from.isBefore(state.latest().get().from())) {
            return Decision.reject(new PriceRefusal.BeforeTheLast(state.latest().get().from()));
        }
        if (state.count() >= MAX_PRICES_OF_A_MODEL) {
            return Decision.reject(new PriceRefusal.TooMany(MAX_PRICES_OF_A_MODEL));
        }
        return Decision.accept(command.price());
    }

    @Override
    public Prices evolve(Prices state, PriceSet event) {
        return new Prices(state.count() + 1, Optional.of(event));
    }
}
