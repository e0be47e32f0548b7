package agency.access;

import agency.access.adapter.bcrypt.BcryptHashes;
import agency.access.adapter.http.AccessRoutes;
import agency.access.adapter.http.Doorkeeper;
import agency.access.adapter.http.ForeignCallers;
import agency.access.adapter.jwt.JwtBearers;
import agency.access.api.AccessSettings;
import agency.access.api.JwtSettings;
import agency.access.api.KeyDirectory;
import agency.access.api.OfferedLink;
import agency.access.api.Opened;
import agency.access.domain.account.ServiceAccount;
import agency.access.domain.invitation.Invitation;
import agency.access.domain.key.ApiKey;
import agency.access.domain.key.KeyEvent;
import agency.access.domain.key.KeyEvent.ProjectKeyIssued;
import agency.access.domain.link.OneTimeLink;
import agency.access.domain.membership.Membership;
import agency.access.domain.organisation.Organisation;
import agency.access.domain.person.Person;
import agency.access.domain.project.Project;
import agency.access.domain.session.Session;
import agency.access.domain.session.SessionEvent.SessionOpened;
import agency.access.flow.ChangeKey;
import agency.access.flow.ConsumeLink;
import agency.access.flow.EndSession;
import agency.access.flow.ErasePerson;
import agency.access.flow.Invitations;
import agency.access.flow.IssueKey;
import agency.access.flow.Members;
import agency.access.flow.OfferLink;
import agency.access.flow.OpenInstallation;
import agency.access.flow.OpenSession;
import agency.access.flow.Organisations;
import agency.access.flow.Projects;
import agency.access.flow.Recording;
import agency.access.flow.ReissueProfile;
import agency.access.flow.RevokeKey;
import agency.access.flow.SetPassword;
import agency.access.flow.SignIn;
import agency.access.port.KeySets;
import agency.access.port.PasswordHashes;
import agency.access.port.TextKeys;
import agency.access.view.account.ServiceAccountRegister;
import agency.access.view.invitation.InvitationRegister;
import agency.access.view.key.KeyRegister;
import agency.access.view.member.MemberRegister;
import agency.access.view.organisation.OrganisationRegister;
import agency.access.view.password.PasswordRegister;
import agency.access.view.personal.PersonalFacts;
import agency.access.view.project.ProjectRegister;
import agency.access.view.session.SessionRegister;
import agency.kernel.fact.FactMeta;
import agency.kernel.fact.FactType;
import agency.kernel.id.IdSource;
import agency.kernel.money.Nanos;
import agency.platform.audit.AuditTrail.Acting;
import agency.platform.crypto.Secret;
import agency.platform.crypto.SecretSource;
import agency.platform.http.Authenticator;
import agency.platform.http.Route;
import agency.platform.log.Commands;
import agency.platform.log.EventLog;
import agency.platform.projection.Instances;
import agency.platform.projection.MemoryView;
import agency.platform.projection.Projection;
import agency.platform.projection.Projections;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The door of access. Everything it knows is in memory, made of facts; it has no tables. Its views
 * must be fed before anything is asked of it.
 */
public final class AccessContext {
    private final KeyRegister keys;
    private final SessionRegister sessions = new SessionRegister();
    private final OrganisationRegister organisations = new OrganisationRegister();
    private final MemberRegister members = new MemberRegister();
    private final PasswordRegister passwords = new PasswordRegister();
    private final InvitationRegister invitations = new InvitationRegister();
    private final ProjectRegister projects = new ProjectRegister();
    private final ServiceAccountRegister accounts = new ServiceAccountRegister();
    private final PersonalFacts personalFacts;
    private final Doorkeeper doorkeeper;
    private final OpenInstallation openInstallation;
    private final OfferLink offerLink;
    private final IdSource ids;
    private final List<Route> routes;

    /**
     * Assembles access; nothing is read or written yet.
     *
     * @param keySets fetches the keys of the issuer of JWTs, if there is one
     * @param textKeys under which the log keeps texts about people
     * @param log read for what was as of an earlier moment
     * @param commands handles commands on the log that knows {@link #facts}
     * @param projections feeds {@link #views}; waited for after each command
     * @param instances waited for when something is taken away
     * @param secrets what keys, links and cookies are made of
     */
    public AccessContext(
            AccessSettings settings,
            JwtSettings jwt,
            KeySets keySets,
            TextKeys textKeys,
            EventLog log,
            Commands commands,
            Projections projections,
            Instances instances,
            IdSource ids,
            SecretSource secrets,
            InstantSource clock) {
        this.ids = ids;
        this.personalFacts = new PersonalFacts(textKeys);
        ForeignCallers foreign = new ForeignCallers();
        this.keys = new KeyRegister(instances::mayAdmit);
        this.doorkeeper =
                new Doorkeeper(
                        keys,
                        sessions,
                        members,
                        organisations,
                        JwtBearers.of(jwt, keySets, clock),
                        foreign,
                        instances::mayAdmit,
                        clock);
        Recording recording = new Recording(commands, projections, instances);
        IssueKey issueKey = new IssueKey(recording, ids, secrets, clock);
        RevokeKey revokeKey = new RevokeKey(recording, clock);
        EndSession endSession = new EndSession(recording, clock);
        Members memberships =
                new Members(
                        new Members.Views(members, organisations, keys, sessions),
                        recording,
                        revokeKey,
                        endSession,
                        ids,
                        clock);
        this.offerLink = new OfferLink(recording, ids, secrets, clock);
        this.openInstallation =
                new OpenInstallation(
                        settings,
                        recording,
                        organisations,
                        keys,
                        issueKey,
                        new ReissueProfile(keys, issueKey, clock),
                        memberships,
                        ids,
                        clock);
        PasswordHashes hashes = new BcryptHashes();
        OpenSession openSession =
                new OpenSession(recording, secrets, clock, settings.sessionLife());
        SetPassword setPassword =
                new SetPassword(
                        new SetPassword.Views(organisations, passwords, sessions),
                        hashes,
                        recording,
                        endSession,
                        clock);
        Invitations inviting =
                new Invitations(
                        new Invitations.Views(invitations, organisations, members),
                        memberships,
                        setPassword,
                        openSession,
                        recording,
                        ids,
                        secrets,
                        clock);
        AccessRoutes.Flows flows =
                new AccessRoutes.Flows(
                        issueKey,
                        new ChangeKey(recording, secrets, clock),
                        revokeKey,
                        offerLink,
                        new ConsumeLink(sessions, recording, ids, openSession, clock),
                        new SignIn(
                                new SignIn.Views(organisations, members, passwords),
                                hashes,
                                openSession,
                                endSession,
                                ids),
                        setPassword,
                        endSession,
                        memberships,
                        inviting,
                        new Projects(projects, accounts, recording, ids, clock),
                        new Organisations(
                                organisations, inviting, recording, settings.project(), ids, clock),
                        new ErasePerson(
                                new ErasePerson.Views(
                                        organisations, members, keys, sessions, personalFacts),
                                memberships,
                                textKeys,
                                recording,
                                clock));
        this.routes =
                AccessRoutes.of(
                        new AccessRoutes.Views(
                                keys,
                                sessions,
                                organisations,
                                members,
                                invitations,
                                projects,
                                accounts,
                                personalFacts),
                        flows,
                        foreign,
                        log,
                        clock);
    }

    /** The facts of access, under the names they are stored by. */
    public static List<FactType<?>> facts() {
        return AccessFacts.ALL;
    }

    /** The categories of its streams, all of them of administration. */
    public static Set<String> administered() {
        return Set.of(
                Organisation.CATEGORY,
                Project.CATEGORY,
                ServiceAccount.CATEGORY,
                Person.CATEGORY,
                Membership.CATEGORY,
                Invitation.CATEGORY,
                ApiKey.CATEGORY,
                OneTimeLink.CATEGORY,
                Session.CATEGORY);
    }

    /** What a person acts by from this fact on, if it gives him something: a key, a session. */
    public static Optional<Acting> acting(Record fact) {
        return switch (fact) {
            case KeyEvent.Administrating key ->
                    Optional.of(new Acting(key.key().toString(), key.name().person()));
            case SessionOpened session ->
                    Optional.of(new Acting(session.session().toString(), session.person()));
            default -> Optional.empty();
        };
    }

    /** What a person is called; empty once erased. */
    public Optional<String> personName(UUID person) {
        return organisations.person(person);
    }

    /** Whether an organisation has this project. */
    public boolean hasProject(int tenant, UUID project) {
        return projects.project(tenant, project).isPresent();
    }

    /** Whether a person is a member of an organisation. */
    public boolean hasMember(int tenant, UUID person) {
        return members.member(tenant, person).isPresent();
    }

    /** Whether an organisation has this key. */
    public boolean hasKey(int tenant, UUID key) {
        return keys.byId(key).filter(card -> card.tenant() == tenant).isPresent();
    }

    /** The most that a project's key may ever use; null without such a cap, or such a key. */
    public @Nullable Nanos keyCap(UUID key) {
        return keys.byId(key)
                .map(card -> card.issued() instanceof ProjectKeyIssued issued ? issued.cap() : null)
                .orElse(null);
    }

    /** The views in memory; to be fed before the first request. */
    public List<MemoryView> views() {
        return List.of(
                organisations,
                keys,
                sessions,
                members,
                passwords,
                invitations,
                projects,
                accounts,
                personalFacts);
    }

    /** The tables: none. */
    public List<Projection> projections() {
        return List.of();
    }

    /** The routes: organisations, projects, people, keys, sessions, the first-run page. */
    public List<Route> routes() {
        return routes;
    }

    /** Whose a project's key is. */
    public KeyDirectory keys() {
        return keys;
    }

    /** Who bears an administrator's key or holds a session. */
    public Authenticator authenticator() {
        return doorkeeper;
    }

    /**
     * Opens the installation, or finds it open; run at every start. Blocks.
     *
     * @param profile the administrator key that the local profile holds; null when there is none
     */
    public Opened open(@Nullable Secret profile) {
        return openInstallation.open(profile);
    }

    /** Offers a one-time link that signs the administrator's browser in. Blocks. */
    public OfferedLink offerLink(Opened opened) {
        return offerLink.offer(
                opened.organisation(),
                opened.administrator(),
                new FactMeta("start", ids.next(), null));
    }
}
