package agency.access.adapter.http;

import agency.access.domain.account.ServiceAccountRefusal;
import agency.access.domain.project.ProjectRefusal;
import agency.access.flow.Projects;
import agency.access.view.account.ServiceAccountCard;
import agency.access.view.account.ServiceAccountRegister;
import agency.access.view.project.ProjectCard;
import agency.access.view.project.ProjectRegister;
import agency.platform.http.Answer;
import agency.platform.http.Call;
import agency.platform.http.EntityTag;
import agency.platform.http.Pages;
import agency.platform.http.Pages.Filter;
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

/** The projects of the organisation and their service accounts: open, list, read, rename, close. */
final class ProjectRoutes {
    private static final String PROJECTS = "/api/v1/projects";
    private static final String ACCOUNTS = "/api/v1/service-accounts";
    private static final Permission READ = Permission.of("projects.read");
    private static final Permission WRITE = Permission.of("projects.write");
    private static final Permission READ_ACCOUNTS = Permission.of("service-accounts.read");
    private static final Permission WRITE_ACCOUNTS = Permission.of("service-accounts.write");

    /** Whether something is open still. */
    private enum State {
        OPEN,
        CLOSED;

        static State of(@Nullable Instant closed) {
            return closed == null ? OPEN : CLOSED;
        }
    }

    private static final Shape<ProjectCard, UUID> PROJECT_SHAPE =
            Shape.of(
                    ProjectCard::id,
                    card -> Optional.of(card.name()),
                    Map.of("state", Filter.by(State.class, card -> State.of(card.closed()))));
    private static final Shape<ServiceAccountCard, UUID> ACCOUNT_SHAPE =
            Shape.of(
                    ServiceAccountCard::id,
                    card -> Optional.of(card.name()),
                    Map.of(
                            "state",
                            Filter.by(State.class, card -> State.of(card.closed())),
                            "project",
                            Filter.byId(ServiceAccountCard::project)));

    private final ProjectRegister projects;
    private final ServiceAccountRegister accounts;
    private final Projects flow;

    ProjectRoutes(ProjectRegister projects, ServiceAccountRegister accounts, Projects flow) {
        this.projects = projects;
        this.accounts = accounts;
        this.flow = flow;
    }

    /** What something is to be called. */
    record Named(String name) {}

    /** What is to be opened in a project. */
    record NewAccount(String name, UUID project) {}

    /** A project as the management API shows it. */
    record ProjectDocument(
            UUID id, String name, String state, Instant createdAt, @Nullable Instant closedAt) {
        static ProjectDocument of(ProjectCard card) {
            return new ProjectDocument(
                    card.id(), card.name(), standing(card.closed()), card.opened(), card.closed());
        }
    }

    /** A service account as the management API shows it. */
    record AccountDocument(
            UUID id,
            UUID project,
            String name,
            String state,
            Instant createdAt,
            @Nullable Instant closedAt) {
        static AccountDocument of(ServiceAccountCard card) {
            return new AccountDocument(
                    card.id(),
                    card.project(),
                    card.name(),
                    standing(card.closed()),
                    card.opened(),
                    card.closed());
        }
    }

    List<Route> routes() {
        String project = PROJECTS + "/{id}";
        String account = ACCOUNTS + "/{id}";
        return List.of(
                Route.of(HttpMethod.POST, PROJECTS, "createProject", WRITE, this::open),
                Route.of(HttpMethod.GET, PROJECTS, "listProjects", READ, this::list),
                Route.of(HttpMethod.GET, project, "readProject", READ, this::read),
                Route.of(HttpMethod.PATCH, project, "changeProject", WRITE, this::rename),
                Route.of(HttpMethod.DELETE, project, "closeProject", WRITE, this::close),
                Route.of(
                        HttpMethod.POST,
                        ACCOUNTS,
                        "createServiceAccount",
                        WRITE_ACCOUNTS,
                        this::openAccount),
                Route.of(
                        HttpMethod.GET,
                        ACCOUNTS,
                        "listServiceAccounts",
                        READ_ACCOUNTS,
                        this::listAccounts),
                Route.of(
                        HttpMethod.GET,
                        account,
                        "readServiceAccount",
                        READ_ACCOUNTS,
                        this::readAccount),
                Route.of(
                        HttpMethod.PATCH,
                        account,
                        "changeServiceAccount",
                        WRITE_ACCOUNTS,
                        this::renameAccount),
                Route.of(
                        HttpMethod.DELETE,
                        account,
                        "closeServiceAccount",
                        WRITE_ACCOUNTS,
                        this::closeAccount));
    }

    private Answer open(Call call) {
        String name = call.body(Named.class).name().strip();
        return switch (flow.open(tenant(call), name, Wire.meta(call))) {
            case Projects.Opened.Done<ProjectRefusal> done ->
                    Answer.created(
                            PROJECTS + "/" + done.id(),
                            ProjectDocument.of(project(call, done.id())));
            case Projects.Opened.Refused<ProjectRefusal> refused -> throw Wire.of(refused.reason());
        };
    }

    private Answer list(Call call) {
        return Pages.page(call, projects.of(tenant(call)), PROJECT_SHAPE, ProjectDocument::of);
    }

    private Answer read(Call call) {
        ProjectCard card = project(call, call.pathId("id"));
        return EntityTag.answer(call, "" + card.version(), ProjectDocument.of(card));
    }

    private Answer rename(Call call) {
        ProjectCard card = project(call, call.pathId("id"));
        String name = call.body(Named.class).name().strip();
        refuse(flow.rename(tenant(call), card.id(), name, expected(call, card), Wire.meta(call)));
        return read(call);
    }

    private Answer close(Call call) {
        ProjectCard card = project(call, call.pathId("id"));
        refuse(flow.close(tenant(call), card.id(), expected(call, card), Wire.meta(call)));
        return Answer.nothing();
    }

    private static void refuse(Optional<ProjectRefusal> refused) {
        if (refused.isPresent()) {
            throw Wire.of(refused.get());
        }
    }

    private Answer openAccount(Call call) {
        NewAccount wanted = call.body(NewAccount.class);
        Projects.Opened<ServiceAccountRefusal> result =
                flow.openAccount(
                        tenant(call), wanted.project(), wanted.name().strip(), Wire.meta(call));
        return switch (result) {
            case Projects.Opened.Done<ServiceAccountRefusal> done ->
                    Answer.created(
                            ACCOUNTS + "/" + done.id(),
                            AccountDocument.of(account(call, done.id())));
            case Projects.Opened.Refused<ServiceAccountRefusal> refused ->
                    throw Wire.of(refused.reason());
        };
    }

    private Answer listAccounts(Call call) {
        return Pages.page(call, accounts.of(tenant(call)), ACCOUNT_SHAPE, AccountDocument::of);
    }

    private Answer readAccount(Call call) {
        ServiceAccountCard card = account(call, call.pathId("id"));
        return EntityTag.answer(call, "" + card.version(), AccountDocument.of(card));
    }

    private Answer renameAccount(Call call) {
        ServiceAccountCard card = account(call, call.pathId("id"));
        String name = call.body(Named.class).name().strip();
        refuseAccount(
                flow.renameAccount(
                        tenant(call), card.id(), name, expected(call, card), Wire.meta(call)));
        return readAccount(call);
    }

    private Answer closeAccount(Call call) {
        ServiceAccountCard card = account(call, call.pathId("id"));
        refuseAccount(
                flow.closeAccount(tenant(call), card.id(), expected(call, card), Wire.meta(call)));
        return Answer.nothing();
    }

    private static void refuseAccount(Optional<ServiceAccountRefusal> refused) {
        if (refused.isPresent()) {
            throw Wire.of(refused.get());
        }
    }

    private static @Nullable Integer expected(Call call, ProjectCard card) {
        return Wire.expected(call, "" + card.version(), card.version());
    }

    private static @Nullable Integer expected(Call call, ServiceAccountCard card) {
        return Wire.expected(call, "" + card.version(), card.version());
    }

    private ProjectCard project(Call call, UUID project) {
        return projects.project(tenant(call), project).orElseThrow(Wire::noSuchProject);
    }

    private ServiceAccountCard account(Call call, UUID account) {
        return accounts.account(tenant(call), account).orElseThrow(Wire::noSuchAccount);
    }

    private static int tenant(Call call) {
        return call.principal().tenant();
    }

    private static String standing(@Nullable Instant closed) {
        return closed == null ? "open" : "closed";
    }
}
