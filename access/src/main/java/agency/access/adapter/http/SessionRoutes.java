package agency.access.adapter.http;

import agency.access.api.OfferedLink;
import agency.access.domain.role.InstallationRole;
import agency.access.domain.role.Role;
import agency.access.domain.role.Standing;
import agency.access.flow.ConsumeLink;
import agency.access.flow.EndSession;
import agency.access.flow.OfferLink;
import agency.access.view.organisation.OrganisationCard;
import agency.access.view.organisation.OrganisationRegister;
import agency.access.view.session.SessionCard;
import agency.access.view.session.SessionRegister;
import agency.kernel.fact.FactMeta;
import agency.platform.crypto.Secret;
import agency.platform.http.Answer;
import agency.platform.http.Authenticator;
import agency.platform.http.Call;
import agency.platform.http.Permission;
import agency.platform.http.Route;
import agency.platform.http.SessionCookie;
import io.vertx.core.http.HttpMethod;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Signing in by a one-time link, who is signed in, signing out; and the organisation. */
final class SessionRoutes {
    /** Longest token that is looked at, in characters. */
    static final int MAX_TOKEN = 100;

    private final SessionRegister sessions;
    private final OrganisationRegister organisations;
    private final Holders holders;
    private final OfferLink offerLink;
    private final ConsumeLink consumeLink;
    private final EndSession endSession;
    private final InstantSource clock;
    private final Tries tries;

    SessionRoutes(
            SessionRegister sessions,
            OrganisationRegister organisations,
            Holders holders,
            OfferLink offerLink,
            ConsumeLink consumeLink,
            EndSession endSession,
            InstantSource clock) {
        this.sessions = sessions;
        this.organisations = organisations;
        this.holders = holders;
        this.offerLink = offerLink;
        this.consumeLink = consumeLink;
        this.endSession = endSession;
        this.clock = clock;
        this.tries = new Tries(clock);
    }

    /** A link that was offered. */
    record LinkDocument(String token, Instant expiresAt) {}

    /** A link to be used. */
    record LinkToken(Secret token) {}

    /**
     * Who is signed in.
     *
     * @param name what the person is called; absent once erased
     * @param role as what the caller acts here
     * @param installationRole as what he acts for the installation; absent for most
     * @param permissions all that the caller may, by name
     * @param expiresAt when the session ends by itself; absent for keys
     * @param csrfToken to be repeated in {@code X-CSRF-Token}; absent for keys
     */
    record SessionDocument(
            UUID person,
            @Nullable String name,
            String organization,
            Role role,
            @Nullable InstallationRole installationRole,
            List<String> permissions,
            @Nullable Instant expiresAt,
            @Nullable String csrfToken) {}

    /** An organisation and its project. */
    record OrganisationDocument(int number, String name, ProjectDocument project) {}

    /** A project. */
    record ProjectDocument(UUID id, String name) {}

    List<Route> routes() {
        return List.of(
                Route.of(
                        HttpMethod.POST,
                        "/api/v1/admin-links",
                        "createAdminLink",
                        Permission.of("sessions.write"),
                        this::offer),
                Route.of(
                        HttpMethod.POST,
                        "/api/v1/admin-links/consume",
                        "consumeAdminLink",
                        Permission.PUBLIC,
                        this::consume),
                Route.of(
                        HttpMethod.GET,
                        "/api/v1/session",
                        "readSession",
                        Permission.of("sessions.read"),
                        this::read),
                Route.of(
                        HttpMethod.DELETE,
                        "/api/v1/session",
                        "endSession",
                        Permission.of("sessions.write"),
                        this::end),
                Route.of(
                        HttpMethod.GET,
                        "/api/v1/organization",
                        "readOrganization",
                        Permission.of("organization.read"),
                        this::organisation));
    }

    private Answer offer(Call call) {
        Authenticator.Principal caller = call.principal();
        Standing person = holders.standing(caller);
        Set<String> missing = person.beyond(Wire.may(call));
        if (!missing.isEmpty()) {
            // The browser would be signed in as the person, so with more than this key may.
            throw Wire.beyond(person, missing);
        }
        OfferedLink link = offerLink.offer(caller.tenant(), holders.of(caller), Wire.meta(call));
        return new Answer(201, Map.of(), new LinkDocument(link.token().reveal(), link.expires()));
    }

    private Answer consume(Call call) {
        Duration wait = tries.count(call.clientAddress());
        if (wait.isPositive()) {
            throw Wire.tooManyTries(wait);
        }
        String token = call.body(LinkToken.class).token().reveal();
        if (token.length() > MAX_TOKEN) {
            throw Wire.invalid(
                    "token", "The field `token` is longer than any link's: copy the link anew.");
        }
        FactMeta meta = new FactMeta("link", call.request(), null);
        return switch (consumeLink.consume(token, meta)) {
            case ConsumeLink.Result.SignedIn in -> signedIn(call, in);
            case ConsumeLink.Result.Refused refused -> throw Wire.of(refused.reason());
        };
    }

    private Answer signedIn(Call call, ConsumeLink.Result.SignedIn in) {
        tries.succeeded(call.clientAddress());
        SessionCard session = in.session();
        String cookie = in.cookie().reveal();
        Standing standing = holders.standing(session.tenant(), session.person());
        Duration life = Duration.between(clock.instant(), session.expires());
        return new Answer(
                200,
                Map.of("set-cookie", SessionCookie.set(cookie, call.secure(), life)),
                document(
                        session.tenant(),
                        session.person(),
                        standing,
                        standing.permissions(),
                        session.expires(),
                        CsrfToken.of(cookie)));
    }

    private Answer read(Call call) {
        Authenticator.Principal caller = call.principal();
        Instant expires = sessions.byId(caller.actor()).map(SessionCard::expires).orElse(null);
        return Answer.ok(
                document(
                        caller.tenant(),
                        holders.of(caller),
                        holders.acting(caller),
                        Wire.may(call),
                        expires,
                        caller.csrf()));
    }

    private SessionDocument document(
            int tenant,
            UUID person,
            Standing standing,
            Set<String> permissions,
            @Nullable Instant expires,
            @Nullable String csrf) {
        return new SessionDocument(
                person,
                organisations.person(person).orElse(null),
                card(tenant).name(),
                standing.role(),
                standing.installation(),
                permissions.stream().sorted().toList(),
                expires,
                csrf);
    }

    private Answer end(Call call) {
        Authenticator.Principal caller = call.principal();
        if (caller.csrf() == null) {
            throw Wire.invalid(
                    "authorization",
                    "A key has no session to end: send the session's cookie, or revoke the key.");
        }
        endSession.end(caller.tenant(), caller.actor(), Wire.meta(call));
        return new Answer(204, Map.of("set-cookie", SessionCookie.clear(call.secure())), null);
    }

    private Answer organisation(Call call) {
        OrganisationCard card = card(call.principal().tenant());
        UUID project = card.founding().project();
        return Answer.ok(
                new OrganisationDocument(
                        card.number(),
                        card.name(),
                        new ProjectDocument(
                                project, organisations.project(project).orElseThrow())));
    }

    private OrganisationCard card(int tenant) {
        return organisations.organisation(tenant).orElseThrow();
    }
}
