package agency.access.flow;

import agency.access.domain.session.Session;
import agency.access.domain.session.SessionCommand;
import agency.kernel.fact.FactMeta;
import java.time.InstantSource;
import java.util.UUID;

/** Signs a browser out. When it returns, no instance knows the session. */
public final class EndSession {
    private final Recording recording;
    private final InstantSource clock;

    /** Ends sessions at the time from here. */
    public EndSession(Recording recording, InstantSource clock) {
        this.recording = recording;
        this.clock = clock;
    }

    /** Ends a session; one that has ended already, or never was, is not there either way. */
    public void end(int tenant, UUID session, FactMeta meta) {
        recording.everywhere(
                Session.stream(tenant, session),
                new Session(),
                new SessionCommand.EndSession(session, clock.instant()),
                meta);
    }
}
