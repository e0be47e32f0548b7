package agency.access.domain.membership;

import static org.assertj.core.api.Assertions.assertThat;

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
import agency.access.domain.role.InstallationRole;
import agency.access.domain.role.Role;
import agency.access.domain.role.Standing;
import agency.kernel.decision.Spec;
import java.time.Instant;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class MembershipTest {
    private static final Instant NOW = Instant.parse("2026-11-21T10:00:00Z");
    private static final UUID ADA = new UUID(7, 1);
    private static final UUID BOB = new UUID(7, 2);
    private static final Set<String> ALL = Standing.FOUNDER.permissions();
    private static final Standing DEVELOPER = new Standing(Role.DEVELOPER, null);
    private static final Set<String> ADMIN = new Standing(Role.ADMIN, null).permissions();
    private static final MembershipEvent FOUNDER =
            new MembershipGranted(ADA, Role.OWNER, InstallationRole.OPERATOR, NOW);
    private static final MembershipEvent BOB_DEVELOPS =
            new MembershipGranted(BOB, Role.DEVELOPER, null, NOW);
    private static final MembershipEvent BOB_OWNS =
            new MembershipGranted(BOB, Role.OWNER, null, NOW);

    private final Membership membership = new Membership();

    @Test
    void letsSomebodyInOnceAtATime() {
        GrantMembership grant = new GrantMembership(BOB, DEVELOPER, ALL, NOW);
        Spec.of(membership).given(FOUNDER).when(grant).then(BOB_DEVELOPS);
        Spec.of(membership)
                .given(FOUNDER, BOB_DEVELOPS)
                .when(grant)
                .thenRefused(new AlreadyMember());
        Spec.of(membership)
                .given(FOUNDER, BOB_DEVELOPS, new MembershipEnded(BOB, NOW))
                .when(grant)
                .then(BOB_DEVELOPS);
    }

    @Test
    void letsNobodyGiveMoreThanHeHas() {
        Standing owner = new Standing(Role.OWNER, null);
        Spec.of(membership)
                .given(FOUNDER)
                .when(new GrantMembership(BOB, owner, ADMIN, NOW))
                .thenRefused(
                        new BeyondOwn(
                                owner,
                                Set.of("events.read", "organization.write", "people.erase")));
        Spec.of(membership)
                .given(FOUNDER, BOB_DEVELOPS)
                .when(new ChangeStanding(BOB, new Standing(Role.OWNER, null), ADMIN, NOW))
                .thenRefused(
                        new BeyondOwn(
                                owner,
                                Set.of("events.read", "organization.write", "people.erase")));
    }

    @Test
    void letsNobodyTakeFromOneWhoMayMore() {
        Standing owner = new Standing(Role.OWNER, null);
        BeyondOwn beyond =
                new BeyondOwn(owner, Set.of("events.read", "organization.write", "people.erase"));
        Spec.of(membership)
                .given(FOUNDER, BOB_OWNS)
                .when(new EndMembership(BOB, ADMIN, NOW))
                .thenRefused(beyond);
        Spec.of(membership)
                .given(FOUNDER, BOB_OWNS)
                .when(new ChangeStanding(BOB, new Standing(Role.VIEWER, null), ADMIN, NOW))
                .thenRefused(beyond);
    }

    @Test
    void changesARoleAndLeavesTheOneInTheInstallation() {
        MembershipEvent demoted = new MembershipRoleChanged(ADA, Role.VIEWER, NOW);
        Spec.of(membership)
                .given(FOUNDER, BOB_OWNS)
                .when(
                        new ChangeStanding(
                                ADA,
                                new Standing(Role.VIEWER, InstallationRole.OPERATOR),
                                ALL,
                                NOW))
                .then(demoted);
        assertThat(
                        membership
                                .evolve(membership.evolve(membership.initial(), FOUNDER), demoted)
                                .people()
                                .get(ADA))
                .contains(new Standing(Role.VIEWER, InstallationRole.OPERATOR));
        Spec.of(membership)
                .given(FOUNDER)
                .when(
                        new ChangeStanding(
                                ADA, new Standing(Role.OWNER, InstallationRole.OPERATOR), ALL, NOW))
                .thenNothing();
    }

    @Test
    void changesARoleInTheInstallationAndLeavesTheOther() {
        MembershipEvent auditing =
                new MembershipInstallationRoleChanged(ADA, InstallationRole.AUDITOR, NOW);
        Spec.of(membership)
                .given(FOUNDER)
                .when(
                        new ChangeStanding(
                                ADA,
                                new Standing(Role.OWNER, InstallationRole.AUDITOR),
                                Stream.of(
                                                ALL,
                                                new Standing(Role.VIEWER, InstallationRole.AUDITOR)
                                                        .permissions())
                                        .flatMap(Set::stream)
                                        .collect(Collectors.toSet()),
                                NOW))
                .then(auditing);
        assertThat(
                        membership
                                .evolve(membership.evolve(membership.initial(), FOUNDER), auditing)
                                .people()
                                .get(ADA))
                .contains(new Standing(Role.OWNER, InstallationRole.AUDITOR));
    }

    @Test
    void changesBothRolesAtOnce() {
        Spec.of(membership)
                .given(FOUNDER, BOB_DEVELOPS)
                .when(
                        new ChangeStanding(
                                BOB, new Standing(Role.ADMIN, InstallationRole.OPERATOR), ALL, NOW))
                .then(
                        new MembershipRoleChanged(BOB, Role.ADMIN, NOW),
                        new MembershipInstallationRoleChanged(BOB, InstallationRole.OPERATOR, NOW));
    }

    @ParameterizedTest
    @EnumSource(value = Role.class, mode = EnumSource.Mode.EXCLUDE, names = "OWNER")
    void neitherDemotesNorRemovesTheLastOwner(Role role) {
        Spec.of(membership)
                .given(FOUNDER, BOB_DEVELOPS)
                .when(
                        new ChangeStanding(
                                ADA, new Standing(role, InstallationRole.OPERATOR), ALL, NOW))
                .thenRefused(new LastOwner());
        Spec.of(membership)
                .given(FOUNDER, BOB_OWNS, new MembershipEnded(BOB, NOW))
                .when(new EndMembership(ADA, ALL, NOW))
                .thenRefused(new LastOwner());
        Spec.of(membership)
                .given(FOUNDER, BOB_OWNS, new MembershipRoleChanged(BOB, role, NOW))
                .when(new EndMembership(ADA, ALL, NOW))
                .thenRefused(new LastOwner());
    }

    @Test
    void endsOnceAndHarmlesslyTwice() {
        MembershipEvent ended = new MembershipEnded(BOB, NOW);
        EndMembership end = new EndMembership(BOB, ALL, NOW);
        Spec.of(membership).given(FOUNDER, BOB_DEVELOPS).when(end).then(ended);
        Spec.of(membership).given(FOUNDER, BOB_DEVELOPS, ended).when(end).thenNothing();
        Spec.of(membership).given(FOUNDER, BOB_OWNS).when(end).then(ended);
    }

    @Test
    void knowsNothingOfPeopleWhoNeverWereMembers() {
        Spec.of(membership)
                .given(FOUNDER)
                .when(new EndMembership(BOB, ALL, NOW))
                .thenRefused(new NoMember());
        Spec.of(membership)
                .given(FOUNDER)
                .when(new ChangeStanding(BOB, new Standing(Role.VIEWER, null), ALL, NOW))
                .thenRefused(new NoMember());
        Spec.of(membership)
                .given(FOUNDER, BOB_DEVELOPS, new MembershipEnded(BOB, NOW))
                .when(new ChangeStanding(BOB, new Standing(Role.VIEWER, null), ALL, NOW))
                .thenRefused(new NoMember());
    }

    @Test
    void hasRoomForSoManyAndNoMore() {
        MembershipEvent[] full =
                IntStream.range(0, Membership.MAX_MEMBERS)
                        .mapToObj(i -> new MembershipGranted(new UUID(8, i), Role.OWNER, null, NOW))
                        .toArray(MembershipEvent[]::new);
        Spec.of(membership)
                .given(full)
                .when(new GrantMembership(BOB, DEVELOPER, ALL, NOW))
                .thenRefused(new TooManyMembers(Membership.MAX_MEMBERS));
    }
}
