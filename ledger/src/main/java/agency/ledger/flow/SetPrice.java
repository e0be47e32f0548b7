package agency.ledger.flow;

import agency.kernel.fact.FactMeta;
import agency.ledger.domain.price.ModelName;
import agency.ledger.domain.price.PriceFacts;
import agency.ledger.domain.price.PriceSet;
import agency.ledger.domain.price.Pricing;
import agency.platform.log.Commands;
import agency.platform.projection.Projections;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/** Sets the price of a provider's model from a moment on, and waits until this process uses it. */
public final class SetPrice {
    /** Longest wait for the price book to show it, in seconds. */
    private static final int SHOWN_SECONDS = 5;

    private final Commands commands;
    private final Projections projections;
    private final InstantSource clock;

    /** The flow. */
    public SetPrice(Commands commands, Projections projections, InstantSource clock) {
        this.commands = commands;
        this.projections = projections;
        this.clock = clock;
    }

    /**
     * Sets it.
     *
     * @param tenant whose price it is
     * @return why not, or empty when it is set
     */
    public Optional<Pricing.PriceRefusal> set(int tenant, PriceSet price, FactMeta meta) {
        Commands.Handled<PriceSet, Pricing.PriceRefusal> handled =
                commands.handle(
                        PriceFacts.prices(tenant, new ModelName(price.provider(), price.model())),
                        new Pricing(),
                        new Pricing.SetPrice(price, clock.instant()),
                        meta);
        return switch (handled) {
            case Commands.Handled.Refused<PriceSet, Pricing.PriceRefusal>(var reason) ->
                    Optional.of(reason);
            case Commands.Handled.Done<PriceSet, Pricing.PriceRefusal> done -> {
                projections.await(done.at(), List.of(), Duration.ofSeconds(SHOWN_SECONDS));
                yield Optional.empty();
            }
        };
    }
}
