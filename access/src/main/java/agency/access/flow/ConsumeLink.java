package agency.access.flow;

import agency.access.domain.link.LinkCommand;
import agency.access.domain.link.LinkEvent;
import agency.access.domain.link.LinkRefusal;
import agency.access.domain.link.OneTimeLink;
import agency.access.view.session.LinkCard;
import agency.access.view.session.SessionRegister;
import agency.kernel.fact.FactMeta;
import agency.kernel.id.IdSource;
import agency.platform.log.Commands.Handled;
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
    private final OpenSession openSession;
    private final InstantSource clock;

    /** Finds links here and opens sessions with this flow. */
    public ConsumeLink(
            SessionRegister sessions,
            Recording recording,
            IdSource ids,
            OpenSession openSession,
            InstantSource clock) {
        this.sessions = sessions;
        this.recording = recording;
        this.ids = ids;
        this.openSession = openSession;
        this.clock = clock;
    }

    /** What became of it. */
    public sealed interface Result {
        /** A session is open. */
        record Done(OpenSession.SignedIn in) implements Result {}

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
            case Handled.Done<LinkEvent, LinkRefusal> done ->
                    new Result.Done(openSession.open(link.tenant(), session, link.person(), meta));
            case Handled.Refused<LinkEvent, LinkRefusal> refused ->
                    new Result.Refused(refused.reason());
        };
    }
}
