package agency.gateway.testing;

import agency.gateway.GatewayContext;
import agency.kernel.decision.Decider;
import agency.kernel.decision.Decision;
import agency.kernel.fact.FactMeta;
import agency.kernel.fact.FactType;
import agency.kernel.fact.Position;
import agency.kernel.fact.Recorded;
import agency.kernel.fact.StreamName;
import agency.platform.log.Append;
import agency.platform.log.Commands;
import agency.platform.projection.MemoryView;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;

/** Commands over streams in memory, shown to one view at once. */
public final class LogOfTests implements Commands {
    private final List<Recorded> facts = new ArrayList<>();
    private final MemoryView view;

    /** A log that feeds this view. */
    public LogOfTests(MemoryView view) {
        this.view = view;
    }

    /** Everything recorded. */
    public List<Record> facts() {
        return facts.stream().map(Recorded::fact).toList();
    }

    @Override
    @SuppressWarnings("unchecked")
    public <C, S, E, R> Handled<E, R> handle(
            StreamName stream,
            Decider<C, S, E, R> decider,
            C command,
            FactMeta meta,
            List<Append.Claim> claims,
            Function<String, R> taken) {
        S state = decider.initial();
        int version = 0;
        for (Recorded fact : facts) {
            if (!fact.stream().equals(stream)) continue;
            state = decider.evolve(state, (E) fact.fact());
            version++;
        }
        return switch (decider.decide(command, state)) {
            case Decision.Rejected<E, R> no -> new Handled.Refused<>(no.reason());
            case Decision.Accepted<E, R> yes -> {
                for (E event : yes.events()) {
                    Record fact = (Record) event;
                    FactType<?> type =
                            GatewayContext.facts().stream()
                                    .filter(t -> t.type().equals(fact.getClass()))
                                    .findFirst()
                                    .orElseThrow();
                    Recorded one =
                            new Recorded(
                                    at(),
                                    stream,
                                    ++version,
                                    UUID.randomUUID(),
                                    type,
                                    Instant.EPOCH,
                                    meta,
                                    fact);
                    facts.add(one);
                    view.apply(one);
                }
                yield new Handled.Done<>(yes.events(), version, at());
            }
        };
    }

    private Position at() {
        return new Position(new UUID(0, 0), 0, facts.size() + 1L);
    }
}
