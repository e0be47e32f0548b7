package agency.access.adapter.http;

import agency.access.flow.ChangeKey;
import agency.access.flow.ConsumeLink;
import agency.access.flow.EndSession;
import agency.access.flow.ErasePerson;
import agency.access.flow.Invitations;
import agency.access.flow.IssueKey;
import agency.access.flow.Members;
import agency.access.flow.OfferLink;
import agency.access.flow.Organisations;
import agency.access.flow.Projects;
import agency.access.flow.RevokeKey;
import agency.access.flow.SetPassword;
import agency.access.flow.SignIn;
import agency.access.view.account.ServiceAccountRegister;
import agency.access.view.invitation.InvitationRegister;
import agency.access.view.key.KeyRegister;
import agency.access.view.member.MemberRegister;
import agency.access.view.organisation.OrganisationRegister;
import agency.access.view.personal.PersonalFacts;
import agency.access.view.project.ProjectRegister;
import agency.access.view.session.SessionRegister;
import agency.platform.http.Route;
import agency.platform.log.EventLog;
import java.time.InstantSource;
import java.util.List;
import java.util.stream.Stream;

/** Every route of access. */
public final class AccessRoutes {
    private AccessRoutes() {}

    /** The views that the routes read. */
    public record Views(
            KeyRegister keys,
            SessionRegister sessions,
            OrganisationRegister organisations,
            MemberRegister members,
            InvitationRegister invitations,
            ProjectRegister projects,
            ServiceAccountRegister accounts,
            PersonalFacts facts) {}

    /** The flows that the routes start. */
    public record Flows(
            IssueKey issueKey,
            ChangeKey changeKey,
            RevokeKey revokeKey,
            OfferLink offerLink,
            ConsumeLink consumeLink,
            SignIn signIn,
            SetPassword setPassword,
            EndSession endSession,
            Members members,
            Invitations invitations,
            Projects projects,
            Organisations organisations,
            ErasePerson erasePerson) {}

    /**
     * The routes over these views and flows; those that show what is, as of an earlier moment too.
     *
     * @param log what was is read from it
     */
    public static List<Route> of(
            Views views, Flows flows, ForeignCallers foreign, EventLog log, InstantSource clock) {
        Earlier earlier = new Earlier(log, clock, (then, at) -> over(then, flows, foreign, at));
        return earlier.able(over(views, flows, foreign, clock));
    }

    private static List<Route> over(
            Views views, Flows flows, ForeignCallers foreign, InstantSource clock) {
        Holders holders = new Holders(views.keys, views.sessions, views.members, foreign);
        SignedIn signedIn = new SignedIn(views.organisations, holders, clock);
        InvitationRoutes invitations =
                new InvitationRoutes(
                        views.invitations,
                        views.organisations,
                        holders,
                        flows.invitations,
                        signedIn,
                        clock);
        return Stream.of(
                        new OrganisationRoutes(
                                        views.organisations,
                                        views.projects,
                                        flows.organisations,
                                        invitations)
                                .routes(),
                        new ProjectRoutes(views.projects, views.accounts, flows.projects).routes(),
                        new UserRoutes(views.members, views.organisations, flows.members).routes(),
                        invitations.routes(),
                        new PersonRoutes(
                                        new PersonRoutes.Views(
                                                views.organisations,
                                                views.members,
                                                views.keys,
                                                views.sessions,
                                                views.invitations,
                                                views.facts),
                                        flows.erasePerson,
                                        clock)
                                .routes(),
                        new KeyRoutes(
                                        new KeyRoutes.Views(
                                                views.keys,
                                                views.organisations,
                                                views.projects,
                                                views.accounts),
                                        holders,
                                        new KeyRoutes.Flows(
                                                flows.issueKey, flows.changeKey, flows.revokeKey),
                                        clock)
                                .routes(),
                        new SessionRoutes(
                                        views.sessions,
                                        views.members,
                                        holders,
                                        new SessionRoutes.Flows(
                                                flows.offerLink,
                                                flows.consumeLink,
                                                flows.signIn,
                                                flows.setPassword,
                                                flows.endSession),
                                        signedIn,
                                        clock)
                                .routes(),
                        new PageRoutes().routes())
                .flatMap(List::stream)
                .toList();
    }
}
