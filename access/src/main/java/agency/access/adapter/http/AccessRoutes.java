package agency.access.adapter.http;

import agency.access.flow.ConsumeLink;
import agency.access.flow.EndSession;
import agency.access.flow.IssueKey;
import agency.access.flow.Members;
import agency.access.flow.OfferLink;
import agency.access.flow.RevokeKey;
import agency.access.view.key.KeyRegister;
import agency.access.view.member.MemberRegister;
import agency.access.view.organisation.OrganisationRegister;
import agency.access.view.session.SessionRegister;
import agency.platform.http.Route;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;

/** Every route of access. */
public final class AccessRoutes {
    private AccessRoutes() {}

    /** The views that the routes read. */
    public record Views(
            KeyRegister keys,
            SessionRegister sessions,
            OrganisationRegister organisations,
            MemberRegister members) {}

    /** The flows that the routes start. */
    public record Flows(
            IssueKey issueKey,
            RevokeKey revokeKey,
            OfferLink offerLink,
            ConsumeLink consumeLink,
            EndSession endSession,
            Members members) {}

    /** The routes over these views and flows. */
    public static List<Route> of(Views views, Flows flows, InstantSource clock) {
        Holders holders = new Holders(views.keys, views.sessions, views.members);
        List<Route> routes = new ArrayList<>();
        routes.addAll(
                new KeyRoutes(
                                views.keys,
                                views.organisations,
                                holders,
                                flows.issueKey,
                                flows.revokeKey,
                                clock)
                        .routes());
        routes.addAll(
                new SessionRoutes(
                                views.sessions,
                                views.organisations,
                                holders,
                                flows.offerLink,
                                flows.consumeLink,
                                flows.endSession,
                                clock)
                        .routes());
        routes.addAll(new UserRoutes(views.members, views.organisations, flows.members).routes());
        routes.addAll(new PageRoutes().routes());
        return List.copyOf(routes);
    }
}
