package agency.access.domain.session;

import agency.access.domain.session.SessionCommand.EndSession;
import agency.access.domain.session.SessionCommand.OpenSession;
import agency.access.domain.session.SessionEvent.SessionEnded;
import agency.access.domain.session.SessionEvent.SessionOpened;
import agency.access.domain.session.SessionRefusal.NeverOpened;
import agency.access.domain.session.SessionRefusal.Unfit;
import agency.kernel.decision.Decider;
import agency.kernel.decision.Decision;
import agency.kernel.fact.StreamName;
import java.util.UUID;

/** Decides about a session. */
public final class Session
        implements Decider<SessionCommand, Session.State, SessionEvent, SessionRefusal> {
    /** The category of its streams. */
    public static final String CATEGORY = "access.session";

    /** How it stands. */
    public enum State {
        /** No such session. */
        ABSENT,
        /** Somebody is signed in, until it expires. */
        OPEN,
        /** It was ended. */
        ENDED
    }

    /** The stream of one session. */
    public static StreamName stream(int tenant, UUID session) {
        return StreamName.of(tenant, CATEGORY, session.toString());
    }

    @Override
    public State initial() {
        return State.ABSENT;
    }

    @Override
    public Decision<SessionEvent, SessionRefusal> decide(SessionCommand command, State state) {
        return switch (command) {
            case OpenSession open ->
                    switch (state) {
                        case ABSENT -> opened(open);
                        case OPEN, ENDED -> Decision.reject(new Unfit());
                    };
            case EndSession end ->
                    switch (state) {
                        case ABSENT -> Decision.reject(new NeverOpened());
                        case OPEN -> Decision.accept(new SessionEnded(end.session(), end.at()));
                        case ENDED -> Decision.nothing();
                    };
        };
    }

    @Override
    public State evolve(State state, SessionEvent event) {
        return switch (event) {
            case SessionOpened opened -> State.OPEN;
            case SessionEnded ended -> State.ENDED;
        };
    }

    private static Decision<SessionEvent, SessionRefusal> opened(OpenSession open) {
        if (!open.expires().isAfter(open.at())) {
            return Decision.reject(new Unfit());
        }
        return Decision.accept(
                new SessionOpened(
                        open.session(), open.person(), open.sha256(), open.expires(), open.at()));
    }
}
