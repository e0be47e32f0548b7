package agency.access.adapter.http;

import agency.access.domain.organisation.OrganisationRefusal;
import agency.access.flow.Organisations;
import agency.access.view.organisation.OrganisationCard;
import agency.access.view.organisation.OrganisationRegister;
import agency.access.view.project.ProjectRegister;
import agency.platform.http.Answer;
import agency.platform.http.Call;
import agency.platform.http.EntityTag;
import agency.platform.http.Pages;
import agency.platform.http.Pages.Shape;
import agency.platform.http.Permission;
import agency.platform.http.Route;
import io.vertx.core.http.HttpMethod;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** One's own organisation; and all of them, for who runs the installation. */
final class OrganisationRoutes {
    private static final String OWN = "/api/v1/organization";
    private static final String ALL = "/api/v1/organizations";
    private static final Permission READ = Permission.of("organizations.read");
    private static final Permission WRITE = Permission.of("organizations.write");

    private static final Shape<OrganisationCard, Integer> SHAPE =
            new Shape<>(
                    OrganisationCard::number,
                    Integer::valueOf,
                    card -> Optional.of(card.name()),
                    Map.of());

    private final OrganisationRegister organisations;
    private final ProjectRegister projects;
    private final Organisations flow;
    private final InvitationRoutes invitations;

    OrganisationRoutes(
            OrganisationRegister organisations,
            ProjectRegister projects,
            Organisations flow,
            InvitationRoutes invitations) {
        this.organisations = organisations;
        this.projects = projects;
        this.flow = flow;
        this.invitations = invitations;
    }

    /** What is to be opened, and who is invited to own it. */
    record NewOrganisation(String name, String ownerEmail) {}

    /** What it is to be called. */
    record OrganisationChange(String name) {}

    /** Who is invited to own it too. */
    record NewOwner(String email) {}

    /** An organisation and the project that its founding made. */
    record OwnDocument(int number, String name, FirstProject project) {}

    /** A project. */
    record FirstProject(UUID id, String name) {}

    /** An organisation as who runs the installation sees it. */
    record OrganisationDocument(
            int number,
            String name,
            String state,
            Instant createdAt,
            @Nullable Instant closedAt,
            InvitationRoutes.@Nullable InvitationDocument invitation) {}

    List<Route> routes() {
        return List.of(
                Route.of(
                        HttpMethod.GET,
                        OWN,
                        "readOrganization",
                        Permission.of("organization.read"),
                        this::readOwn),
                Route.of(
                        HttpMethod.PATCH,
                        OWN,
                        "changeOrganization",
                        Permission.of("organization.write"),
                        this::renameOwn),
                Route.of(HttpMethod.POST, ALL, "createOrganization", WRITE, this::create),
                Route.of(HttpMethod.GET, ALL, "listOrganizations", READ, this::list),
                Route.of(
                        HttpMethod.GET, ALL + "/{number}", "readOneOrganization", READ, this::read),
                Route.of(
                        HttpMethod.PATCH,
                        ALL + "/{number}",
                        "changeOneOrganization",
                        WRITE,
                        this::rename),
                Route.of(
                        HttpMethod.DELETE,
                        ALL + "/{number}",
                        "closeOrganization",
                        WRITE,
                        this::close),
                Route.of(
                        HttpMethod.POST,
                        ALL + "/{number}/owners",
                        "inviteOwner",
                        WRITE,
                        this::inviteOwner));
    }

    private Answer readOwn(Call call) {
        return EntityTag.answer(call, ownTag(call), own(call));
    }

    private Answer read(Call call) {
        OrganisationCard card = card(call);
        return EntityTag.answer(call, "" + card.version(), document(card, null));
    }

    /** It shows the first project too, which may get another name. */
    private String ownTag(Call call) {
        OrganisationCard card = organisations.organisation(call.principal().tenant()).orElseThrow();
        return card.version()
                + "-"
                + projects.project(card.number(), card.founding().project())
                        .orElseThrow()
                        .version();
    }

    private OwnDocument own(Call call) {
        OrganisationCard card = organisations.organisation(call.principal().tenant()).orElseThrow();
        UUID project = card.founding().project();
        return new OwnDocument(
                card.number(),
                card.name(),
                new FirstProject(
                        project, projects.project(card.number(), project).orElseThrow().name()));
    }

    private Answer renameOwn(Call call) {
        OrganisationCard card = organisations.organisation(call.principal().tenant()).orElseThrow();
        refuse(rename(call, card.number(), Wire.expected(call, ownTag(call), card.version())));
        return EntityTag.of(Answer.ok(own(call)), ownTag(call));
    }

    private Answer create(Call call) {
        NewOrganisation wanted = call.body(NewOrganisation.class);
        return founded(
                flow.open(wanted.name().strip(), wanted.ownerEmail().strip(), Wire.meta(call)),
                "owner_email");
    }

    private Answer inviteOwner(Call call) {
        OrganisationCard card = card(call);
        if (card.closed() != null) {
            throw Wire.of(new OrganisationRefusal.Closed());
        }
        return founded(
                flow.inviteOwner(
                        card.number(), call.body(NewOwner.class).email().strip(), Wire.meta(call)),
                "email");
    }

    private Answer founded(Organisations.Result result, String emailField) {
        return switch (result) {
            case Organisations.Result.Done done ->
                    Answer.created(
                            ALL + "/" + done.number(),
                            document(
                                    organisations.organisation(done.number()).orElseThrow(),
                                    invitations.offered(done.owner())));
            case Organisations.Result.Refused refused -> throw Wire.of(refused.reason());
            case Organisations.Result.NoOwner no -> throw Wire.of(no.reason(), emailField);
        };
    }

    private Answer list(Call call) {
        return Pages.page(call, organisations.all(), SHAPE, card -> document(card, null));
    }

    private Answer rename(Call call) {
        OrganisationCard card = card(call);
        refuse(rename(call, card.number(), expected(call, card)));
        return read(call);
    }

    private Optional<OrganisationRefusal> rename(
            Call call, int number, @Nullable Integer expected) {
        String name = call.body(OrganisationChange.class).name().strip();
        return flow.rename(number, name, expected, Wire.meta(call));
    }

    private Answer close(Call call) {
        OrganisationCard card = card(call);
        refuse(flow.close(card.number(), expected(call, card), Wire.meta(call)));
        return Answer.nothing();
    }

    private static @Nullable Integer expected(Call call, OrganisationCard card) {
        return Wire.expected(call, "" + card.version(), card.version());
    }

    private static void refuse(Optional<OrganisationRefusal> refused) {
        if (refused.isPresent()) {
            throw Wire.of(refused.get());
        }
    }

    private OrganisationCard card(Call call) {
        return number(call.path("number"))
                .flatMap(organisations::organisation)
                .orElseThrow(Wire::noSuchOrganisation);
    }

    private static Optional<Integer> number(String text) {
        return text.matches("\\d{1,9}") ? Optional.of(Integer.valueOf(text)) : Optional.empty();
    }

    private static OrganisationDocument document(
            OrganisationCard card, InvitationRoutes.@Nullable InvitationDocument invitation) {
        return new OrganisationDocument(
                card.number(),
                card.name(),
                card.closed() == null ? "open" : "closed",
                card.opened(),
                card.closed(),
                invitation);
    }
}
