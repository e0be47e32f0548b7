package agency.access.view.member;

import agency.access.domain.membership.Membership;
import agency.access.domain.membership.MembershipEvent;
import agency.access.domain.membership.MembershipEvent.MembershipEnded;
import agency.access.domain.membership.MembershipEvent.MembershipGranted;
import agency.access.domain.membership.MembershipEvent.MembershipInstallationRoleChanged;
import agency.access.domain.membership.MembershipEvent.MembershipRoleChanged;
import agency.access.domain.organisation.Organisation;
import agency.access.domain.organisation.OrganisationEvent.OrganisationClosed;
import agency.access.domain.role.Standing;
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

/**
 * The members of all organisations that are open; whoever is one no more is known by when that
 * ended only.
 */
public final class MemberRegister implements MemoryView {
    /** The name of the view. */
    public static final String NAME = "access.members";

    private final ConcurrentNavigableMap<UUID, MemberCard> members = new ConcurrentSkipListMap<>();
    private final Map<UUID, Instant> ended = new ConcurrentHashMap<>();
    private final Map<UUID, Integer> counts = new ConcurrentHashMap<>();
    private final Set<Integer> closed = ConcurrentHashMap.newKeySet();

    /** A person of an organisation, if he is a member. */
    public Optional<MemberCard> member(int tenant, UUID person) {
        return Optional.ofNullable(members.get(person))
                .filter(card -> card.tenant() == tenant && !closed.contains(tenant));
    }

    /** When a person was last let in no more; empty when that has never been. */
    public Optional<Instant> ended(UUID person) {
        return Optional.ofNullable(ended.get(person));
    }

    /** An organisation's members. */
    public Stream<MemberCard> of(int tenant) {
        return closed.contains(tenant)
                ? Stream.empty()
                : members.values().stream().filter(card -> card.tenant() == tenant);
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Set<String> categories() {
        return Set.of(Membership.CATEGORY, Organisation.CATEGORY);
    }

    @Override
    public void reset() {
        members.clear();
        ended.clear();
        closed.clear();
        counts.clear();
    }

    @Override
    public void apply(Recorded fact) {
        switch (fact.fact()) {
            case MembershipGranted granted ->
                    members.put(
                            granted.person(),
                            new MemberCard(
                                    fact.stream().tenant(),
                                    granted.person(),
                                    new Standing(granted.role(), granted.installation()),
                                    granted.at(),
                                    count(granted)));
            case MembershipRoleChanged changed ->
                    members.computeIfPresent(
                            changed.person(),
                            (person, card) ->
                                    new MemberCard(
                                            card.tenant(),
                                            person,
                                            new Standing(
                                                    changed.role(), card.standing().installation()),
                                            card.since(),
                                            count(changed)));
            case MembershipInstallationRoleChanged changed ->
                    members.computeIfPresent(
                            changed.person(),
                            (person, card) ->
                                    new MemberCard(
                                            card.tenant(),
                                            person,
                                            new Standing(
                                                    card.standing().role(), changed.installation()),
                                            card.since(),
                                            count(changed)));
            case MembershipEnded over -> {
                count(over);
                members.remove(over.person());
                ended.put(over.person(), over.at());
            }
            case OrganisationClosed shut -> closed.add(shut.number());
            default -> {
                // Names and openings of organisations change nothing about their members.
            }
        }
    }

    private int count(MembershipEvent event) {
        return counts.merge(event.person(), 1, Integer::sum);
    }
}
