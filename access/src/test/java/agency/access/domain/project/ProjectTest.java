package agency.access.domain.project;

import agency.access.domain.project.ProjectCommand.OpenProject;
import agency.access.domain.project.ProjectEvent.ProjectOpened;
import agency.access.domain.project.ProjectRefusal.UnfitName;
import agency.kernel.decision.Spec;
import java.time.Instant;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class ProjectTest {
    private static final Instant NOW = Instant.parse("2026-11-21T10:00:00Z");
    private static final UUID ID = new UUID(7, 1);

    private final Project project = new Project();

    @Test
    void opens() {
        Spec.of(project)
                .when(new OpenProject(ID, "Support", NOW))
                .then(new ProjectOpened(ID, "Support", NOW));
    }

    @Test
    void opensOnce() {
        Spec.of(project)
                .given(new ProjectOpened(ID, "Support", NOW))
                .when(new OpenProject(ID, "Support", NOW))
                .thenNothing();
    }

    @Test
    void refusesANameThatSaysNothing() {
        Spec.of(project)
                .when(new OpenProject(ID, "", NOW))
                .thenRefused(new UnfitName("must not be blank"));
    }
}
