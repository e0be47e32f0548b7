package agency.access.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import agency.access.AccessContext;
import agency.access.domain.membership.MembershipRefusal.BeyondOwn;
import agency.access.domain.person.PersonRefusal.EmailTaken;
import agency.access.domain.role.Role;
import agency.access.domain.role.Standing;
import agency.access.flow.Members.NewMember;
import agency.access.flow.Members.Result;
import agency.access.house.DyingCommands;
import agency.access.house.Live;
import agency.access.house.Ticking;
import agency.access.view.key.KeyRegister;
import agency.access.view.member.MemberRegister;
import agency.access.view.organisation.OrganisationRegister;
import agency.access.view.session.SessionRegister;
import agency.kernel.fact.FactMeta;
import agency.kernel.fault.Fault;
import agency.platform.crypto.SecretSource;
import agency.platform.log.Commands;
import agency.platform.log.StreamCommands;
import agency.platform.testing.InMemoryEventLog;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class MembersTest {
    private static final FactMeta META = new FactMeta("test", new UUID(0, 1), null);
    private static final Set<String> ALL = Standing.FOUNDER.permissions();
    private static final UUID FOUNDER = new UUID(0, 2);
    private static final NewMember BOB =
            new NewMember("Bob", "bob@acme.example", new Standing(Role.DEVELOPER, null));

    private final Ticking ticking = new Ticking();
    private final InMemoryEventLog log =
            new InMemoryEventLog(AccessContext.facts(), ticking, ticking.withZone(ZoneOffset.UTC));
    private final Live live = new Live(log);
    private final KeyRegister keys = new KeyRegister(() -> true);
    private final SessionRegister sessions = new SessionRegister();
    private final MemberRegister members = new MemberRegister();
    private final OrganisationRegister organisations = new OrganisationRegister();
    private final Members flow = flow(new StreamCommands(log), organisations);

    @BeforeEach
    void seat() {
        live.start(List.of(keys, sessions, members, organisations));
        flow.seat(1, FOUNDER, META);
    }

    @Test
    void giveAnEmailToOneOnlyEvenWhenTheirViewHasNotHeardOfTheOther() {
        assertThat(flow.grant(1, BOB, ALL, META)).isInstanceOf(Result.Done.class);
        Members behind = flow(new StreamCommands(log), new OrganisationRegister());
        NewMember same = new NewMember("Eve", "BOB@ACME.example", BOB.standing());
        assertThat(behind.grant(1, same, ALL, META)).isEqualTo(new Result.Unfit(new EmailTaken()));
    }

    @Test
    void finishAnEntryThatACrashCutShort() {
        Members dying = flow(new DyingCommands(new StreamCommands(log), 1), organisations);
        assertThatThrownBy(() -> dying.grant(1, BOB, ALL, META))
                .isInstanceOf(DyingCommands.Died.class);
        UUID entered = organisations.reachedBy(1, "bob@acme.example").orElseThrow();
        assertThat(members.member(1, entered)).isEmpty();
        assertThat(flow.grant(1, BOB, ALL, META)).isEqualTo(new Result.Done(entered));
        assertThat(members.member(1, entered)).isPresent();
        assertThat(members.member(2, entered)).as("another organisation's").isEmpty();
    }

    @Test
    void enterNobodyWhomTheyThenRefuse() {
        long head = log.head(0).value();
        NewMember owner = new NewMember("Eve", "eve@acme.example", new Standing(Role.OWNER, null));
        Set<String> admin = new Standing(Role.ADMIN, null).permissions();
        assertThat(flow.grant(1, owner, admin, META))
                .isEqualTo(
                        new Result.Refused(
                                new BeyondOwn(
                                        owner.standing(),
                                        Set.of(
                                                "events.read",
                                                "organization.write",
                                                "people.erase"))));
        assertThat(log.head(0).value()).isEqualTo(head);
    }

    @Test
    void goOnEndingAKeyWhereTheyStopped() {
        UUID bob = ((Result.Done) flow.grant(1, BOB, ALL, META)).person();
        IssueKey issueKey =
                new IssueKey(
                        recording(new StreamCommands(log)),
                        ticking,
                        SecretSource.system(),
                        ticking);
        issueKey.forAdministrator(
                1,
                new IssueKey.AdministratorKey(
                        new agency.kernel.fact.Personal(bob, "job"),
                        BOB.standing(),
                        ALL,
                        null,
                        List.of()),
                META);
        live.isEverywhere = false;
        assertThatThrownBy(() -> flow.end(1, bob, ALL, null, META)).isInstanceOf(Fault.class);
        assertThat(keys.administratingFor(bob)).hasSize(1);
        live.isEverywhere = true;
        assertThat(flow.end(1, bob, ALL, null, META)).isEmpty();
        assertThat(keys.administratingFor(bob)).isEmpty();
    }

    @Test
    void leaveTheFounderWhatHeHasBecome() {
        flow.grant(1, new NewMember("Eve", null, new Standing(Role.OWNER, null)), ALL, META);
        assertThat(flow.change(1, FOUNDER, new Standing(Role.VIEWER, null), ALL, null, META))
                .isEmpty();
        flow.seat(1, FOUNDER, META);
        assertThat(members.member(1, FOUNDER).orElseThrow().standing().role())
                .isEqualTo(Role.VIEWER);
    }

    private Members flow(Commands commands, OrganisationRegister organisations) {
        Recording recording = recording(commands);
        return new Members(
                new Members.Views(members, organisations, keys, sessions),
                recording,
                new RevokeKey(recording, ticking),
                new EndSession(recording, ticking),
                ticking,
                ticking);
    }

    private Recording recording(Commands commands) {
        return new Recording(commands, live, live);
    }
}
