package agency.access.flow;

import agency.access.domain.organisation.Founding;
import agency.access.domain.organisation.Organisation;
import agency.access.domain.organisation.OrganisationCommand;
import agency.access.domain.organisation.OrganisationCommand.OpenOrganisation;
import agency.access.domain.organisation.OrganisationEvent;
import agency.access.domain.organisation.OrganisationRefusal;
import agency.access.domain.project.Project;
import agency.access.domain.project.ProjectCommand.OpenProject;
import agency.access.view.organisation.OrganisationCard;
import agency.access.view.organisation.OrganisationRegister;
import agency.kernel.decision.AtVersion;
import agency.kernel.fact.FactMeta;
import agency.kernel.id.IdSource;
import agency.platform.log.Commands.Handled;
import java.time.InstantSource;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Opens further organisations, each with a first project and an owner who is invited; renames and
 * closes them.
 */
public final class Organisations {
    private final OrganisationRegister organisations;
    private final Invitations invitations;
    private final Recording recording;
    private final String firstProject;
    private final IdSource ids;
    private final InstantSource clock;

    /** Opens organisations whose first project is called {@code firstProject}. */
    public Organisations(
            OrganisationRegister organisations,
            Invitations invitations,
            Recording recording,
            String firstProject,
            IdSource ids,
            InstantSource clock) {
        this.organisations = organisations;
        this.invitations = invitations;
        this.recording = recording;
        this.firstProject = firstProject;
        this.ids = ids;
        this.clock = clock;
    }

    /** What became of opening one. */
    public sealed interface Result {
        /** It is open; its owner can come in by this invitation. */
        record Done(int number, Invitations.Result.Offered owner) implements Result {}

        /** It was not opened. */
        record Refused(OrganisationRefusal reason) implements Result {}

        /** Its owner cannot be invited. */
        record NoOwner(Invitations.Result reason) implements Result {}
    }

    /**
     * Opens an organisation, under a number that no other process can take, and invites its owner.
     * A crash between the two leaves one without an owner: {@link #inviteOwner} gives it one.
     */
    public Result open(String name, String ownerEmail, FactMeta meta) {
        Optional<Invitations.Result> unfit = invitations.unfit(ownerEmail);
        if (unfit.isPresent()) {
            return new Result.NoOwner(unfit.get());
        }
        Founding founding = new Founding(ids.next(), ids.next(), ids.next());
        for (int number = organisations.highest() + 1;
                number <= Organisation.MAX_NUMBER;
                number++) {
            Handled<OrganisationEvent, OrganisationRefusal> handled =
                    recording.here(
                            Organisation.stream(number),
                            new Organisation(),
                            new OpenOrganisation(number, name, founding, clock.instant()),
                            meta);
            if (handled instanceof Handled.Refused<OrganisationEvent, OrganisationRefusal> no) {
                return new Result.Refused(no.reason());
            }
            // Another process may have taken the number in the meantime; then the next is tried.
            if (organisations
                    .organisation(number)
                    .map(OrganisationCard::founding)
                    .equals(Optional.of(founding))) {
                return founded(number, founding, ownerEmail, meta);
            }
        }
        return new Result.Refused(new OrganisationRefusal.TooMany(Organisation.MAX_NUMBER));
    }

    private Result founded(int number, Founding founding, String ownerEmail, FactMeta meta) {
        recording.here(
                Project.stream(number, founding.project()),
                new Project(),
                new OpenProject(founding.project(), firstProject, clock.instant()),
                meta);
        return inviteOwner(number, ownerEmail, meta);
    }

    /** Invites another owner into an organisation, in the name of the installation. */
    public Result inviteOwner(int number, String email, FactMeta meta) {
        Invitations.Result result = invitations.inviteOwner(number, email, meta);
        return result instanceof Invitations.Result.Offered offered
                ? new Result.Done(number, offered)
                : new Result.NoOwner(result);
    }

    /** Calls an organisation something else; empty when done, else why not. */
    public Optional<OrganisationRefusal> rename(
            int number, String name, @Nullable Integer expected, FactMeta meta) {
        return handle(
                number,
                new OrganisationCommand.RenameOrganisation(number, name, clock.instant()),
                expected,
                meta);
    }

    /** Closes an organisation everywhere; empty when done, else why not. */
    public Optional<OrganisationRefusal> close(
            int number, @Nullable Integer expected, FactMeta meta) {
        return handle(
                number,
                new OrganisationCommand.CloseOrganisation(number, clock.instant()),
                expected,
                meta);
    }

    private Optional<OrganisationRefusal> handle(
            int number, OrganisationCommand command, @Nullable Integer expected, FactMeta meta) {
        Handled<OrganisationEvent, OrganisationRefusal> handled =
                recording.everywhere(
                        Organisation.stream(number),
                        AtVersion.of(
                                new Organisation(), expected, new OrganisationRefusal.Changed()),
                        command,
                        meta);
        return switch (handled) {
            case Handled.Done<OrganisationEvent, OrganisationRefusal> done -> Optional.empty();
            case Handled.Refused<OrganisationEvent, OrganisationRefusal> refused ->
                    Optional.of(refused.reason());
        };
    }
}
