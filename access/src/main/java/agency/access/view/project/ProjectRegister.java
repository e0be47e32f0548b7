package agency.access.view.project;

import agency.access.domain.project.Project;
import agency.access.domain.project.ProjectEvent;
import agency.access.domain.project.ProjectEvent.ProjectClosed;
import agency.access.domain.project.ProjectEvent.ProjectOpened;
import agency.access.domain.project.ProjectEvent.ProjectRenamed;
import agency.kernel.fact.Recorded;
import agency.platform.projection.MemoryView;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.stream.Stream;

/** The projects of all organisations, closed ones too. */
public final class ProjectRegister implements MemoryView {
    /** The name of the view. */
    public static final String NAME = "access.projects";

    private final ConcurrentNavigableMap<UUID, ProjectCard> projects =
            new ConcurrentSkipListMap<>();

    /** A project of an organisation. */
    public Optional<ProjectCard> project(int tenant, UUID project) {
        return Optional.ofNullable(projects.get(project)).filter(card -> card.tenant() == tenant);
    }

    /** A project of an organisation that is not closed. */
    public Optional<ProjectCard> open(int tenant, UUID project) {
        return project(tenant, project).filter(card -> card.closed() == null);
    }

    /** How many projects of an organisation are open. */
    public long countOpen(int tenant) {
        return projects.values().stream()
                .filter(card -> card.tenant() == tenant && card.closed() == null)
                .count();
    }

    /** An organisation's projects, closed ones too. */
    public Stream<ProjectCard> of(int tenant) {
        return projects.values().stream().filter(card -> card.tenant() == tenant);
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Set<String> categories() {
        return Set.of(Project.CATEGORY);
    }

    @Override
    public void reset() {
        projects.clear();
    }

    @Override
    public void apply(Recorded fact) {
        switch ((ProjectEvent) fact.fact()) {
            case ProjectOpened opened ->
                    projects.put(
                            opened.project(),
                            new ProjectCard(
                                    fact.stream().tenant(),
                                    opened.project(),
                                    opened.name(),
                                    opened.at(),
                                    fact.version(),
                                    null));
            case ProjectRenamed renamed ->
                    projects.computeIfPresent(
                            renamed.project(),
                            (id, card) ->
                                    new ProjectCard(
                                            card.tenant(),
                                            id,
                                            renamed.name(),
                                            card.opened(),
                                            fact.version(),
                                            card.closed()));
            case ProjectClosed closed ->
                    projects.computeIfPresent(
                            closed.project(),
                            (id, card) ->
                                    new ProjectCard(
                                            card.tenant(),
                                            id,
                                            card.name(),
                                            card.opened(),
                                            fact.version(),
                                            closed.at()));
        }
    }
}
