package agency.access.flow;

import static org.assertj.core.api.Assertions.assertThat;

import agency.access.AccessContext;
import agency.access.adapter.bcrypt.BcryptHashes;
import agency.access.domain.organisation.Founding;
import agency.access.domain.organisation.Organisation;
import agency.access.domain.organisation.OrganisationCommand.OpenOrganisation;
import agency.access.domain.role.Role;
import agency.access.domain.role.Standing;
import agency.access.domain.session.Session;
import agency.access.house.Interrupted;
import agency.access.house.Live;
import agency.access.house.Ticking;
import agency.access.view.key.KeyRegister;
import agency.access.view.member.MemberRegister;
import agency.access.view.organisation.OrganisationRegister;
import agency.access.view.password.PasswordRegister;
import agency.access.view.session.SessionCard;
import agency.access.view.session.SessionRegister;
import agency.kernel.fact.FactMeta;
import agency.platform.crypto.Secret;
import agency.platform.crypto.SecretSource;
import agency.platform.log.Commands;
import agency.platform.log.StreamCommands;
import agency.platform.testing.InMemoryEventLog;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Somebody signs in by a password while it is replaced. */
class SignInRaceTest {
    private static final FactMeta META = new FactMeta("test", new UUID(0, 1), null);
    private static final String BOB = "bob@acme.example";
    private static final Secret FIRST = Secret.of("correct horse battery");
    private static final Secret SECOND = Secret.of("another horse battery");

    private final Ticking ticking = new Ticking();
    private final InMemoryEventLog log =
            new InMemoryEventLog(AccessContext.facts(), ticking, ticking.withZone(ZoneOffset.UTC));
    private final Live live = new Live(log);
    private final KeyRegister keys = new KeyRegister(live::mayAdmit);
    private final SessionRegister sessions = new SessionRegister();
    private final OrganisationRegister organisations = new OrganisationRegister();
    private final MemberRegister members = new MemberRegister();
    private final PasswordRegister passwords = new PasswordRegister();
    private final BcryptHashes hashes = new BcryptHashes();
    private final Commands commands = new StreamCommands(log);
    private final Recording recording = new Recording(commands, live, live);
    private final EndSession endSession = new EndSession(recording, ticking);
    private final SetPassword setPassword =
            new SetPassword(
                    new SetPassword.Views(organisations, passwords, sessions),
                    hashes,
                    recording,
                    endSession,
                    ticking);
    private UUID bob;

    @BeforeEach
    void enter() {
        live.start(List.of(keys, sessions, organisations, members, passwords));
        recording.here(
                Organisation.stream(1),
                new Organisation(),
                new OpenOrganisation(
                        1,
                        "Acme",
                        new Founding(ticking.next(), ticking.next(), ticking.next()),
                        ticking.instant()),
                META);
        Members flow =
                new Members(
                        new Members.Views(members, organisations, keys, sessions),
                        recording,
                        new RevokeKey(recording, ticking),
                        endSession,
                        ticking,
                        ticking);
        Members.NewMember wanted =
                new Members.NewMember("Bob", BOB, new Standing(Role.VIEWER, null));
        bob =
                ((Members.Result.Done) flow.grant(1, wanted, Standing.FOUNDER.permissions(), META))
                        .person();
        setPassword.set(1, bob, hashes.hash(FIRST.reveal()), META);
    }

    @Test
    void aPasswordThatIsReplacedWhileItIsComparedLetsNobodyIn() {
        UUID before = signIn(commands, FIRST).orElseThrow().session().session();
        endSession.end(1, before, META);
        Commands replaced =
                new Interrupted(commands, Session.CATEGORY, () -> assertThat(replace()).isEmpty());
        assertThat(signIn(replaced, FIRST)).isEmpty();
        assertThat(sessions.of(bob, ticking.instant())).as("left open").isEmpty();
        assertThat(signIn(commands, FIRST)).isEmpty();
        assertThat(signIn(commands, SECOND)).isPresent();
    }

    private Optional<SetPassword.Refusal> replace() {
        SessionCard other =
                new SessionCard(
                        1,
                        new UUID(0, 9),
                        bob,
                        ticking.instant(),
                        ticking.instant().plusSeconds(1));
        return setPassword.change(other, FIRST, SECOND, null, META);
    }

    private Optional<OpenSession.SignedIn> signIn(Commands through, Secret password) {
        return new SignIn(
                        new SignIn.Views(organisations, members, passwords),
                        hashes,
                        new OpenSession(
                                new Recording(through, live, live),
                                SecretSource.system(),
                                ticking,
                                Duration.ofHours(1)),
                        endSession,
                        ticking)
                .signIn(BOB, password, null, META);
    }
}
