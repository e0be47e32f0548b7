package agency.access.flow;

import agency.access.api.AccessSettings;
import agency.access.api.Opened;
import agency.access.domain.organisation.Founding;
import agency.access.domain.organisation.Organisation;
import agency.access.domain.organisation.OrganisationCommand.OpenOrganisation;
import agency.access.domain.person.Person;
import agency.access.domain.person.PersonCommand.RegisterPerson;
import agency.access.domain.project.Project;
import agency.access.domain.project.ProjectCommand.OpenProject;
import agency.access.view.key.KeyRegister;
import agency.access.view.organisation.OrganisationRegister;
import agency.kernel.decision.Decider;
import agency.kernel.fact.FactMeta;
import agency.kernel.fact.Personal;
import agency.kernel.fact.StreamName;
import agency.kernel.fault.Fault;
import agency.kernel.id.IdSource;
import agency.kernel.money.Nanos;
import agency.platform.crypto.Secret;
import agency.platform.log.Commands.Handled;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Opens the installation: the organisation, its first project and key, the local administrator, his
 * membership and his key. Whoever may write the data directory is an administrator, so a local
 * administrator who is no member becomes one again. Runs at every start and finishes whatever a
 * crash left undone: every id is chosen in the organisation's own first fact, and what stands
 * already is left as it is.
 */
public final class OpenInstallation {
    /** The number of the organisation that a first start opens. */
    public static final int ORGANISATION = Organisation.FIRST;

    private static final String FIRST_KEY = "first key";

    private final AccessSettings settings;
    private final Recording recording;
    private final OrganisationRegister organisations;
    private final KeyRegister keys;
    private final IssueKey issueKey;
    private final ReissueProfile reissueProfile;
    private final Members members;
    private final IdSource ids;
    private final InstantSource clock;

    /** Opens with these names, ids and times. */
    public OpenInstallation(
            AccessSettings settings,
            Recording recording,
            OrganisationRegister organisations,
            KeyRegister keys,
            IssueKey issueKey,
            ReissueProfile reissueProfile,
            Members members,
            IdSource ids,
            InstantSource clock) {
        this.settings = settings;
        this.recording = recording;
        this.organisations = organisations;
        this.keys = keys;
        this.issueKey = issueKey;
        this.reissueProfile = reissueProfile;
        this.members = members;
        this.ids = ids;
        this.clock = clock;
    }

    /**
     * Opens, or finds open. Throws a lasting {@link Fault} when a configured name cannot be used.
     *
     * @param profile the administrator key that the local profile holds; null when there is none
     */
    public Opened open(@Nullable Secret profile) {
        FactMeta meta = new FactMeta("start", ids.next(), null);
        Instant now = clock.instant();
        Founding founding = found(now, meta);
        record(
                Person.stream(ORGANISATION, founding.administrator()),
                new Person(),
                new RegisterPerson(
                        new Personal(founding.administrator(), settings.administrator()),
                        null,
                        now),
                meta);
        members.seat(ORGANISATION, founding.administrator(), meta);
        record(
                Project.stream(ORGANISATION, founding.project()),
                new Project(),
                new OpenProject(founding.project(), settings.project(), now),
                meta);
        return new Opened(
                ORGANISATION,
                founding.project(),
                founding.administrator(),
                reissueProfile.reissue(ORGANISATION, founding.administrator(), profile, meta),
                firstKey(founding, meta));
    }

    private Founding found(Instant now, FactMeta meta) {
        Founding proposed = new Founding(ids.next(), ids.next(), ids.next());
        record(
                Organisation.stream(ORGANISATION),
                new Organisation(),
                new OpenOrganisation(ORGANISATION, settings.organisation(), proposed, now),
                meta);
        return organisations.organisation(ORGANISATION).orElseThrow().founding();
    }

    private Optional<Secret> firstKey(Founding founding, FactMeta meta) {
        if (keys.byId(founding.firstKey()).isPresent()) {
            return Optional.empty();
        }
        IssueKey.Result result =
                issueKey.forProject(
                        ORGANISATION,
                        founding.firstKey(),
                        new IssueKey.ProjectKey(
                                founding.project(),
                                new Personal(founding.administrator(), FIRST_KEY),
                                List.of(),
                                null,
                                Nanos.parse(settings.firstKeyCap()),
                                List.of(),
                                null),
                        meta);
        return switch (result) {
            case IssueKey.Result.Done done -> Optional.of(done.text());
            // Another instance that started at the same time was quicker, and has shown it.
            case IssueKey.Result.Refused refused -> Optional.empty();
        };
    }

    private <C, S, E, R> void record(
            StreamName stream, Decider<C, S, E, R> decider, C command, FactMeta meta) {
        if (recording.here(stream, decider, command, meta)
                instanceof Handled.Refused<E, R> refused) {
            throw Fault.lasting(
                    "access.unfit-name",
                    "A name in the section access of the configuration cannot be used: "
                            + refused.reason(),
                    Map.of("stream", stream.category()),
                    null);
        }
    }
}
