package agency.access.view.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import agency.access.domain.link.LinkEvent.LinkConsumed;
import agency.access.domain.link.LinkEvent.LinkOffered;
import agency.access.domain.link.OneTimeLink;
import agency.access.domain.session.Session;
import agency.access.domain.session.SessionEvent.SessionEnded;
import agency.access.domain.session.SessionEvent.SessionOpened;
import agency.access.view.Facts;
import agency.access.view.fingerprint.Fingerprint;
import java.time.Instant;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class SessionRegisterTest {
    private static final Instant NOW = Instant.parse("2026-11-21T10:00:00Z");
    private static final UUID SESSION = new UUID(7, 1);
    private static final UUID PERSON = new UUID(7, 2);
    private static final UUID LINK = new UUID(7, 3);

    private final SessionRegister register = new SessionRegister();

    @Test
    void knowsWhoHoldsASessionUntilItExpires() {
        open(SESSION, "cookie", NOW.plusSeconds(60), NOW);
        assertThat(register.holding("cookie", NOW))
                .contains(new SessionCard(1, SESSION, PERSON, NOW, NOW.plusSeconds(60)));
        assertThat(register.byId(SESSION)).isPresent();
        assertThat(register.holding("cookie", NOW.plusSeconds(60))).isEmpty();
        assertThat(register.holding("other", NOW)).isEmpty();
    }

    @Test
    void forgetsASessionThatWasEnded() {
        open(SESSION, "cookie", NOW.plusSeconds(60), NOW);
        register.apply(Facts.of(Session.stream(1, SESSION), new SessionEnded(SESSION, NOW)));
        assertThat(register.holding("cookie", NOW)).isEmpty();
    }

    @Test
    void dropsExpiredSessionsWhenTheNextOneOpens() {
        open(SESSION, "cookie", NOW.plusSeconds(60), NOW);
        open(new UUID(7, 4), "next", NOW.plusSeconds(120), NOW.plusSeconds(60));
        assertThat(register.byId(SESSION)).isEmpty();
        assertThat(register.byId(new UUID(7, 4))).isPresent();
    }

    @Test
    void findsALinkByItsTokenEvenWhenItWasUsed() {
        offer(LINK, "token", NOW);
        register.apply(Facts.of(OneTimeLink.stream(1, LINK), new LinkConsumed(LINK, SESSION, NOW)));
        assertThat(register.link("token")).contains(new LinkCard(1, LINK, PERSON));
        assertThat(register.link("other")).isEmpty();
    }

    @Test
    void dropsLinksThatAreLongOverWhenTheNextOneIsOffered() {
        offer(LINK, "token", NOW);
        offer(new UUID(7, 4), "soon", NOW.plusSeconds(3600 * 2));
        assertThat(register.link("token")).isPresent();
        offer(new UUID(7, 5), "later", NOW.plusSeconds(3600 * 2 + 1));
        assertThat(register.link("token")).isEmpty();
    }

    @Test
    void forgetsEverythingWhenTheLogIsReadAgain() {
        open(SESSION, "cookie", NOW.plusSeconds(60), NOW);
        offer(LINK, "token", NOW);
        register.reset();
        assertThat(register.holding("cookie", NOW)).isEmpty();
        assertThat(register.link("token")).isEmpty();
    }

    @Test
    void refusesFactsOfOthers() {
        record Other() {}
        assertThatIllegalStateException()
                .isThrownBy(
                        () -> register.apply(Facts.of(Session.stream(1, SESSION), new Other())));
        assertThat(register.name()).isEqualTo("access.sessions");
        assertThat(register.categories())
                .containsExactlyInAnyOrder("access.link", "access.session");
    }

    private void open(UUID session, String cookie, Instant expires, Instant at) {
        register.apply(
                Facts.of(
                        Session.stream(1, session),
                        new SessionOpened(
                                session, PERSON, Fingerprint.of(cookie).hex(), expires, at)));
    }

    private void offer(UUID link, String token, Instant at) {
        register.apply(
                Facts.of(
                        OneTimeLink.stream(1, link),
                        new LinkOffered(
                                link,
                                PERSON,
                                Fingerprint.of(token).hex(),
                                at.plus(OneTimeLink.MAX_LIFE),
                                at)));
    }
}
