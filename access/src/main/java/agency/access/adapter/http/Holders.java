package agency.access.adapter.http;

import agency.access.view.key.KeyRegister;
import agency.access.view.session.SessionCard;
import agency.access.view.session.SessionRegister;
import agency.platform.http.Authenticator;
import java.util.UUID;

/** Which person stands behind a caller's key or session. */
final class Holders {
    private final KeyRegister keys;
    private final SessionRegister sessions;

    Holders(KeyRegister keys, SessionRegister sessions) {
        this.keys = keys;
        this.sessions = sessions;
    }

    /** The person behind a caller who was let in a moment ago. */
    UUID of(Authenticator.Principal caller) {
        return sessions.byId(caller.actor())
                .map(SessionCard::person)
                .or(() -> keys.byId(caller.actor()).map(card -> card.issued().name().person()))
                .orElseThrow(() -> Wire.unauthenticated());
    }
}
