package agency.access.domain.project;

import agency.access.domain.name.Naming;
import agency.access.domain.project.ProjectCommand.CloseProject;
import agency.access.domain.project.ProjectCommand.OpenProject;
import agency.access.domain.project.ProjectCommand.RenameProject;
import agency.access.domain.project.ProjectEvent.ProjectClosed;
import agency.access.domain.project.ProjectEvent.ProjectOpened;
import agency.access.domain.project.ProjectEvent.ProjectRenamed;
import agency.access.domain.project.ProjectRefusal.Closed;
import agency.access.domain.project.ProjectRefusal.NeverOpened;
import agency.access.domain.project.ProjectRefusal.UnfitName;
import agency.kernel.decision.Decider;
import agency.kernel.decision.Decision;
import agency.kernel.fact.StreamName;
import java.util.UUID;

/** Decides about a project. */
public final class Project
        implements Decider<ProjectCommand, Project.State, ProjectEvent, ProjectRefusal> {
    /** The category of its streams. */
    public static final String CATEGORY = "access.project";

    /** Most projects that an organisation has open at a time. */
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

    /** The stream of one project. */
    public static StreamName stream(int tenant, UUID project) {
        return StreamName.of(tenant, CATEGORY, project.toString());
    }

    @Override
    public State initial() {
        return new State.Absent();
    }

    @Override
    public Decision<ProjectEvent, ProjectRefusal> decide(ProjectCommand command, State state) {
        return switch (command) {
            case OpenProject open ->
                    state instanceof State.Absent
                            ? named(
                                    open.name(),
                                    new ProjectOpened(open.project(), open.name(), open.at()))
                            : Decision.nothing();
            case RenameProject rename ->
                    switch (state) {
                        case State.Absent absent -> Decision.reject(new NeverOpened());
                        case State.Open open -> renamed(rename, open);
                        case State.Shut shut -> Decision.reject(new Closed());
                    };
            case CloseProject close ->
                    switch (state) {
                        case State.Absent absent -> Decision.reject(new NeverOpened());
                        case State.Open open ->
                                Decision.accept(new ProjectClosed(close.project(), close.at()));
                        case State.Shut shut -> Decision.nothing();
                    };
        };
    }

    @Override
    public State evolve(State state, ProjectEvent event) {
        return switch (event) {
            case ProjectOpened opened -> new State.Open(opened.name());
            case ProjectRenamed renamed -> new State.Open(renamed.name());
            case ProjectClosed closed -> new State.Shut();
        };
    }

    private static Decision<ProjectEvent, ProjectRefusal> renamed(
            RenameProject rename, State.Open open) {
        return rename.name().equals(open.name())
                ? Decision.nothing()
                : named(
                        rename.name(),
                        new ProjectRenamed(rename.project(), rename.name(), rename.at()));
    }

    private static Decision<ProjectEvent, ProjectRefusal> named(String name, ProjectEvent event) {
        return Naming.flaw(name)
                .<Decision<ProjectEvent, ProjectRefusal>>map(
                        flaw -> Decision.reject(new UnfitName(flaw)))
                .orElseGet(() -> Decision.accept(event));
    }
}
