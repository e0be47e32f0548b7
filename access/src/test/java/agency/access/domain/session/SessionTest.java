package agency.access.domain.session;

import agency.access.domain.session.SessionCommand.EndSession;
import agency.access.domain.session.SessionCommand.OpenSession;
import agency.access.domain.session.SessionEvent.SessionEnded;
import agency.access.domain.session.SessionEvent.SessionOpened;
import agency.access.domain.session.SessionRefusal.NeverOpened;
import agency.access.domain.session.SessionRefusal.Unfit;
import agency.kernel.decision.Spec;
import java.time.Instant;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class SessionTest {
    private static final Instant NOW = Instant.parse("2026-11-21T10:00:00Z");
    private static final Instant LATER = NOW.plusSeconds(60);
    private static final UUID SESSION = new UUID(7, 1);
    private static final UUID PERSON = new UUID(7, 2);
    private static final String HASH = "ab".repeat(32);
    private static final SessionEvent OPENED = new SessionOpened(SESSION, PERSON, HASH, LATER, NOW);
    private static final SessionEvent ENDED = new SessionEnded(SESSION, NOW);

    private final Session session = new Session();

    @Test
    void opensForSomeTime() {
        Spec.of(session).when(open(LATER)).then(OPENED);
        Spec.of(session).when(open(NOW)).thenRefused(new Unfit());
    }

    @Test
    void opensOnce() {
        Spec.of(session).given(OPENED).when(open(LATER)).thenRefused(new Unfit());
    }

    @Test
    void endsOnce() {
        Spec.of(session).given(OPENED).when(new EndSession(SESSION, NOW)).then(ENDED);
        Spec.of(session).given(OPENED, ENDED).when(new EndSession(SESSION, NOW)).thenNothing();
        Spec.of(session).when(new EndSession(SESSION, NOW)).thenRefused(new NeverOpened());
    }

    private static SessionCommand open(Instant expires) {
        return new OpenSession(SESSION, PERSON, HASH, expires, NOW);
    }
}
