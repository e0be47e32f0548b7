package agency.access.adapter.http;

import agency.access.domain.key.ApiKey;
import agency.access.domain.key.KeyCommand;
import agency.access.domain.key.KeyEvent;
import agency.access.domain.key.KeyRefusal;
import agency.access.domain.role.InstallationRole;
import agency.access.domain.role.Role;
import agency.access.domain.role.Standing;
import agency.access.flow.ChangeKey;
import agency.access.flow.IssueKey;
import agency.access.flow.RevokeKey;
import agency.access.view.account.ServiceAccountCard;
import agency.access.view.account.ServiceAccountRegister;
import agency.access.view.key.KeyCard;
import agency.access.view.key.KeyRegister;
import agency.access.view.organisation.OrganisationRegister;
import agency.access.view.project.ProjectRegister;
import agency.kernel.fact.Personal;
import agency.kernel.money.Nanos;
import agency.platform.http.Answer;
import agency.platform.http.Call;
import agency.platform.http.EntityTag;
import agency.platform.http.Pages;
import agency.platform.http.Pages.Filter;
import agency.platform.http.Pages.Shape;
import agency.platform.http.Permission;
import agency.platform.http.Problem;
import agency.platform.http.Route;
import io.vertx.core.http.HttpMethod;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** API keys: create, list, read, change, rotate, revoke. */
final class KeyRoutes {
    private static final String KEYS = "/api/v1/keys";

    /** For how long two texts of a key let in when nothing is said. */
    private static final Duration OVERLAP = Duration.ofDays(1);

    private final Views views;
    private final Holders holders;
    private final Flows flows;
    private final InstantSource clock;
    private final Shape<KeyCard, UUID> shape;

    KeyRoutes(Views views, Holders holders, Flows flows, InstantSource clock) {
        this.views = views;
        this.holders = holders;
        this.flows = flows;
        this.clock = clock;
        this.shape =
                Shape.of(
                        KeyCard::id,
                        card -> Optional.ofNullable(card.terms().name().text()),
                        Map.of(
                                "kind",
                                Filter.by(
                                        Kind.class,
                                        card ->
                                                card.project() == null
                                                        ? Kind.ADMINISTRATOR
                                                        : Kind.PROJECT),
                                "state",
                                Filter.by(
                                        KeyCard.Standing.class,
                                        card -> card.standing(clock.instant())),
                                "project",
                                Filter.byId(KeyCard::project),
                                "service_account",
                                Filter.byId(card -> card.terms().account())));
    }

    /** What the routes read. */
    record Views(
            KeyRegister keys,
            OrganisationRegister organisations,
            ProjectRegister projects,
            ServiceAccountRegister accounts) {}

    /** What the routes start. */
    record Flows(IssueKey issueKey, ChangeKey changeKey, RevokeKey revokeKey) {}

    /** Which kind of key. */
    enum Kind {
        PROJECT,
        ADMINISTRATOR;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** What a key is to be. */
    record NewKey(
            String name,
            @Nullable Kind kind,
            @Nullable Role role,
            @Nullable InstallationRole installationRole,
            @Nullable List<String> models,
            @Nullable Instant expiresAt,
            @Nullable String cap,
            @Nullable List<String> networks,
            @Nullable UUID project,
            @Nullable UUID serviceAccount) {}

    /** What is to change; what is absent stays. */
    record KeyChange(
            @Nullable String name,
            @Nullable List<String> models,
            @Nullable Instant expiresAt,
            @Nullable Boolean neverExpires,
            @Nullable List<String> networks) {}

    /** For how long the text so far lets in beside the new one. */
    record Rotation(@Nullable Long overlapSeconds) {}

    List<Route> routes() {
        return List.of(
                Route.of(
                        HttpMethod.POST,
                        KEYS,
                        "createKey",
                        Permission.of("keys.write"),
                        this::create),
                Route.of(HttpMethod.GET, KEYS, "listKeys", Permission.of("keys.read"), this::list),
                Route.of(
                        HttpMethod.GET,
                        KEYS + "/{id}",
                        "readKey",
                        Permission.of("keys.read"),
                        this::read),
                Route.of(
                        HttpMethod.PATCH,
                        KEYS + "/{id}",
                        "changeKey",
                        Permission.of("keys.write"),
                        this::change),
                Route.of(
                        HttpMethod.POST,
                        KEYS + "/{id}/rotate",
                        "rotateKey",
                        Permission.of("keys.write"),
                        this::rotate),
                Route.of(
                        HttpMethod.DELETE,
                        KEYS + "/{id}",
                        "revokeKey",
                        Permission.of("keys.write"),
                        this::revoke));
    }

    private Answer create(Call call) {
        NewKey wanted = call.body(NewKey.class);
        int tenant = call.principal().tenant();
        Personal name = new Personal(holders.of(call.principal()), wanted.name().strip());
        IssueKey.Result result =
                wanted.kind() == Kind.ADMINISTRATOR
                        ? flows.issueKey.forAdministrator(
                                tenant, administratorKey(call, name, wanted), Wire.meta(call))
                        : flows.issueKey.forProject(
                                tenant, projectKey(tenant, name, wanted), Wire.meta(call));
        return switch (result) {
            case IssueKey.Result.Done done ->
                    Answer.created(
                            KEYS + "/" + done.key(),
                            document(views.keys.byId(done.key()).orElseThrow())
                                    .withKey(done.text().reveal()));
            case IssueKey.Result.Refused refused -> throw Wire.of(refused.reason());
        };
    }

    private IssueKey.ProjectKey projectKey(int tenant, Personal name, NewKey wanted) {
        if (wanted.role() != null || wanted.installationRole() != null) {
            throw Wire.invalid(
                    wanted.role() != null ? "role" : "installation_role",
                    "A key of kind `project` has no role: leave it out, or create a key of kind"
                            + " `administrator`.");
        }
        UUID account = wanted.serviceAccount();
        UUID project = project(tenant, wanted.project(), account);
        if (views.projects.open(tenant, project).isEmpty()) {
            throw Wire.of(new KeyRefusal.NoProject());
        }
        return new IssueKey.ProjectKey(
                project,
                name,
                listed(wanted.models()),
                wanted.expiresAt(),
                cap(wanted.cap()),
                listed(wanted.networks()),
                account);
    }

    /** The one asked for; else the service account's; else the one that a founding made. */
    private UUID project(int tenant, @Nullable UUID asked, @Nullable UUID account) {
        if (account == null) {
            return asked != null
                    ? asked
                    : views.organisations.organisation(tenant).orElseThrow().founding().project();
        }
        return views.accounts
                .account(tenant, account)
                .filter(card -> card.closed() == null)
                .map(ServiceAccountCard::project)
                .filter(project -> asked == null || asked.equals(project))
                .orElseThrow(() -> Wire.of(new KeyRefusal.NoAccount()));
    }

    private static List<String> listed(@Nullable List<String> texts) {
        return texts == null ? List.of() : texts;
    }

    private IssueKey.AdministratorKey administratorKey(Call call, Personal name, NewKey wanted) {
        if (wanted.models() != null || wanted.cap() != null) {
            throw Wire.invalid(
                    wanted.models() != null ? "models" : "cap",
                    "A key of kind `administrator` uses no models and spends nothing: leave out"
                            + " `models` and `cap`, or create a key of kind `project`.");
        }
        if (wanted.project() != null || wanted.serviceAccount() != null) {
            throw Wire.invalid(
                    wanted.project() != null ? "project" : "service_account",
                    "A key of kind `administrator` belongs to a person: leave out `project` and"
                            + " `service_account`, or create a key of kind `project`.");
        }
        return new IssueKey.AdministratorKey(
                name,
                standing(call, wanted),
                Wire.may(call),
                wanted.expiresAt(),
                listed(wanted.networks()));
    }

    /** The caller's own unless something is asked for: then that and no more. */
    private Standing standing(Call call, NewKey wanted) {
        Role role = wanted.role();
        if (role == null && wanted.installationRole() == null) {
            return holders.acting(call.principal());
        }
        return new Standing(
                role == null ? holders.acting(call.principal()).role() : role,
                wanted.installationRole());
    }

    private static @Nullable Nanos cap(@Nullable String units) {
        try {
            return units == null ? null : Nanos.parse(units);
        } catch (IllegalArgumentException e) {
            throw Wire.invalid("cap", "The field `cap` cannot be used: " + e.getMessage() + ".");
        }
    }

    private Answer list(Call call) {
        return Pages.page(call, views.keys.of(call.principal().tenant()), shape, this::document);
    }

    private Answer read(Call call) {
        KeyCard card = card(call);
        return EntityTag.answer(call, tag(card), document(card));
    }

    /** Of how many facts it is, and how it stands, which also depends on the time. */
    private String tag(KeyCard card) {
        return card.version()
                + "-"
                + card.standing(clock.instant()).name().toLowerCase(Locale.ROOT);
    }

    private @Nullable Integer expected(Call call, KeyCard card) {
        return Wire.expected(call, tag(card), card.version());
    }

    private Answer change(Call call) {
        KeyCard card = card(call);
        KeyChange change = call.body(KeyChange.class);
        boolean neverExpires = Boolean.TRUE.equals(change.neverExpires());
        if (neverExpires && change.expiresAt() != null) {
            throw Wire.invalid(
                    "never_expires",
                    "The fields `expires_at` and `never_expires` contradict each other: send one.");
        }
        String name = change.name();
        Optional<KeyRefusal> refused =
                flows.changeKey.change(
                        card.tenant(),
                        new KeyCommand.ChangeKey(
                                card.id(),
                                name == null
                                        ? null
                                        : new Personal(card.issued().name().person(), name.strip()),
                                change.models(),
                                neverExpires || change.expiresAt() != null
                                        ? new KeyCommand.Expiry(change.expiresAt())
                                        : null,
                                change.networks(),
                                Wire.may(call),
                                clock.instant()),
                        expected(call, card),
                        Wire.meta(call));
        if (refused.isPresent()) {
            throw Wire.of(refused.get());
        }
        KeyCard changed = card(call);
        return EntityTag.of(Answer.ok(document(changed)), tag(changed));
    }

    private Answer rotate(Call call) {
        KeyCard card = card(call);
        Long seconds = call.body(Rotation.class).overlapSeconds();
        Duration overlap = seconds == null ? OVERLAP : Duration.ofSeconds(bounded(seconds));
        ChangeKey.Rotated rotated =
                flows.changeKey.rotate(
                        card, overlap, Wire.may(call), expected(call, card), Wire.meta(call));
        return switch (rotated) {
            case ChangeKey.Rotated.Done done ->
                    Answer.ok(document(card(call)).withKey(done.text().reveal()));
            case ChangeKey.Rotated.Refused refused -> throw Wire.of(refused.reason());
        };
    }

    /** What no duration could hold is refused like what is merely too long. */
    private static long bounded(long seconds) {
        return Math.clamp(seconds, -1, ApiKey.MAX_OVERLAP.toSeconds() + 1);
    }

    private Answer revoke(Call call) {
        refuseBeyond(call);
        Optional<Problem> refused =
                flows.revokeKey
                        .revoke(
                                call.principal().tenant(),
                                call.pathId("id"),
                                demanded(call),
                                Wire.meta(call))
                        .map(Wire::of);
        if (refused.isPresent()) {
            throw refused.get();
        }
        return Answer.nothing();
    }

    private @Nullable Integer demanded(Call call) {
        return views.keys
                .byId(call.pathId("id"))
                .filter(card -> card.tenant() == call.principal().tenant())
                .map(card -> expected(call, card))
                .orElse(null);
    }

    /** Nobody ends the key of somebody who may more than he himself. */
    private void refuseBeyond(Call call) {
        KeyCard card = views.keys.byId(call.pathId("id")).orElse(null);
        if (card != null
                && card.tenant() == call.principal().tenant()
                && card.issued() instanceof KeyEvent.Administrating key) {
            Set<String> missing = key.standing().beyond(Wire.may(call));
            if (!missing.isEmpty()) {
                throw Wire.beyond(key.standing(), missing);
            }
        }
    }

    private KeyCard card(Call call) {
        return views.keys
                .byId(call.pathId("id"))
                .filter(card -> card.tenant() == call.principal().tenant())
                .orElseThrow(Wire::noSuchKey);
    }

    private KeyDocument document(KeyCard card) {
        return KeyDocument.of(card, clock.instant());
    }
}
