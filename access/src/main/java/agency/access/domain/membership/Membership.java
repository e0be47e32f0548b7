package agency.access.domain.membership;

import agency.access.domain.membership.MembershipCommand.ChangeStanding;
import agency.access.domain.membership.MembershipCommand.EndMembership;
import agency.access.domain.membership.MembershipCommand.GrantMembership;
import agency.access.domain.membership.MembershipEvent.MembershipEnded;
import agency.access.domain.membership.MembershipEvent.MembershipGranted;
import agency.access.domain.membership.MembershipEvent.MembershipInstallationRoleChanged;
import agency.access.domain.membership.MembershipEvent.MembershipRoleChanged;
import agency.access.domain.membership.MembershipRefusal.AlreadyMember;
import agency.access.domain.membership.MembershipRefusal.BeyondOwn;
import agency.access.domain.membership.MembershipRefusal.LastOwner;
import agency.access.domain.membership.MembershipRefusal.NoMember;
import agency.access.domain.membership.MembershipRefusal.TooManyMembers;
import agency.access.domain.role.Role;
import agency.access.domain.role.Standing;
import agency.kernel.decision.Decider;
import agency.kernel.decision.Decision;
import agency.kernel.fact.StreamName;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * Decides about the memberships of one organisation. All of them are one stream: only so can it be
 * decided that an owner is left.
 */
public final class Membership
        implements Decider<
                MembershipCommand, Membership.State, MembershipEvent, MembershipRefusal> {
    /** The category of its streams. */
    public static final String CATEGORY = "access.membership";

    /** Most members of an organisation at a time. */
    public static final int MAX_MEMBERS = 1_000;

    /** Everybody who ever was a member, with what he is now; empty when he is one no more. */
    public record State(Map<UUID, Optional<Standing>> people) {
        /** Copies. */
        public State {
            people = Map.copyOf(people);
        }

        private Optional<Standing> standing(UUID person) {
            return people.getOrDefault(person, Optional.empty());
        }

        private State with(UUID person, Optional<Standing> standing) {
            Map<UUID, Optional<Standing>> changed = new HashMap<>(people);
            changed.put(person, standing);
            return new State(changed);
        }

        private long members() {
            return people.values().stream().flatMap(Optional::stream).count();
        }

        private boolean isLastOwner(UUID person) {
            return standing(person).filter(State::owns).isPresent()
                    && people.values().stream()
                                    .flatMap(Optional::stream)
                                    .filter(State::owns)
                                    .count()
                            == 1;
        }

        private static boolean owns(Standing standing) {
            return standing.role() == Role.OWNER;
        }
    }

    /** The stream of an organisation's memberships. */
    public static StreamName stream(int tenant) {
        return StreamName.of(tenant, CATEGORY, "all");
    }

    @Override
    public State initial() {
        return new State(Map.of());
    }

    @Override
    public Decision<MembershipEvent, MembershipRefusal> decide(
            MembershipCommand command, State state) {
        return switch (command) {
            case GrantMembership grant -> granted(grant, state);
            case ChangeStanding change -> changed(change, state);
            case EndMembership end -> ended(end, state);
        };
    }

    @Override
    public State evolve(State state, MembershipEvent event) {
        return switch (event) {
            case MembershipGranted granted ->
                    state.with(
                            granted.person(),
                            Optional.of(new Standing(granted.role(), granted.installation())));
            case MembershipRoleChanged changed ->
                    state.with(
                            changed.person(),
                            Optional.of(
                                    new Standing(
                                            changed.role(),
                                            state.standing(changed.person())
                                                    .orElseThrow()
                                                    .installation())));
            case MembershipInstallationRoleChanged changed ->
                    state.with(
                            changed.person(),
                            Optional.of(
                                    new Standing(
                                            state.standing(changed.person()).orElseThrow().role(),
                                            changed.installation())));
            case MembershipEnded ended -> state.with(ended.person(), Optional.empty());
        };
    }

    private static Decision<MembershipEvent, MembershipRefusal> granted(
            GrantMembership grant, State state) {
        if (state.standing(grant.person()).isPresent()) {
            return Decision.reject(new AlreadyMember());
        }
        if (state.members() >= MAX_MEMBERS) {
            return Decision.reject(new TooManyMembers(MAX_MEMBERS));
        }
        return within(
                grant.standing(),
                grant.may(),
                new MembershipGranted(
                        grant.person(),
                        grant.standing().role(),
                        grant.standing().installation(),
                        grant.at()));
    }

    private static Decision<MembershipEvent, MembershipRefusal> changed(
            ChangeStanding change, State state) {
        Standing before = state.standing(change.person()).orElse(null);
        if (before == null) {
            return Decision.reject(new NoMember());
        }
        Standing after = change.standing();
        if (before.equals(after)) {
            return Decision.nothing();
        }
        for (Standing either : List.of(before, after)) {
            Set<String> missing = either.beyond(change.may());
            if (!missing.isEmpty()) {
                return Decision.reject(new BeyondOwn(either, missing));
            }
        }
        if (before.role() != after.role() && state.isLastOwner(change.person())) {
            return Decision.reject(new LastOwner());
        }
        List<MembershipEvent> events = new ArrayList<>();
        if (before.role() != after.role()) {
            events.add(new MembershipRoleChanged(change.person(), after.role(), change.at()));
        }
        if (before.installation() != after.installation()) {
            events.add(
                    new MembershipInstallationRoleChanged(
                            change.person(), after.installation(), change.at()));
        }
        return new Decision.Accepted<>(events);
    }

    private static Decision<MembershipEvent, MembershipRefusal> ended(
            EndMembership end, State state) {
        Standing before = state.standing(end.person()).orElse(null);
        if (before == null) {
            return state.people().containsKey(end.person())
                    ? Decision.nothing()
                    : Decision.reject(new NoMember());
        }
        if (state.isLastOwner(end.person())) {
            return Decision.reject(new LastOwner());
        }
        return within(before, end.may(), new MembershipEnded(end.person(), end.at()));
    }

    private static Decision<MembershipEvent, MembershipRefusal> within(
            Standing standing, Set<String> may, MembershipEvent event) {
        Set<String> missing = standing.beyond(may);
        return missing.isEmpty()
                ? Decision.accept(event)
                : Decision.reject(new BeyondOwn(standing, missing));
    }
}
