package agency.access.domain.project;

import java.time.Instant;
import java.util.UUID;

/** What happened to a project. */
public sealed interface ProjectEvent {
    /** It was opened. */
    record ProjectOpened(UUID project, String name, Instant at) implements ProjectEvent {}

    /** It is called something else. */
    record ProjectRenamed(UUID project, String name, Instant at) implements ProjectEvent {}

    /** It was closed for ever: none of its keys lets in any more. */
    record ProjectClosed(UUID project, Instant at) implements ProjectEvent {}
}
