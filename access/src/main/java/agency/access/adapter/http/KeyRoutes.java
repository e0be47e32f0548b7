package agency.access.adapter.http;

import agency.access.domain.key.KeyEvent;
import agency.access.domain.role.InstallationRole;
import agency.access.domain.role.Role;
import agency.access.domain.role.Standing;
import agency.access.flow.IssueKey;
import agency.access.flow.RevokeKey;
import agency.access.view.key.KeyCard;
import agency.access.view.key.KeyRegister;
import agency.access.view.organisation.OrganisationRegister;
import agency.kernel.fact.Personal;
import agency.kernel.money.Nanos;
import agency.platform.http.Answer;
import agency.platform.http.Call;
import agency.platform.http.Paging;
import agency.platform.http.Permission;
import agency.platform.http.Problem;
import agency.platform.http.Route;
import io.vertx.core.http.HttpMethod;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** API keys: create, list, read, revoke. */
final class KeyRoutes {
    private static final String KEYS = "/api/v1/keys";

    private final KeyRegister keys;
    private final OrganisationRegister organisations;
    private final Holders holders;
    private final IssueKey issueKey;
    private final RevokeKey revokeKey;
    private final InstantSource clock;

    KeyRoutes(
            KeyRegister keys,
            OrganisationRegister organisations,
            Holders holders,
            IssueKey issueKey,
            RevokeKey revokeKey,
            InstantSource clock) {
        this.keys = keys;
        this.organisations = organisations;
        this.holders = holders;
        this.issueKey = issueKey;
        this.revokeKey = revokeKey;
        this.clock = clock;
    }

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
            @Nullable String cap) {}

    /** A page of keys; {@code nextCursor} is the cursor of the page after it. */
    record KeyPage(List<KeyDocument> items, @Nullable UUID nextCursor) {}

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
                        call -> Answer.ok(document(card(call)))),
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
                        ? issueKey.forAdministrator(
                                tenant, administratorKey(call, name, wanted), Wire.meta(call))
                        : issueKey.forProject(
                                tenant, projectKey(tenant, name, wanted), Wire.meta(call));
        return switch (result) {
            case IssueKey.Result.Done done ->
                    Answer.created(
                            KEYS + "/" + done.key(),
                            document(keys.byId(done.key()).orElseThrow())
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
        UUID project = organisations.organisation(tenant).orElseThrow().founding().project();
        List<String> models = wanted.models() == null ? List.of() : wanted.models();
        return new IssueKey.ProjectKey(
                project, name, models, wanted.expiresAt(), cap(wanted.cap()));
    }

    private IssueKey.AdministratorKey administratorKey(Call call, Personal name, NewKey wanted) {
        if (wanted.models() != null || wanted.cap() != null) {
            throw Wire.invalid(
                    wanted.models() != null ? "models" : "cap",
                    "A key of kind `administrator` uses no models and spends nothing: leave out"
                            + " `models` and `cap`, or create a key of kind `project`.");
        }
        return new IssueKey.AdministratorKey(
                name, standing(call, wanted), Wire.may(call), wanted.expiresAt());
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
        int limit = Paging.limit(call);
        UUID before = call.query("cursor").map(Wire::cursor).orElse(null);
        List<KeyCard> found = keys.newest(call.principal().tenant(), before, limit + 1);
        List<KeyCard> page = found.subList(0, Math.min(limit, found.size()));
        return Answer.ok(
                new KeyPage(
                        page.stream().map(this::document).toList(),
                        found.size() > limit ? page.getLast().id() : null));
    }

    private Answer revoke(Call call) {
        refuseBeyond(call);
        Optional<Problem> refused =
                revokeKey
                        .revoke(call.principal().tenant(), call.pathId("id"), Wire.meta(call))
                        .map(Wire::of);
        if (refused.isPresent()) {
            throw refused.get();
        }
        return Answer.nothing();
    }

    /** Nobody ends the key of somebody who may more than he himself. */
    private void refuseBeyond(Call call) {
        KeyCard card = keys.byId(call.pathId("id")).orElse(null);
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
        return keys.byId(call.pathId("id"))
                .filter(card -> card.tenant() == call.principal().tenant())
                .orElseThrow(Wire::noSuchKey);
    }

    private KeyDocument document(KeyCard card) {
        return KeyDocument.of(card, clock.instant());
    }
}
