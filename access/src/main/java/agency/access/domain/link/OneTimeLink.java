package agency.access.domain.link;

import agency.access.domain.link.LinkCommand.ConsumeLink;
import agency.access.domain.link.LinkCommand.OfferLink;
import agency.access.domain.link.LinkEvent.LinkConsumed;
import agency.access.domain.link.LinkEvent.LinkOffered;
import agency.access.domain.link.LinkRefusal.AlreadyConsumed;
import agency.access.domain.link.LinkRefusal.LinkExpired;
import agency.access.domain.link.LinkRefusal.NeverOffered;
import agency.access.domain.link.LinkRefusal.UnfitLife;
import agency.kernel.decision.Decider;
import agency.kernel.decision.Decision;
import agency.kernel.fact.StreamName;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;

/** Decides about a one-time link: good for one session, within its time. */
public final class OneTimeLink
        implements Decider<LinkCommand, OneTimeLink.State, LinkEvent, LinkRefusal> {
    /** The category of its streams. */
    public static final String CATEGORY = "access.link";

    /** Longest life of a link. */
    public static final Duration MAX_LIFE = Duration.ofHours(1);

    /** How it stands. */
    public sealed interface State {
        /** No such link. */
        record Absent() implements State {}

        /** It waits to be used. */
        record Offered(Instant expires) implements State {}

        /** It was used. */
        record Consumed(Instant at) implements State {}
    }

    /** The stream of one link. */
    public static StreamName stream(int tenant, UUID link) {
        return StreamName.of(tenant, CATEGORY, link.toString());
    }

    @Override
    public State initial() {
        return new State.Absent();
    }

    @Override
    public Decision<LinkEvent, LinkRefusal> decide(LinkCommand command, State state) {
        return switch (command) {
            case OfferLink offer ->
                    switch (state) {
                        case State.Absent absent -> offered(offer);
                        case State.Offered before -> Decision.nothing();
                        case State.Consumed before ->
                                Decision.reject(new AlreadyConsumed(before.at()));
                    };
            case ConsumeLink consume ->
                    switch (state) {
                        case State.Absent absent -> Decision.reject(new NeverOffered());
                        case State.Offered offered -> consumed(consume, offered);
                        case State.Consumed before ->
                                Decision.reject(new AlreadyConsumed(before.at()));
                    };
        };
    }

    @Override
    public State evolve(State state, LinkEvent event) {
        return switch (event) {
            case LinkOffered offered -> new State.Offered(offered.expires());
            case LinkConsumed consumed -> new State.Consumed(consumed.at());
        };
    }

    private static Decision<LinkEvent, LinkRefusal> offered(OfferLink offer) {
        Duration life = Duration.between(offer.at(), offer.expires());
        if (!life.isPositive() || life.compareTo(MAX_LIFE) > 0) {
            return Decision.reject(new UnfitLife(MAX_LIFE));
        }
        return Decision.accept(
                new LinkOffered(
                        offer.link(), offer.person(), offer.sha256(), offer.expires(), offer.at()));
    }

    private static Decision<LinkEvent, LinkRefusal> consumed(
            ConsumeLink consume, State.Offered offered) {
        if (!consume.at().isBefore(offered.expires())) {
            return Decision.reject(new LinkExpired(offered.expires()));
        }
        return Decision.accept(new LinkConsumed(consume.link(), consume.session(), consume.at()));
    }
}
