package agency.access.view.member;

import agency.access.domain.membership.Membership;
import agency.access.domain.membership.MembershipEvent;
import agency.access.domain.membership.MembershipEvent.MembershipEnded;
import agency.access.domain.membership.MembershipEvent.MembershipGranted;
import agency.access.domain.membership.MembershipEvent.MembershipRoleChanged;
import agency.access.domain.role.Standing;
import agency.kernel.fact.Recorded;
import agency.platform.projection.MemoryView;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;

/** The members of all organisations; whoever is one no more is not here. */
public final class MemberRegister implements MemoryView {
    /** The name of the view. */
    public static final String NAME = "access.members";

    private final ConcurrentNavigableMap<UUID, MemberCard> members = new ConcurrentSkipListMap<>();

    /** A person of an organisation, if he is a member. */
    public Optional<MemberCard> member(int tenant, UUID person) {
        return Optional.ofNullable(members.get(person)).filter(card -> card.tenant() == tenant);
    }

    /** An organisation's members, latest first, at most {@code limit}, from before that one. */
    public List<MemberCard> newest(int tenant, @Nullable UUID before, int limit) {
        ConcurrentNavigableMap<UUID, MemberCard> older =
                before == null ? members : members.headMap(before, false);
        return older.descendingMap().values().stream()
                .filter(card -> card.tenant() == tenant)
                .limit(limit)
                .toList();
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Set<String> categories() {
        return Set.of(Membership.CATEGORY);
    }

    @Override
    public void reset() {
        members.clear();
    }

    @Override
    public void apply(Recorded fact) {
        switch ((MembershipEvent) fact.fact()) {
            case MembershipGranted granted ->
                    members.put(
                            granted.person(),
                            new MemberCard(
                                    fact.stream().tenant(),
                                    granted.person(),
                                    new Standing(granted.role(), granted.installation()),
                                    granted.at()));
            case MembershipRoleChanged changed ->
                    members.computeIfPresent(
                            changed.person(),
                            (person, card) ->
                                    new MemberCard(
                                            card.tenant(),
                                            person,
                                            new Standing(
                                                    changed.role(), card.standing().installation()),
                                            card.since()));
            case MembershipEnded ended -> members.remove(ended.person());
        }
    }
}
