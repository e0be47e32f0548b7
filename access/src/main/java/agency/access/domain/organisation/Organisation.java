package agency.access.domain.organisation;

import agency.access.domain.name.Naming;
import agency.access.domain.organisation.OrganisationCommand.OpenOrganisation;
import agency.access.domain.organisation.OrganisationEvent.OrganisationOpened;
import agency.access.domain.organisation.OrganisationRefusal.UnfitName;
import agency.kernel.decision.Decider;
import agency.kernel.decision.Decision;
import agency.kernel.fact.StreamName;
import java.util.Optional;

/** Decides about an organisation. Opened once; whoever asks again finds it as it was founded. */
public final class Organisation
        implements Decider<
                OrganisationCommand, Organisation.State, OrganisationEvent, OrganisationRefusal> {
    /** The category of its stream. */
    public static final String CATEGORY = "access.organisation";

    /** How it stands. */
    public enum State {
        /** Nobody has opened it. */
        ABSENT,
        /** It is open. */
        OPEN
    }

    /** The stream of an organisation. */
    public static StreamName stream(int number) {
        return StreamName.of(number, CATEGORY, Integer.toString(number));
    }

    @Override
    public State initial() {
        return State.ABSENT;
    }

    @Override
    public Decision<OrganisationEvent, OrganisationRefusal> decide(
            OrganisationCommand command, State state) {
        return switch (command) {
            case OpenOrganisation open ->
                    switch (state) {
                        case OPEN -> Decision.nothing();
                        case ABSENT -> founded(open);
                    };
        };
    }

    @Override
    public State evolve(State state, OrganisationEvent event) {
        return switch (event) {
            case OrganisationOpened opened -> State.OPEN;
        };
    }

    private static Decision<OrganisationEvent, OrganisationRefusal> founded(OpenOrganisation open) {
        Optional<String> flaw = Naming.flaw(open.name());
        if (flaw.isPresent()) {
            return Decision.reject(new UnfitName(flaw.get()));
        }
        return Decision.accept(
                new OrganisationOpened(open.number(), open.name(), open.founding(), open.at()));
    }
}
