package agency.access.domain.account;

import agency.access.domain.account.ServiceAccountCommand.CloseAccount;
import agency.access.domain.account.ServiceAccountCommand.OpenAccount;
import agency.access.domain.account.ServiceAccountCommand.RenameAccount;
import agency.access.domain.account.ServiceAccountEvent.ServiceAccountClosed;
import agency.access.domain.account.ServiceAccountEvent.ServiceAccountOpened;
import agency.access.domain.account.ServiceAccountEvent.ServiceAccountRenamed;
import agency.access.domain.account.ServiceAccountRefusal.Closed;
import agency.access.domain.account.ServiceAccountRefusal.NeverOpened;
import agency.access.domain.account.ServiceAccountRefusal.UnfitName;
import agency.kernel.decision.Spec;
import java.time.Instant;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class ServiceAccountTest {
    private static final Instant NOW = Instant.parse("2026-11-21T10:00:00Z");
    private static final UUID ID = new UUID(7, 1);
    private static final UUID PROJECT = new UUID(7, 2);
    private static final ServiceAccountEvent OPENED =
            new ServiceAccountOpened(ID, PROJECT, "robot", NOW);
    private static final ServiceAccountEvent CLOSED = new ServiceAccountClosed(ID, NOW);

    private final ServiceAccount account = new ServiceAccount();

    @Test
    void opensOnce() {
        OpenAccount open = new OpenAccount(ID, PROJECT, "robot", NOW);
        Spec.of(account).when(open).then(OPENED);
        Spec.of(account).given(OPENED).when(open).thenNothing();
        Spec.of(account).given(OPENED, CLOSED).when(open).thenNothing();
    }

    @Test
    void isRenamedWhileItIsOpen() {
        RenameAccount rename = new RenameAccount(ID, "bot", NOW);
        ServiceAccountEvent renamed = new ServiceAccountRenamed(ID, "bot", NOW);
        Spec.of(account).given(OPENED).when(rename).then(renamed);
        Spec.of(account).given(OPENED, renamed).when(rename).thenNothing();
        Spec.of(account).given(OPENED, CLOSED).when(rename).thenRefused(new Closed());
        Spec.of(account).when(rename).thenRefused(new NeverOpened());
        Spec.of(account)
                .given(OPENED)
                .when(new RenameAccount(ID, " ", NOW))
                .thenRefused(new UnfitName("must not be blank"));
    }

    @Test
    void closesForEver() {
        CloseAccount close = new CloseAccount(ID, NOW);
        Spec.of(account).given(OPENED).when(close).then(CLOSED);
        Spec.of(account).given(OPENED, CLOSED).when(close).thenNothing();
        Spec.of(account).when(close).thenRefused(new NeverOpened());
    }
}
