package agency.access.flow;

import static org.assertj.core.api.Assertions.assertThat;

import agency.access.api.AccessSettings;
import agency.access.api.OfferedLink;
import agency.access.api.Opened;
import agency.access.domain.link.LinkRefusal;
import agency.access.domain.link.OneTimeLink;
import agency.access.house.MemoryHouse;
import agency.access.view.session.SessionRegister;
import agency.kernel.fact.FactMeta;
import agency.platform.crypto.SecretSource;
import agency.platform.log.StreamCommands;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LinksTest {
    private static final FactMeta META = new FactMeta("test", new UUID(0, 1), null);

    private final MemoryHouse house = new MemoryHouse();
    private Opened opened;
    private SessionRegister sessions;
    private ConsumeLink consumeLink;
    private EndSession endSession;

    @BeforeEach
    void open() {
        opened = house.open();
        sessions =
                (SessionRegister)
                        house.access.views().stream()
                                .filter(SessionRegister.class::isInstance)
                                .findFirst()
                                .orElseThrow();
        Recording recording = new Recording(new StreamCommands(house.log), house.live, house.live);
        consumeLink =
                new ConsumeLink(
                        sessions,
                        recording,
                        house.ticking,
                        new OpenSession(
                                recording,
                                SecretSource.system(),
                                house.ticking,
                                AccessSettings.DEFAULT.sessionLife()),
                        house.ticking);
        endSession = new EndSession(recording, house.ticking);
    }

    @Test
    void signInOnceThroughALink() {
        OfferedLink link = house.access.offerLink(opened);
        ConsumeLink.Result result = consumeLink.consume(link.token().reveal(), META);
        assertThat(result)
                .isInstanceOfSatisfying(
                        ConsumeLink.Result.Done.class,
                        done -> {
                            OpenSession.SignedIn in = done.in();
                            assertThat(in.session().person()).isEqualTo(opened.administrator());
                            assertThat(house.access.authenticator().session(in.cookie().reveal()))
                                    .isNotNull();
                        });
        assertThat(consumeLink.consume(link.token().reveal(), META))
                .isEqualTo(
                        new ConsumeLink.Result.Refused(
                                new LinkRefusal.AlreadyConsumed(house.ticking.instant())));
    }

    @Test
    void signOneOfManyInWhoCameAtTheSameTime() throws Exception {
        OfferedLink link = house.access.offerLink(opened);
        CountDownLatch ready = new CountDownLatch(1);
        Callable<ConsumeLink.Result> asking =
                () -> {
                    ready.await();
                    return consumeLink.consume(link.token().reveal(), META);
                };
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<ConsumeLink.Result>> asked =
                    IntStream.range(0, 32).mapToObj(i -> threads.submit(asking)).toList();
            ready.countDown();
            int in = 0;
            for (Future<ConsumeLink.Result> one : asked) {
                in += one.get() instanceof ConsumeLink.Result.Done ? 1 : 0;
            }
            assertThat(in).isEqualTo(1);
        }
    }

    @Test
    void areOfNoUseAfterAnHourOrWhenTheyAreNotOurs() {
        OfferedLink link = house.access.offerLink(opened);
        house.ticking.move(OneTimeLink.MAX_LIFE);
        assertThat(consumeLink.consume(link.token().reveal(), META))
                .isEqualTo(
                        new ConsumeLink.Result.Refused(
                                new LinkRefusal.LinkExpired(link.expires())));
        assertThat(consumeLink.consume("other", META))
                .isEqualTo(new ConsumeLink.Result.Refused(new LinkRefusal.NeverOffered()));
    }

    @Test
    void letNobodyInAfterTheSessionEndedOrExpired() {
        String first = signIn();
        endSession.end(
                1, sessions.holding(first, house.ticking.instant()).orElseThrow().session(), META);
        assertThat(house.access.authenticator().session(first)).isNull();
        String second = signIn();
        house.ticking.move(Duration.ofHours(12));
        assertThat(house.access.authenticator().session(second)).isNull();
        endSession.end(1, new UUID(0, 9), META);
    }

    @Test
    void leaveNoSecretInTheLog() {
        OfferedLink link = house.access.offerLink(opened);
        String cookie =
                ((ConsumeLink.Result.Done) consumeLink.consume(link.token().reveal(), META))
                        .in()
                        .cookie()
                        .reveal();
        assertThat(house.log.all().values().toString())
                .doesNotContain(link.token().reveal())
                .doesNotContain(cookie)
                .doesNotContain(opened.firstKey().orElseThrow().reveal())
                .doesNotContain(opened.profile().orElseThrow().reveal());
    }

    private String signIn() {
        OfferedLink link = house.access.offerLink(opened);
        return ((ConsumeLink.Result.Done) consumeLink.consume(link.token().reveal(), META))
                .in()
                .cookie()
                .reveal();
    }
}
