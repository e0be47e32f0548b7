package agency.access.domain.project;

import java.time.Instant;
import java.util.UUID;

/** What can be asked of a project. */
public sealed interface ProjectCommand {
    /** Open it. */
    record OpenProject(UUID project, String name, Instant at) implements ProjectCommand {}

    /** Call it something else. */
    record RenameProject(UUID project, String name, Instant at) implements ProjectCommand {}

    /** Close it for ever, with all its keys. */
    record CloseProject(UUID project, Instant at) implements ProjectCommand {}
}
