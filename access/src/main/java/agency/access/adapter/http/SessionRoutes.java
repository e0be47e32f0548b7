package agency.access.adapter.http;

import agency.access.api.OfferedLink;
import agency.access.domain.person.Person;
import agency.access.domain.role.Standing;
import agency.access.flow.ConsumeLink;
import agency.access.flow.EndSession;
import agency.access.flow.OfferLink;
import agency.access.flow.OpenSession;
import agency.access.flow.SetPassword;
import agency.access.flow.SignIn;
import agency.access.view.member.MemberCard;
import agency.access.view.member.MemberRegister;
import agency.access.view.organisation.OrganisationRegister;
import agency.access.view.session.SessionCard;
import agency.access.view.session.SessionRegister;
import agency.kernel.fact.FactMeta;
import agency.platform.crypto.Secret;
import agency.platform.http.Answer;
import agency.platform.http.Authenticator;
import agency.platform.http.Call;
import agency.platform.http.Pages;
import agency.platform.http.Permission;
import agency.platform.http.Route;
import agency.platform.http.SessionCookie;
import io.vertx.core.http.HttpMethod;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Signing in by a one-time link or by e-mail and password, who is signed in and where, signing out,
 * passwords.
 */
final class SessionRoutes {
    private static final Permission READ = Permission.of("sessions.read");
    private static final Permission WRITE = Permission.of("sessions.write");
    private static final String SESSIONS = "/api/v1/sessions";
    private static final Pages.Shape<SessionCard, UUID> SHAPE =
            Pages.Shape.of(SessionCard::session, card -> Optional.empty(), Map.of());

    private final SessionRegister sessions;
    private final MemberRegister members;
    private final Holders holders;
    private final Flows flows;
    private final SignedIn signedIn;
    private final InstantSource clock;

    SessionRoutes(
            SessionRegister sessions,
            MemberRegister members,
            Holders holders,
            Flows flows,
            SignedIn signedIn,
            InstantSource clock) {
        this.sessions = sessions;
        this.members = members;
        this.holders = holders;
        this.flows = flows;
        this.signedIn = signedIn;
        this.clock = clock;
    }

    /** What the routes start. */
    record Flows(
            OfferLink offerLink,
            ConsumeLink consumeLink,
            SignIn signIn,
            SetPassword setPassword,
            EndSession endSession) {}

    /** A link that was offered. */
    record LinkDocument(String token, Instant expiresAt) {}

    /** A link to be used. */
    record LinkToken(Secret token) {}

    /** Who wants to sign in; {@code organization} is its number, for who is known in several. */
    record Credentials(String email, Secret password, @Nullable Integer organization) {}

    /** Another password, the one so far, and an e-mail to sign in by when none is known. */
    record PasswordChange(@Nullable Secret old, Secret password, @Nullable String email) {}

    /** Where somebody is signed in. */
    record OpenSessionDocument(
            UUID id, UUID person, Instant createdAt, Instant expiresAt, boolean current) {}

    List<Route> routes() {
        return List.of(
                Route.of(
                        HttpMethod.POST,
                        "/api/v1/admin-links",
                        "createAdminLink",
                        WRITE,
                        this::offer),
                Route.of(
                        HttpMethod.POST,
                        "/api/v1/admin-links/consume",
                        "consumeAdminLink",
                        Permission.PUBLIC,
                        this::consume),
                Route.of(
                        HttpMethod.POST,
                        "/api/v1/users/{id}/links",
                        "createUserLink",
                        Permission.of("users.write"),
                        this::offerTo),
                Route.of(HttpMethod.POST, SESSIONS, "signIn", Permission.PUBLIC, this::signIn),
                Route.of(HttpMethod.GET, SESSIONS, "listSessions", READ, this::list),
                Route.of(
                        HttpMethod.DELETE,
                        SESSIONS + "/{id}",
                        "endOneSession",
                        WRITE,
                        this::endOne),
                Route.of(HttpMethod.GET, "/api/v1/session", "readSession", READ, this::read),
                Route.of(HttpMethod.DELETE, "/api/v1/session", "endSession", WRITE, this::end),
                Route.of(
                        HttpMethod.PUT,
                        "/api/v1/session/password",
                        "setPassword",
                        WRITE,
                        this::setPassword));
    }

    private Answer offer(Call call) {
        return offered(call, holders.of(call.principal()));
    }

    private Answer offerTo(Call call) {
        return offered(call, member(call, call.pathId("id")).person());
    }

    private Answer offered(Call call, UUID person) {
        int tenant = call.principal().tenant();
        Standing standing = holders.standing(tenant, person);
        Set<String> missing = standing.beyond(Wire.may(call));
        if (!missing.isEmpty()) {
            // The browser would be signed in as the person, so with more than the caller may.
            throw Wire.beyond(standing, missing);
        }
        OfferedLink link = flows.offerLink.offer(tenant, person, Wire.meta(call));
        return new Answer(201, Map.of(), new LinkDocument(link.token().reveal(), link.expires()));
    }

    private Answer consume(Call call) {
        signedIn.countTry(call);
        String token = signedIn.token(call.body(LinkToken.class).token());
        FactMeta meta = new FactMeta("link", call.request(), null);
        return switch (flows.consumeLink.consume(token, meta)) {
            case ConsumeLink.Result.Done done -> signedIn.answer(call, 200, done.in());
            case ConsumeLink.Result.Refused refused -> throw Wire.of(refused.reason());
        };
    }

    private Answer signIn(Call call) {
        signedIn.countTry(call);
        Credentials credentials = call.body(Credentials.class);
        String email = OrganisationRegister.same(credentials.email().strip());
        if (email.length() > Person.MAX_EMAIL) {
            throw Wire.wrongCredentials();
        }
        signedIn.countEmail(email);
        Optional<OpenSession.SignedIn> in =
                flows.signIn.signIn(
                        email,
                        signedIn.password("password", credentials.password()),
                        credentials.organization(),
                        new FactMeta("password", call.request(), null));
        if (in.isEmpty()) {
            throw Wire.wrongCredentials();
        }
        signedIn.succeeded(email);
        return signedIn.answer(call, 201, in.get());
    }

    private Answer read(Call call) {
        Authenticator.Principal caller = call.principal();
        Instant expires = sessions.byId(caller.actor()).map(SessionCard::expires).orElse(null);
        return Answer.ok(
                signedIn.document(
                        caller.tenant(),
                        holders.of(caller),
                        holders.acting(caller),
                        Wire.may(call),
                        expires,
                        caller.csrf()));
    }

    /** One's own, or a member's with the right to see him. */
    private Answer list(Call call) {
        UUID own = holders.of(call.principal());
        UUID person = call.query("user").map(Wire::userId).orElse(own);
        if (!person.equals(own)) {
            Wire.need(call, "users.read");
            member(call, person);
        }
        return Pages.page(
                call,
                sessions.of(person, clock.instant()).stream(),
                SHAPE,
                card -> document(call, card));
    }

    private OpenSessionDocument document(Call call, SessionCard card) {
        return new OpenSessionDocument(
                card.session(),
                card.person(),
                card.opened(),
                card.expires(),
                card.session().equals(call.principal().actor()));
    }

    private Answer endOne(Call call) {
        SessionCard card =
                sessions.byId(call.pathId("id"))
                        .filter(known -> known.tenant() == call.principal().tenant())
                        .orElseThrow(Wire::noSuchSession);
        if (!card.person().equals(holders.of(call.principal()))) {
            if (!Wire.may(call).contains("users.write")) {
                throw Wire.noSuchSession();
            }
            Standing standing = holders.standing(card.tenant(), card.person());
            Set<String> missing = standing.beyond(Wire.may(call));
            if (!missing.isEmpty()) {
                throw Wire.beyond(standing, missing);
            }
        }
        flows.endSession.end(card.tenant(), card.session(), Wire.meta(call));
        return Answer.nothing();
    }

    private Answer end(Call call) {
        SessionCard card = ownSession(call, "A key has no session to end: revoke the key.");
        flows.endSession.end(card.tenant(), card.session(), Wire.meta(call));
        return new Answer(204, Map.of("set-cookie", SessionCookie.clear(call.secure())), null);
    }

    private Answer setPassword(Call call) {
        SessionCard card = ownSession(call, "A key has no password: sign in and set it there.");
        PasswordChange change = call.body(PasswordChange.class);
        Secret old = change.old();
        String email = change.email();
        if (old != null) {
            signedIn.countPerson(card.person());
            signedIn.password("old", old);
        }
        Optional<SetPassword.Refusal> refused =
                flows.setPassword.change(
                        card,
                        old,
                        signedIn.password("password", change.password()),
                        email == null ? null : email.strip(),
                        Wire.meta(call));
        if (refused.isPresent()) {
            throw Wire.of(refused.get());
        }
        signedIn.succeeded(card.person());
        return Answer.nothing();
    }

    private SessionCard ownSession(Call call, String sentence) {
        if (call.principal().csrf() == null) {
            throw Wire.invalid("authorization", sentence);
        }
        return sessions.byId(call.principal().actor()).orElseThrow(Wire::unauthenticated);
    }

    private MemberCard member(Call call, UUID person) {
        return members.member(call.principal().tenant(), person).orElseThrow(Wire::noSuchUser);
    }
}
