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
import agency.access.domain.name.Naming;
import agency.kernel.decision.Decider;
import agency.kernel.decision.Decision;
import agency.kernel.fact.StreamName;
import java.util.UUID;

/** Decides about a service account. */
public final class ServiceAccount
        implements Decider<
                ServiceAccountCommand,
                ServiceAccount.State,
                ServiceAccountEvent,
                ServiceAccountRefusal> {
    /** The category of its streams. */
    public static final String CATEGORY = "access.service-account";

    /** Most service accounts that an organisation has open at a time. */
    public static final int MAX_OPEN = 1_000;

    /** How it stands. */
    public sealed interface State {
        /** Nobody has opened it. */
        record Absent() implements State {}

        /** It is open, under this name. */
        record Open(String name) implements State {}

        /** It was closed. */
        record Shut() implements State {}
    }

    /** The stream of one service account. */
    public static StreamName stream(int tenant, UUID account) {
        return StreamName.of(tenant, CATEGORY, account.toString());
    }

    @Override
    public State initial() {
        return new State.Absent();
    }

    @Override
    public Decision<ServiceAccountEvent, ServiceAccountRefusal> decide(
            ServiceAccountCommand command, State state) {
        return switch (command) {
            case OpenAccount open ->
                    state instanceof State.Absent
                            ? named(
                                    open.name(),
                                    new ServiceAccountOpened(
                                            open.account(), open.project(), open.name(), open.at()))
                            : Decision.nothing();
            case RenameAccount rename ->
                    switch (state) {
                        case State.Absent absent -> Decision.reject(new NeverOpened());
                        case State.Open open -> renamed(rename, open);
                        case State.Shut shut -> Decision.reject(new Closed());
                    };
            case CloseAccount close ->
                    switch (state) {
                        case State.Absent absent -> Decision.reject(new NeverOpened());
                        case State.Open open ->
                                Decision.accept(
                                        new ServiceAccountClosed(close.account(), close.at()));
                        case State.Shut shut -> Decision.nothing();
                    };
        };
    }

    @Override
    public State evolve(State state, ServiceAccountEvent event) {
        return switch (event) {
            case ServiceAccountOpened opened -> new State.Open(opened.name());
            case ServiceAccountRenamed renamed -> new State.Open(renamed.name());
            case ServiceAccountClosed closed -> new State.Shut();
        };
    }

    private static Decision<ServiceAccountEvent, ServiceAccountRefusal> renamed(
            RenameAccount rename, State.Open open) {
        return rename.name().equals(open.name())
                ? Decision.nothing()
                : named(
                        rename.name(),
                        new ServiceAccountRenamed(rename.account(), rename.name(), rename.at()));
    }

    private static Decision<ServiceAccountEvent, ServiceAccountRefusal> named(
            String name, ServiceAccountEvent event) {
        return Naming.flaw(name)
                .<Decision<ServiceAccountEvent, ServiceAccountRefusal>>map(
                        flaw -> Decision.reject(new UnfitName(flaw)))
                .orElseGet(() -> Decision.accept(event));
    }
}
