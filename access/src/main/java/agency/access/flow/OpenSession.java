package agency.access.flow;

import agency.access.domain.session.Session;
import agency.access.domain.session.SessionCommand;
import agency.access.view.session.SessionCard;
import agency.kernel.fact.FactMeta;
import agency.platform.crypto.Secret;
import agency.platform.crypto.SecretSource;
import agency.platform.log.Commands.Handled;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.UUID;

/** Signs a browser in, for whoever has shown who he is. */
public final class OpenSession {
    private final Recording recording;
    private final SecretSource secrets;
    private final InstantSource clock;
    private final Duration life;

    /** Opens sessions that last for {@code life}. */
    public OpenSession(
            Recording recording, SecretSource secrets, InstantSource clock, Duration life) {
        this.recording = recording;
        this.secrets = secrets;
        this.clock = clock;
        this.life = life;
    }

    /** An open session; {@code cookie} can be had only here. */
    public record SignedIn(SessionCard session, Secret cookie) {}

    /** Opens a session under an id that was made for it. */
    SignedIn open(int tenant, UUID session, UUID person, FactMeta meta) {
        Minting minting = Minting.of(Minting.PASSING, secrets);
        Instant now = clock.instant();
        Instant expires = now.plus(life);
        var handled =
                recording.here(
                        Session.stream(tenant, session),
                        new Session(),
                        new SessionCommand.OpenSession(
                                session, person, minting.sha256(), expires, now),
                        meta);
        return switch (handled) {
            case Handled.Done<?, ?> done ->
                    new SignedIn(
                            new SessionCard(tenant, session, person, now, expires), minting.text());
            case Handled.Refused<?, ?> refused ->
                    throw new IllegalStateException("no session: " + refused.reason());
        };
    }
}
