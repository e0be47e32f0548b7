package agency.access.flow;

import agency.access.domain.link.LinkCommand;
import agency.access.domain.link.LinkEvent;
import agency.access.domain.link.LinkRefusal;
import agency.access.domain.link.OneTimeLink;
import agency.access.domain.session.Session;
import agency.access.domain.session.SessionCommand.OpenSession;
import agency.access.view.session.LinkCard;
import agency.access.view.session.SessionCard;
import agency.access.view.session.SessionRegister;
import agency.kernel.fact.FactMeta;
import agency.kernel.id.IdSource;
import agency.platform.crypto.Secret;
import agency.platform.crypto.SecretSource;
import agency.platform.log.Commands.Handled;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.UUID;

/**
 * Uses a one-time link up and opens a session for it. A crash between the two costs the link: its
 * holder asks for another one.
 */
public final class ConsumeLink {
    private final SessionRegister sessions;
    private final Recording recording;
    private final IdSource ids;
    private final SecretSource secrets;
    private final InstantSource clock;
    private final Duration sessionLife;

    /** Opens sessions that last {@code sessionLife}. */
    public ConsumeLink(
            SessionRegister sessions,
            Recording recording,
            IdSource ids,
            SecretSource secrets,
            InstantSource clock,
            Duration sessionLife) {
        this.sessions = sessions;
        this.recording = recording;
        this.ids = ids;
        this.secrets = secrets;
        this.clock = clock;
        this.sessionLife = sessionLife;
    }

    /** What became of it. */
    public sealed interface Result {
        /** A session is open; {@code cookie} can be had only here. */
        record SignedIn(SessionCard session, Secret cookie) implements Result {}

        /** The link was of no use. */
        record Refused(LinkRefusal reason) implements Result {}
    }

    /** Uses the link with this token. */
    public Result consume(String token, FactMeta meta) {
        Optional<LinkCard> found = sessions.link(token);
        if (found.isEmpty()) {
            return new Result.Refused(new LinkRefusal.NeverOffered());
        }
        LinkCard link = found.get();
        UUID session = ids.next();
        Handled<LinkEvent, LinkRefusal> consumed =
                recording.here(
                        OneTimeLink.stream(link.tenant(), link.link()),
                        new OneTimeLink(),
                        new LinkCommand.ConsumeLink(link.link(), session, clock.instant()),
                        meta);
        return switch (consumed) {
            case Handled.Done<LinkEvent, LinkRefusal> done -> open(link, session, meta);
            case Handled.Refused<LinkEvent, LinkRefusal> refused ->
                    new Result.Refused(refused.reason());
        };
    }

    private Result open(LinkCard link, UUID session, FactMeta meta) {
        Minting minting = Minting.of(Minting.PASSING, secrets);
        Instant now = clock.instant();
        Instant expires = now.plus(sessionLife);
        var handled =
                recording.here(
                        Session.stream(link.tenant(), session),
                        new Session(),
                        new OpenSession(session, link.person(), minting.sha256(), expires, now),
                        meta);
        return switch (handled) {
            case Handled.Done<?, ?> done ->
                    new Result.SignedIn(
                            new SessionCard(link.tenant(), session, link.person(), expires),
                            minting.text());
            case Handled.Refused<?, ?> refused ->
                    throw new IllegalStateException("no session: " + refused.reason());
        };
    }
}
