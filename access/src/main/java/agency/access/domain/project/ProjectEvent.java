package agency.access.domain.project;

import java.time.Instant;
import java.util.UUID;

/** What happened to a project. */
public sealed interface ProjectEvent {
    /** It was opened. */
    record ProjectOpened(UUID project, String name, Instant at) implements ProjectEvent {}
}
