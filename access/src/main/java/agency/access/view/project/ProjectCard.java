package agency.access.view.project;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A project of so many facts: whose, what it is called, since when and, once it is closed, until
 * when.
 */
public record ProjectCard(
        int tenant, UUID id, String name, Instant opened, int version, @Nullable Instant closed) {}
