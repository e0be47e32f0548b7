package agency.access.domain.project;

import agency.access.domain.name.Naming;
import agency.access.domain.project.ProjectCommand.OpenProject;
import agency.access.domain.project.ProjectEvent.ProjectOpened;
import agency.access.domain.project.ProjectRefusal.UnfitName;
import agency.kernel.decision.Decider;
import agency.kernel.decision.Decision;
import agency.kernel.fact.StreamName;
import java.util.Optional;
import java.util.UUID;

/** Decides about a project. */
public final class Project
        implements Decider<ProjectCommand, Project.State, ProjectEvent, ProjectRefusal> {
    /** The category of its streams. */
    public static final String CATEGORY = "access.project";

    /** How it stands. */
    public enum State {
        /** Nobody has opened it. */
        ABSENT,
        /** It is open. */
        OPEN
    }

    /** The stream of one project. */
    public static StreamName stream(int tenant, UUID project) {
        return StreamName.of(tenant, CATEGORY, project.toString());
    }

    @Override
    public State initial() {
        return State.ABSENT;
    }

    @Override
    public Decision<ProjectEvent, ProjectRefusal> decide(ProjectCommand command, State state) {
        return switch (command) {
            case OpenProject open ->
                    switch (state) {
                        case OPEN -> Decision.nothing();
                        case ABSENT -> opened(open);
                    };
        };
    }

    @Override
    public State evolve(State state, ProjectEvent event) {
        return switch (event) {
            case ProjectOpened opened -> State.OPEN;
        };
    }

    private static Decision<ProjectEvent, ProjectRefusal> opened(OpenProject open) {
        Optional<String> flaw = Naming.flaw(open.name());
        if (flaw.isPresent()) {
            return Decision.reject(new UnfitName(flaw.get()));
        }
        return Decision.accept(new ProjectOpened(open.project(), open.name(), open.at()));
    }
}
