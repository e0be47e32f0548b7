package agency.access.domain.organisation;

import agency.access.domain.name.Naming;
import agency.access.domain.organisation.OrganisationCommand.CloseOrganisation;
import agency.access.domain.organisation.OrganisationCommand.OpenOrganisation;
import agency.access.domain.organisation.OrganisationCommand.RenameOrganisation;
import agency.access.domain.organisation.OrganisationEvent.OrganisationClosed;
import agency.access.domain.organisation.OrganisationEvent.OrganisationOpened;
import agency.access.domain.organisation.OrganisationEvent.OrganisationRenamed;
import agency.access.domain.organisation.OrganisationRefusal.Closed;
import agency.access.domain.organisation.OrganisationRefusal.NeverOpened;
import agency.access.domain.organisation.OrganisationRefusal.RunsTheInstallation;
import agency.access.domain.organisation.OrganisationRefusal.UnfitName;
import agency.kernel.decision.Decider;
import agency.kernel.decision.Decision;
import agency.kernel.fact.StreamName;

/** Decides about an organisation. Opened once; whoever asks again finds it as it was founded. */
public final class Organisation
        implements Decider<
                OrganisationCommand, Organisation.State, OrganisationEvent, OrganisationRefusal> {
    /** The category of its stream. */
    public static final String CATEGORY = "access.organisation";

    /** The organisation that runs the installation; it cannot be closed. */
    public static final int FIRST = 1;

    /** Most organisations of an installation, closed ones too. */
    public static final int MAX_NUMBER = 10_000;

    /** How it stands. */
    public sealed interface State {
        /** Nobody has opened it. */
        record Absent() implements State {}

        /** It is open, under this name. */
        record Open(String name) implements State {}

        /** It was closed. */
        record Shut() implements State {}
    }

    /** The stream of an organisation. */
    public static StreamName stream(int number) {
        return StreamName.of(number, CATEGORY, Integer.toString(number));
    }

    @Override
    public State initial() {
        return new State.Absent();
    }

    @Override
    public Decision<OrganisationEvent, OrganisationRefusal> decide(
            OrganisationCommand command, State state) {
        return switch (command) {
            case OpenOrganisation open ->
                    state instanceof State.Absent
                            ? named(
                                    open.name(),
                                    new OrganisationOpened(
                                            open.number(), open.name(), open.founding(), open.at()))
                            : Decision.nothing();
            case RenameOrganisation rename ->
                    switch (state) {
                        case State.Absent absent -> Decision.reject(new NeverOpened());
                        case State.Open open -> renamed(rename, open);
                        case State.Shut shut -> Decision.reject(new Closed());
                    };
            case CloseOrganisation close ->
                    switch (state) {
                        case State.Absent absent -> Decision.reject(new NeverOpened());
                        case State.Open open -> closed(close);
                        case State.Shut shut -> Decision.nothing();
                    };
        };
    }

    @Override
    public State evolve(State state, OrganisationEvent event) {
        return switch (event) {
            case OrganisationOpened opened -> new State.Open(opened.name());
            case OrganisationRenamed renamed -> new State.Open(renamed.name());
            case OrganisationClosed closed -> new State.Shut();
        };
    }

    private static Decision<OrganisationEvent, OrganisationRefusal> renamed(
            RenameOrganisation rename, State.Open open) {
        return rename.name().equals(open.name())
                ? Decision.nothing()
                : named(
                        rename.name(),
                        new OrganisationRenamed(rename.number(), rename.name(), rename.at()));
    }

    private static Decision<OrganisationEvent, OrganisationRefusal> closed(
            CloseOrganisation close) {
        return close.number() == FIRST
                ? Decision.reject(new RunsTheInstallation())
                : Decision.accept(new OrganisationClosed(close.number(), close.at()));
    }

    private static Decision<OrganisationEvent, OrganisationRefusal> named(
            String name, OrganisationEvent event) {
        return Naming.flaw(name)
                .<Decision<OrganisationEvent, OrganisationRefusal>>map(
                        flaw -> Decision.reject(new UnfitName(flaw)))
                .orElseGet(() -> Decision.accept(event));
    }
}
