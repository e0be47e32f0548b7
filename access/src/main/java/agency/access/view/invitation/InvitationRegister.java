package agency.access.view.invitation;

import agency.access.domain.invitation.Invitation;
import agency.access.domain.invitation.InvitationEvent.InvitationAccepted;
import agency.access.domain.invitation.InvitationEvent.InvitationOffered;
import agency.access.domain.invitation.InvitationEvent.InvitationWithdrawn;
import agency.access.domain.person.Person;
import agency.access.domain.person.PersonEvent.PersonErased;
import agency.access.view.fingerprint.Fingerprint;
import agency.kernel.fact.Recorded;
import agency.platform.projection.MemoryView;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.stream.Stream;

/** Every invitation, by its id and by the fingerprint of its token. */
public final class InvitationRegister implements MemoryView {
    /** The name of the view. */
    public static final String NAME = "access.invitations";

    private final ConcurrentNavigableMap<UUID, InvitationCard> byId = new ConcurrentSkipListMap<>();
    private final Map<Fingerprint, UUID> byToken = new ConcurrentHashMap<>();

    /** The invitation with this token. */
    public Optional<InvitationCard> bearing(String token) {
        return Optional.ofNullable(byToken.get(Fingerprint.of(token))).map(byId::get);
    }

    /** The invitation with this id. */
    public Optional<InvitationCard> byId(UUID invitation) {
        return Optional.ofNullable(byId.get(invitation));
    }

    /** An organisation's invitations, all that there ever were. */
    public Stream<InvitationCard> of(int tenant) {
        return byId.values().stream().filter(card -> card.tenant() == tenant);
    }

    /** How many invitations into an organisation can be accepted at this moment. */
    public long open(int tenant, Instant now) {
        return byId.values().stream()
                .filter(card -> card.tenant() == tenant)
                .filter(card -> card.state(now) == InvitationCard.State.OPEN)
                .count();
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Set<String> categories() {
        return Set.of(Invitation.CATEGORY, Person.CATEGORY);
    }

    @Override
    public void reset() {
        byId.clear();
        byToken.clear();
    }

    @Override
    public void apply(Recorded fact) {
        switch (fact.fact()) {
            case InvitationOffered offered -> {
                byId.put(
                        offered.invitation(),
                        new InvitationCard(
                                fact.stream().tenant(), offered, fact.version(), null, null));
                byToken.put(Fingerprint.parse(offered.sha256()), offered.invitation());
            }
            case InvitationAccepted accepted ->
                    byId.computeIfPresent(
                            accepted.invitation(),
                            (id, card) ->
                                    new InvitationCard(
                                            card.tenant(),
                                            card.offered(),
                                            fact.version(),
                                            accepted.at(),
                                            null));
            case InvitationWithdrawn withdrawn ->
                    byId.computeIfPresent(
                            withdrawn.invitation(),
                            (id, card) ->
                                    new InvitationCard(
                                            card.tenant(),
                                            card.offered(),
                                            fact.version(),
                                            null,
                                            withdrawn.at()));
            case PersonErased erased ->
                    byId.values().stream()
                            .filter(card -> card.guest().equals(erased.person()))
                            .forEach(card -> byId.put(card.id(), card.guestless()));
            default -> {
                // Nothing else about people changes invitations.
            }
        }
    }
}
