package agency.access.domain.project;

import agency.access.domain.project.ProjectCommand.CloseProject;
import agency.access.domain.project.ProjectCommand.OpenProject;
import agency.access.domain.project.ProjectCommand.RenameProject;
import agency.access.domain.project.ProjectEvent.ProjectClosed;
import agency.access.domain.project.ProjectEvent.ProjectOpened;
import agency.access.domain.project.ProjectEvent.ProjectRenamed;
import agency.access.domain.project.ProjectRefusal.Closed;
import agency.access.domain.project.ProjectRefusal.NeverOpened;
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

    @Test
    void isRenamedWhileItIsOpen() {
        RenameProject rename = new RenameProject(ID, "Sales", NOW);
        ProjectEvent opened = new ProjectOpened(ID, "Support", NOW);
        ProjectEvent renamed = new ProjectRenamed(ID, "Sales", NOW);
        Spec.of(project).given(opened).when(rename).then(renamed);
        Spec.of(project).given(opened, renamed).when(rename).thenNothing();
        Spec.of(project)
                .given(opened, new ProjectClosed(ID, NOW))
                .when(rename)
                .thenRefused(new Closed());
        Spec.of(project).when(rename).thenRefused(new NeverOpened());
        Spec.of(project)
                .given(opened)
                .when(new RenameProject(ID, "", NOW))
                .thenRefused(new UnfitName("must not be blank"));
    }

    @Test
    void closesForEver() {
        CloseProject close = new CloseProject(ID, NOW);
        ProjectEvent opened = new ProjectOpened(ID, "Support", NOW);
        ProjectEvent closed = new ProjectClosed(ID, NOW);
        Spec.of(project).given(opened).when(close).then(closed);
        Spec.of(project).given(opened, closed).when(close).thenNothing();
        Spec.of(project)
                .given(opened, closed)
                .when(new OpenProject(ID, "Support", NOW))
                .thenNothing();
        Spec.of(project).when(close).thenRefused(new NeverOpened());
    }
}
