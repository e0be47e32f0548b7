package agency.access.adapter.http;

import agency.access.domain.key.KeyEvent;
import agency.access.domain.role.Standing;
import agency.access.view.key.KeyRegister;
import agency.access.view.member.MemberCard;
import agency.access.view.member.MemberRegister;
import agency.access.view.session.SessionCard;
import agency.access.view.session.SessionRegister;
import agency.platform.http.Authenticator;
import java.util.UUID;

/** Which person stands behind a caller's key or session, and as what. */
final class Holders {
    private final KeyRegister keys;
    private final SessionRegister sessions;
    private final MemberRegister members;
    private final ForeignCallers foreign;

    Holders(
            KeyRegister keys,
            SessionRegister sessions,
            MemberRegister members,
            ForeignCallers foreign) {
        this.foreign = foreign;
        this.keys = keys;
        this.sessions = sessions;
        this.members = members;
    }

    /** The person behind a caller who was let in a moment ago. */
    UUID of(Authenticator.Principal caller) {
        return sessions.byId(caller.actor())
                .map(SessionCard::person)
                .or(() -> keys.byId(caller.actor()).map(card -> card.issued().name().person()))
                .or(() -> foreign.standing(caller.actor()).map(standing -> caller.actor()))
                .orElseThrow(Wire::unauthenticated);
    }

    /** What the person behind a caller is. */
    Standing standing(Authenticator.Principal caller) {
        return standing(caller.tenant(), of(caller));
    }

    /** What a person is in an organisation. */
    Standing standing(int tenant, UUID person) {
        return members.member(tenant, person)
                .map(MemberCard::standing)
                .orElseThrow(Wire::unauthenticated);
    }

    /** As what a caller acts: a key as what it was issued for, a session as its person. */
    Standing acting(Authenticator.Principal caller) {
        return keys.byId(caller.actor())
                .map(card -> card.issued())
                .filter(KeyEvent.Administrating.class::isInstance)
                .map(issued -> ((KeyEvent.Administrating) issued).standing())
                .or(() -> foreign.standing(caller.actor()))
                .orElseGet(() -> standing(caller));
    }
}
