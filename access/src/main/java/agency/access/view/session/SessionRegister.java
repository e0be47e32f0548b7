package agency.access.view.session;

import agency.access.domain.link.LinkEvent;
import agency.access.domain.link.LinkEvent.LinkConsumed;
import agency.access.domain.link.LinkEvent.LinkOffered;
import agency.access.domain.link.OneTimeLink;
import agency.access.domain.session.Session;
import agency.access.domain.session.SessionEvent;
import agency.access.domain.session.SessionEvent.SessionEnded;
import agency.access.domain.session.SessionEvent.SessionOpened;
import agency.access.view.fingerprint.Fingerprint;
import agency.kernel.fact.Recorded;
import agency.platform.projection.MemoryView;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The open sessions and offered links, by the fingerprints of their secrets. What is over is
 * dropped when the next one comes, so it stays as small as what is open.
 */
public final class SessionRegister implements MemoryView {
    /** The name of the view. */
    public static final String NAME = "access.sessions";

    private final Map<Fingerprint, SessionCard> sessions = new ConcurrentHashMap<>();
    private final Map<Fingerprint, Offer> offers = new ConcurrentHashMap<>();

    private final Map<UUID, Instant> linked = new ConcurrentHashMap<>();

    private record Offer(LinkCard card, Instant expires) {}

    /** The session with this cookie, if it is open at this moment. */
    public Optional<SessionCard> holding(String cookie, Instant now) {
        return Optional.ofNullable(sessions.get(Fingerprint.of(cookie)))
                .filter(card -> now.isBefore(card.expires()));
    }

    /** The open session with this id. */
    public Optional<SessionCard> byId(UUID session) {
        return sessions.values().stream()
                .filter(card -> card.session().equals(session))
                .findFirst();
    }

    /** The open sessions of a person, the latest first. */
    public List<SessionCard> of(UUID person, Instant now) {
        return sessions.values().stream()
                .filter(card -> card.person().equals(person) && now.isBefore(card.expires()))
                .sorted(Comparator.comparing(SessionCard::session).reversed())
                .toList();
    }

    /**
     * Whether a session was opened by a one-time link less than {@link OneTimeLink#MAX_LIFE} ago:
     * who holds it has just been vouched for.
     */
    public boolean isFreshFromLink(UUID session, Instant now) {
        Instant at = linked.get(session);
        return at != null && now.isBefore(at.plus(OneTimeLink.MAX_LIFE));
    }

    /** The link with this token; whether it can still be used is the link's own decision. */
    public Optional<LinkCard> link(String token) {
        return Optional.ofNullable(offers.get(Fingerprint.of(token))).map(Offer::card);
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Set<String> categories() {
        return Set.of(OneTimeLink.CATEGORY, Session.CATEGORY);
    }

    @Override
    public void reset() {
        sessions.clear();
        offers.clear();
        linked.clear();
    }

    @Override
    public void apply(Recorded fact) {
        int tenant = fact.stream().tenant();
        switch (fact.fact()) {
            case SessionEvent event -> apply(tenant, event);
            case LinkEvent event -> apply(tenant, event);
            default -> throw new IllegalStateException("not a fact of sessions: " + fact.type());
        }
    }

    private void apply(int tenant, SessionEvent event) {
        switch (event) {
            case SessionOpened opened -> {
                sessions.values().removeIf(card -> !opened.at().isBefore(card.expires()));
                sessions.put(
                        Fingerprint.parse(opened.sha256()),
                        new SessionCard(
                                tenant,
                                opened.session(),
                                opened.person(),
                                opened.at(),
                                opened.expires()));
            }
            case SessionEnded ended ->
                    sessions.values().removeIf(card -> card.session().equals(ended.session()));
        }
    }

    private void apply(int tenant, LinkEvent event) {
        switch (event) {
            case LinkOffered offered -> {
                // Kept for twice its life, so that whoever comes late hears that he is late.
                offers.values().removeIf(offer -> isLongOver(offer, offered.at()));
                offers.put(
                        Fingerprint.parse(offered.sha256()),
                        new Offer(
                                new LinkCard(tenant, offered.link(), offered.person()),
                                offered.expires()));
            }
            case LinkConsumed consumed -> {
                // The offer is kept too: the link itself answers that it was used.
                linked.values()
                        .removeIf(at -> at.plus(OneTimeLink.MAX_LIFE).isBefore(consumed.at()));
                linked.put(consumed.session(), consumed.at());
            }
        }
    }

    private static boolean isLongOver(Offer offer, Instant now) {
        return offer.expires().plus(OneTimeLink.MAX_LIFE).isBefore(now);
    }
}
