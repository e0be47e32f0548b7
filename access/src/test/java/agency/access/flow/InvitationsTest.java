package agency.access.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import agency.access.AccessContext;
import agency.access.adapter.bcrypt.BcryptHashes;
import agency.access.domain.invitation.InvitationRefusal;
import agency.access.domain.role.Role;
import agency.access.domain.role.Standing;
import agency.access.flow.Invitations.Result;
import agency.access.house.DyingCommands;
import agency.access.house.Live;
import agency.access.house.Ticking;
import agency.access.view.invitation.InvitationRegister;
import agency.access.view.key.KeyRegister;
import agency.access.view.member.MemberRegister;
import agency.access.view.organisation.OrganisationRegister;
import agency.access.view.password.PasswordRegister;
import agency.access.view.session.SessionRegister;
import agency.kernel.fact.FactMeta;
import agency.platform.crypto.Secret;
import agency.platform.crypto.SecretSource;
import agency.platform.log.Commands;
import agency.platform.log.StreamCommands;
import agency.platform.testing.InMemoryEventLog;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Invitations through crashes and races. */
class InvitationsTest {
    private static final FactMeta META = new FactMeta("test", new UUID(0, 1), null);
    private static final Secret PASSWORD = Secret.of("correct horse battery");

    private final Ticking ticking = new Ticking();
    private final InMemoryEventLog log =
            new InMemoryEventLog(AccessContext.facts(), ticking, ticking.withZone(ZoneOffset.UTC));
    private final Live live = new Live(log);
    private final KeyRegister keys = new KeyRegister(live::mayAdmit);
    private final SessionRegister sessions = new SessionRegister();
    private final OrganisationRegister organisations = new OrganisationRegister();
    private final MemberRegister members = new MemberRegister();
    private final PasswordRegister passwords = new PasswordRegister();
    private final InvitationRegister invitations = new InvitationRegister();

    InvitationsTest() {
        live.start(List.of(keys, sessions, organisations, members, passwords, invitations));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4})
    void goOnWhereACrashCutThemShort(int recordedBeforeTheCrash) {
        Result.Offered offered = offer();
        String token = offered.token().reveal();
        Invitations dying =
                flow(new DyingCommands(new StreamCommands(log), recordedBeforeTheCrash));
        assertThatThrownBy(() -> dying.accept(token, "Bob", PASSWORD, META))
                .isInstanceOf(DyingCommands.Died.class);
        Invitations flow = flow(new StreamCommands(log));
        boolean isMember = recordedBeforeTheCrash == 4;
        assertThat(flow.accept(token, "Bob", PASSWORD, META))
                .as("it may still be under way")
                .isInstanceOf(Result.Refused.class);
        ticking.move(Invitations.CUT_SHORT_AFTER);
        Result again = flow.accept(token, "Bob", PASSWORD, META);
        UUID guest = invitations.byId(offered.invitation()).orElseThrow().guest();
        assertThat(members.member(1, guest)).isPresent();
        assertThat(organisations.person(guest)).contains("Bob");
        if (isMember) {
            assertThat(again)
                    .as("a member signs in by password")
                    .isInstanceOf(Result.Refused.class);
        } else {
            assertThat(again).isInstanceOf(Result.SignedIn.class);
        }
        assertThat(flow.accept(token, "Bob", PASSWORD, META)).isInstanceOf(Result.Refused.class);
    }

    @Test
    void bringNobodyBackWhoWasRemovedAfterAccepting() {
        Result.Offered offered = offer();
        String token = offered.token().reveal();
        Invitations flow = flow(new StreamCommands(log));
        assertThat(flow.accept(token, "Bob", PASSWORD, META)).isInstanceOf(Result.SignedIn.class);
        UUID guest = invitations.byId(offered.invitation()).orElseThrow().guest();
        ticking.move(Duration.ofSeconds(1));
        membersFlow(new StreamCommands(log)).seat(1, new UUID(7, 7), META);
        membersFlow(new StreamCommands(log))
                .end(1, guest, Standing.FOUNDER.permissions(), null, META);
        ticking.move(Invitations.CUT_SHORT_AFTER);
        assertThat(flow.accept(token, "Bob", PASSWORD, META))
                .isInstanceOfSatisfying(
                        Result.Refused.class,
                        refused ->
                                assertThat(refused.reason())
                                        .isInstanceOf(InvitationRefusal.Accepted.class));
        assertThat(members.member(1, guest)).isEmpty();
    }

    @Test
    void letOneOfManyInWhoAcceptAtTheSameTime() throws Exception {
        String token = offer().token().reveal();
        Invitations flow = flow(new StreamCommands(log));
        CountDownLatch ready = new CountDownLatch(1);
        Callable<Result> asking =
                () -> {
                    ready.await();
                    return flow.accept(token, "Bob", PASSWORD, META);
                };
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Result>> asked = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                asked.add(threads.submit(asking));
            }
            ready.countDown();
            int in = 0;
            for (Future<Result> one : asked) {
                in += one.get() instanceof Result.SignedIn ? 1 : 0;
            }
            assertThat(in).isEqualTo(1);
        }
    }

    @Test
    void areAtMostSoManyAtATime() {
        Invitations flow = flow(new StreamCommands(log));
        for (int i = 0; i < Invitations.MAX_OPEN; i++) {
            assertThat(invite(flow, "guest" + i + "@acme.example"))
                    .isInstanceOf(Result.Offered.class);
        }
        assertThat(invite(flow, "one@acme.example"))
                .isEqualTo(new Result.TooManyOpen(Invitations.MAX_OPEN));
        ticking.move(Duration.ofDays(1));
        assertThat(invite(flow, "one@acme.example")).isInstanceOf(Result.Offered.class);
    }

    private Result.Offered offer() {
        return (Result.Offered)
                flow(new StreamCommands(log)).inviteOwner(1, "bob@acme.example", META);
    }

    private static Result invite(Invitations flow, String email) {
        return flow.invite(
                1,
                new UUID(7, 7),
                email,
                new Standing(Role.VIEWER, null),
                Duration.ofDays(1),
                Standing.FOUNDER.permissions(),
                META);
    }

    private Members membersFlow(Commands commands) {
        Recording recording = new Recording(commands, live, live);
        return new Members(
                new Members.Views(members, organisations, keys, sessions),
                recording,
                new RevokeKey(recording, ticking),
                new EndSession(recording, ticking),
                ticking,
                ticking);
    }

    private Invitations flow(Commands commands) {
        Recording recording = new Recording(commands, live, live);
        return new Invitations(
                new Invitations.Views(invitations, organisations, members),
                membersFlow(commands),
                new SetPassword(
                        new SetPassword.Views(organisations, passwords, sessions),
                        new BcryptHashes(),
                        recording,
                        new EndSession(recording, ticking),
                        ticking),
                new OpenSession(recording, SecretSource.system(), ticking, Duration.ofHours(1)),
                recording,
                ticking,
                SecretSource.system(),
                ticking);
    }
}
