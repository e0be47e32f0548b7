package agency.access.flow;

import agency.access.domain.account.ServiceAccount;
import agency.access.domain.account.ServiceAccountCommand;
import agency.access.domain.account.ServiceAccountRefusal;
import agency.access.domain.project.Project;
import agency.access.domain.project.ProjectCommand;
import agency.access.domain.project.ProjectRefusal;
import agency.access.view.account.ServiceAccountRegister;
import agency.access.view.project.ProjectRegister;
import agency.kernel.decision.AtVersion;
import agency.kernel.fact.FactMeta;
import agency.kernel.id.IdSource;
import agency.platform.log.Commands.Handled;
import java.time.InstantSource;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Opens, renames and closes the projects of an organisation and their service accounts. When a
 * close returns, no instance admits a key of what was closed.
 */
public final class Projects {
    /** Most service accounts that an organisation has open at a time. */
    public static final int MAX_ACCOUNTS = ServiceAccount.MAX_OPEN;

    private final ProjectRegister projects;
    private final ServiceAccountRegister accounts;
    private final Recording recording;
    private final IdSource ids;
    private final InstantSource clock;

    /** Looks into these registers. */
    public Projects(
            ProjectRegister projects,
            ServiceAccountRegister accounts,
            Recording recording,
            IdSource ids,
            InstantSource clock) {
        this.projects = projects;
        this.accounts = accounts;
        this.recording = recording;
        this.ids = ids;
        this.clock = clock;
    }

    /** What became of opening something. */
    public sealed interface Opened<R> {
        /** It is open, here, from now on. */
        record Done<R>(UUID id) implements Opened<R> {}

        /** It was not opened. */
        record Refused<R>(R reason) implements Opened<R> {}
    }

    /** Opens a project. */
    public Opened<ProjectRefusal> open(int tenant, String name, FactMeta meta) {
        if (projects.countOpen(tenant) >= Project.MAX_OPEN) {
            return new Opened.Refused<>(new ProjectRefusal.TooMany(Project.MAX_OPEN));
        }
        UUID project = ids.next();
        var handled =
                recording.here(
                        Project.stream(tenant, project),
                        new Project(),
                        new ProjectCommand.OpenProject(project, name, clock.instant()),
                        meta);
        return opened(project, handled);
    }

    /** Calls a project something else; empty when done, else why not. */
    public Optional<ProjectRefusal> rename(
            int tenant, UUID project, String name, @Nullable Integer expected, FactMeta meta) {
        return refusal(
                recording.here(
                        Project.stream(tenant, project),
                        AtVersion.of(new Project(), expected, new ProjectRefusal.Changed()),
                        new ProjectCommand.RenameProject(project, name, clock.instant()),
                        meta));
    }

    /** Closes a project everywhere; empty when done, else why not. */
    public Optional<ProjectRefusal> close(
            int tenant, UUID project, @Nullable Integer expected, FactMeta meta) {
        return refusal(
                recording.everywhere(
                        Project.stream(tenant, project),
                        AtVersion.of(new Project(), expected, new ProjectRefusal.Changed()),
                        new ProjectCommand.CloseProject(project, clock.instant()),
                        meta));
    }

    /** Opens a service account. */
    public Opened<ServiceAccountRefusal> openAccount(
            int tenant, UUID project, String name, FactMeta meta) {
        if (projects.open(tenant, project).isEmpty()) {
            return new Opened.Refused<>(new ServiceAccountRefusal.NoProject());
        }
        if (accounts.countOpen(tenant) >= MAX_ACCOUNTS) {
            return new Opened.Refused<>(new ServiceAccountRefusal.TooMany(MAX_ACCOUNTS));
        }
        UUID account = ids.next();
        var handled =
                recording.here(
                        ServiceAccount.stream(tenant, account),
                        new ServiceAccount(),
                        new ServiceAccountCommand.OpenAccount(
                                account, project, name, clock.instant()),
                        meta);
        return opened(account, handled);
    }

    /** Calls a service account something else; empty when done, else why not. */
    public Optional<ServiceAccountRefusal> renameAccount(
            int tenant, UUID account, String name, @Nullable Integer expected, FactMeta meta) {
        return refusal(
                recording.here(
                        ServiceAccount.stream(tenant, account),
                        AtVersion.of(
                                new ServiceAccount(),
                                expected,
                                new ServiceAccountRefusal.Changed()),
                        new ServiceAccountCommand.RenameAccount(account, name, clock.instant()),
                        meta));
    }

    /** Closes a service account everywhere; empty when done, else why not. */
    public Optional<ServiceAccountRefusal> closeAccount(
            int tenant, UUID account, @Nullable Integer expected, FactMeta meta) {
        return refusal(
                recording.everywhere(
                        ServiceAccount.stream(tenant, account),
                        AtVersion.of(
                                new ServiceAccount(),
                                expected,
                                new ServiceAccountRefusal.Changed()),
                        new ServiceAccountCommand.CloseAccount(account, clock.instant()),
                        meta));
    }

    private static <E, R> Opened<R> opened(UUID id, Handled<E, R> handled) {
        return switch (handled) {
            case Handled.Done<E, R> done -> new Opened.Done<>(id);
            case Handled.Refused<E, R> refused -> new Opened.Refused<>(refused.reason());
        };
    }

    private static <E, R> Optional<R> refusal(Handled<E, R> handled) {
        return switch (handled) {
            case Handled.Done<E, R> done -> Optional.empty();
            case Handled.Refused<E, R> refused -> Optional.of(refused.reason());
        };
    }
}
