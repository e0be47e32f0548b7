package agency.access.adapter.http;

import agency.access.domain.invitation.Invitation;
import agency.access.domain.invitation.InvitationRefusal;
import agency.access.domain.role.InstallationRole;
import agency.access.domain.role.Role;
import agency.access.domain.role.Standing;
import agency.access.flow.Invitations;
import agency.access.view.invitation.InvitationCard;
import agency.access.view.invitation.InvitationRegister;
import agency.access.view.organisation.OrganisationRegister;
import agency.kernel.fact.FactMeta;
import agency.platform.crypto.Secret;
import agency.platform.http.Answer;
import agency.platform.http.Call;
import agency.platform.http.EntityTag;
import agency.platform.http.Pages;
import agency.platform.http.Pages.Filter;
import agency.platform.http.Pages.Shape;
import agency.platform.http.Permission;
import agency.platform.http.Route;
import io.vertx.core.http.HttpMethod;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Invitations: offer, list, read, withdraw; look at one and accept it by its token. */
final class InvitationRoutes {
    private static final String INVITATIONS = "/api/v1/invitations";
    private static final Permission READ = Permission.of("users.read");
    private static final Permission WRITE = Permission.of("users.write");

    private final InvitationRegister invitations;
    private final OrganisationRegister organisations;
    private final Holders holders;
    private final Invitations flow;
    private final SignedIn signedIn;
    private final InstantSource clock;
    private final Shape<InvitationCard, UUID> shape;

    InvitationRoutes(
            InvitationRegister invitations,
            OrganisationRegister organisations,
            Holders holders,
            Invitations flow,
            SignedIn signedIn,
            InstantSource clock) {
        this.invitations = invitations;
        this.organisations = organisations;
        this.holders = holders;
        this.flow = flow;
        this.signedIn = signedIn;
        this.clock = clock;
        this.shape =
                Shape.of(
                        InvitationCard::id,
                        card -> Optional.ofNullable(card.offered().guest().text()),
                        Map.of(
                                "state",
                                Filter.by(
                                        InvitationCard.State.class,
                                        card -> card.state(clock.instant())),
                                "role",
                                Filter.by(Role.class, card -> card.offered().role())));
    }

    /** Who is to be invited. */
    record NewInvitation(
            String email,
            Role role,
            @Nullable InstallationRole installationRole,
            @Nullable Integer expiresInHours) {}

    /** The invitation that somebody holds. */
    record InvitationToken(Secret token) {}

    /** How it is accepted. */
    record Acceptance(Secret token, @Nullable String name, Secret password) {}

    /**
     * An invitation as the management API shows it.
     *
     * @param email absent once erased
     * @param token only in the answer that made it
     */
    record InvitationDocument(
            UUID id,
            @Nullable String email,
            Role role,
            @Nullable InstallationRole installationRole,
            String state,
            @Nullable UUID invitedBy,
            Instant createdAt,
            Instant expiresAt,
            @Nullable Instant acceptedAt,
            @Nullable Instant withdrawnAt,
            @Nullable String token) {}

    /** What its holder sees of it; {@code name} of a guest who is known already. */
    record InvitationOffer(
            String organization,
            @Nullable String email,
            @Nullable String name,
            Role role,
            Instant expiresAt) {}

    List<Route> routes() {
        return List.of(
                Route.of(HttpMethod.POST, INVITATIONS, "createInvitation", WRITE, this::create),
                Route.of(HttpMethod.GET, INVITATIONS, "listInvitations", READ, this::list),
                Route.of(HttpMethod.GET, INVITATIONS + "/{id}", "readInvitation", READ, this::read),
                Route.of(
                        HttpMethod.DELETE,
                        INVITATIONS + "/{id}",
                        "withdrawInvitation",
                        WRITE,
                        this::withdraw),
                Route.of(
                        HttpMethod.POST,
                        INVITATIONS + "/look",
                        "lookAtInvitation",
                        Permission.PUBLIC,
                        this::look),
                Route.of(
                        HttpMethod.POST,
                        INVITATIONS + "/accept",
                        "acceptInvitation",
                        Permission.PUBLIC,
                        this::accept));
    }

    private Answer create(Call call) {
        NewInvitation wanted = call.body(NewInvitation.class);
        Invitations.Result result =
                flow.invite(
                        call.principal().tenant(),
                        holders.of(call.principal()),
                        wanted.email().strip(),
                        new Standing(wanted.role(), wanted.installationRole()),
                        life(wanted.expiresInHours()),
                        Wire.may(call),
                        Wire.meta(call));
        if (result instanceof Invitations.Result.Offered offered) {
            return Answer.created(INVITATIONS + "/" + offered.invitation(), offered(offered));
        }
        throw Wire.of(result);
    }

    /** An invitation just made, with its token. */
    InvitationDocument offered(Invitations.Result.Offered offered) {
        return document(
                invitations.byId(offered.invitation()).orElseThrow(), offered.token().reveal());
    }

    private static Duration life(@Nullable Integer hours) {
        if (hours == null) {
            return Invitation.MAX_LIFE;
        }
        if (hours < 1 || hours > Invitation.MAX_LIFE.toHours()) {
            throw Wire.invalid(
                    "expires_in_hours",
                    "The field `expires_in_hours` must be from 1 to "
                            + Invitation.MAX_LIFE.toHours()
                            + ".");
        }
        return Duration.ofHours(hours);
    }

    private Answer read(Call call) {
        InvitationCard card = card(call);
        return EntityTag.answer(call, tag(card), document(card, null));
    }

    private String tag(InvitationCard card) {
        return card.version() + "-" + card.state(clock.instant()).name().toLowerCase(Locale.ROOT);
    }

    private Answer list(Call call) {
        return Pages.page(
                call,
                invitations.of(call.principal().tenant()),
                shape,
                card -> document(card, null));
    }

    private Answer withdraw(Call call) {
        InvitationCard card = card(call);
        Optional<InvitationRefusal> refused =
                flow.withdraw(
                        card.tenant(),
                        card.id(),
                        Wire.expected(call, tag(card), card.version()),
                        Wire.meta(call));
        if (refused.isPresent()) {
            throw Wire.of(refused.get());
        }
        return Answer.nothing();
    }

    private Answer look(Call call) {
        signedIn.countTry(call);
        Invitations.Result result =
                flow.look(signedIn.token(call.body(InvitationToken.class).token()));
        if (!(result instanceof Invitations.Result.Open open)) {
            throw Wire.of(result);
        }
        signedIn.succeeded(call);
        InvitationCard card = open.card();
        return Answer.ok(
                new InvitationOffer(
                        organisations.organisation(card.tenant()).orElseThrow().name(),
                        card.offered().guest().text(),
                        organisations.person(card.guest()).orElse(null),
                        card.offered().role(),
                        card.offered().expires()));
    }

    private Answer accept(Call call) {
        signedIn.countTry(call);
        Acceptance acceptance = call.body(Acceptance.class);
        String name = acceptance.name();
        Invitations.Result result =
                flow.accept(
                        signedIn.token(acceptance.token()),
                        name == null ? "" : name.strip(),
                        signedIn.password("password", acceptance.password()),
                        new FactMeta("invitation", call.request(), null));
        if (result instanceof Invitations.Result.SignedIn in) {
            return signedIn.answer(call, 201, in.in());
        }
        throw Wire.of(result);
    }

    private InvitationCard card(Call call) {
        return invitations
                .byId(call.pathId("id"))
                .filter(card -> card.tenant() == call.principal().tenant())
                .orElseThrow(Wire::noSuchInvitation);
    }

    private InvitationDocument document(InvitationCard card, @Nullable String token) {
        return new InvitationDocument(
                card.id(),
                card.offered().guest().text(),
                card.offered().role(),
                card.offered().installation(),
                card.state(clock.instant()).name().toLowerCase(Locale.ROOT),
                card.offered().inviter(),
                card.offered().at(),
                card.offered().expires(),
                card.acceptedAt(),
                card.withdrawnAt(),
                token);
    }
}
