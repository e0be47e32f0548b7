package agency.access.domain.link;

import agency.access.domain.link.LinkCommand.ConsumeLink;
import agency.access.domain.link.LinkCommand.OfferLink;
import agency.access.domain.link.LinkEvent.LinkConsumed;
import agency.access.domain.link.LinkEvent.LinkOffered;
import agency.access.domain.link.LinkRefusal.AlreadyConsumed;
import agency.access.domain.link.LinkRefusal.LinkExpired;
import agency.access.domain.link.LinkRefusal.NeverOffered;
import agency.access.domain.link.LinkRefusal.UnfitLife;
import agency.kernel.decision.Spec;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class OneTimeLinkTest {
    private static final Instant NOW = Instant.parse("2026-11-21T10:00:00Z");
    private static final Instant IN_AN_HOUR = NOW.plus(OneTimeLink.MAX_LIFE);
    private static final UUID LINK = new UUID(7, 1);
    private static final UUID PERSON = new UUID(7, 2);
    private static final UUID SESSION = new UUID(7, 3);
    private static final String HASH = "ab".repeat(32);
    private static final LinkEvent OFFERED = new LinkOffered(LINK, PERSON, HASH, IN_AN_HOUR, NOW);
    private static final LinkEvent CONSUMED = new LinkConsumed(LINK, SESSION, NOW);

    private final OneTimeLink link = new OneTimeLink();

    @Test
    void isOfferedForAtMostAnHour() {
        Spec.of(link).when(offer(IN_AN_HOUR)).then(OFFERED);
        Spec.of(link)
                .when(offer(IN_AN_HOUR.plusNanos(1)))
                .thenRefused(new UnfitLife(Duration.ofHours(1)));
        Spec.of(link).when(offer(NOW)).thenRefused(new UnfitLife(Duration.ofHours(1)));
    }

    @Test
    void isOfferedOnce() {
        Spec.of(link).given(OFFERED).when(offer(IN_AN_HOUR)).thenNothing();
        Spec.of(link)
                .given(OFFERED, CONSUMED)
                .when(offer(IN_AN_HOUR))
                .thenRefused(new AlreadyConsumed(NOW));
    }

    @Test
    void opensOneSession() {
        Spec.of(link).given(OFFERED).when(new ConsumeLink(LINK, SESSION, NOW)).then(CONSUMED);
        Spec.of(link)
                .given(OFFERED, CONSUMED)
                .when(new ConsumeLink(LINK, new UUID(7, 4), NOW.plusSeconds(1)))
                .thenRefused(new AlreadyConsumed(NOW));
    }

    @Test
    void isOfNoUseWhenItsHourIsOver() {
        Spec.of(link)
                .given(OFFERED)
                .when(new ConsumeLink(LINK, SESSION, IN_AN_HOUR))
                .thenRefused(new LinkExpired(IN_AN_HOUR));
        Instant justInTime = IN_AN_HOUR.minusNanos(1);
        Spec.of(link)
                .given(OFFERED)
                .when(new ConsumeLink(LINK, SESSION, justInTime))
                .then(new LinkConsumed(LINK, SESSION, justInTime));
    }

    @Test
    void isOfNoUseWhenItWasNeverOffered() {
        Spec.of(link).when(new ConsumeLink(LINK, SESSION, NOW)).thenRefused(new NeverOffered());
    }

    private static LinkCommand offer(Instant expires) {
        return new OfferLink(LINK, PERSON, HASH, expires, NOW);
    }
}
