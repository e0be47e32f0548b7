package agency.gateway.adapter.http;

import agency.gateway.domain.routing.ModelKind;
import agency.gateway.domain.routing.Routed;
import agency.gateway.flow.ModelDirectory;
import agency.gateway.flow.Providers;
import agency.gateway.port.ModelStore;
import agency.gateway.port.ModelStore.LocalModel;
import agency.gateway.port.ModelStore.Pull;
import agency.platform.http.Answer;
import agency.platform.http.Call;
import agency.platform.http.Permission;
import agency.platform.http.Problem;
import agency.platform.http.Route;
import io.vertx.core.http.HttpMethod;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The catalogue for administrators, and the models on this machine. */
public final class CatalogueRoutes {
    private final ModelDirectory directory;
    private final ModelStore store;

    /** Routes over this catalogue and this store. */
    public CatalogueRoutes(ModelDirectory directory, ModelStore store) {
        this.directory = directory;
        this.store = store;
    }

    /** All of them. */
    public List<Route> routes() {
        return List.of(
                Route.of(
                        HttpMethod.GET,
                        "/api/v1/models",
                        "listCatalogue",
                        Permission.of("models.read"),
                        call -> Answer.ok(Map.of("items", items()))),
                Route.of(
                        HttpMethod.GET,
                        "/api/v1/models/local",
                        "listLocalModels",
                        Permission.of("models.read"),
                        call -> Answer.ok(Map.of("items", store.models()))),
                Route.of(
                        HttpMethod.POST,
                        "/api/v1/models/pull",
                        "pullModel",
                        Permission.of("models.write"),
                        this::pull),
                Route.of(
                        HttpMethod.GET,
                        "/api/v1/models/pulls/{id}",
                        "showModelPull",
                        Permission.of("models.read"),
                        this::outcome));
    }

    /** A model of the catalogue. */
    public record Shown(
            String name,
            String provider,
            String model,
            String kind,
            String state,
            @Nullable Long outputLimit) {}

    /** The body of {@code pullModel}. */
    public record PullRequest(String source, @Nullable Boolean acceptTerms) {}

    private List<Shown> items() {
        List<Shown> items = new ArrayList<>();
        for (Routed.To to : directory.catalogue().models()) {
            if (to.provider().equals(Providers.LOCAL)) continue;
            items.add(
                    new Shown(
                            to.fullName(),
                            to.provider(),
                            to.model(),
                            ModelKind.of(to.model()).name().toLowerCase(Locale.ROOT),
                            "ready",
                            to.outputLimit() > 0 ? to.outputLimit() : null));
        }
        for (LocalModel local : store.models()) {
            items.add(
                    new Shown(
                            Providers.LOCAL + "/" + local.name(),
                            Providers.LOCAL,
                            local.name(),
                            local.kind(),
                            local.state(),
                            null));
        }
        return items;
    }

    private Answer pull(Call call) {
        PullRequest body = call.body(PullRequest.class);
        boolean accepted = body.acceptTerms() != null && body.acceptTerms();
        return switch (store.pull(body.source(), accepted)) {
            case Pull.Begun(ModelStore.Fetch fetch) -> new Answer(202, Map.of(), fetch);
            case Pull.TermsAsked(String terms, String url) ->
                    throw new Problem(
                            409,
                            "terms-not-accepted",
                            "The model has terms",
                            "Read the model's terms and send \"accept_terms\": true to accept"
                                    + " them.",
                            Map.of("terms", terms, "url", url));
            case Pull.Refused(String why) ->
                    throw new Problem(
                            422, "model-not-fetchable", "The model cannot be fetched", why);
        };
    }

    private Answer outcome(Call call) {
        String id = call.pathId("id").toString();
        return Answer.ok(
                store.fetch(id)
                        .orElseThrow(() ->
                                new Problem(
                                        404,
                                        "pull-not-found",
                                        "No such pull",
                                        "No pull since Agency's last start has this id. See which"
                                                + " models are here at /api/v1/models/local.")));
    }
}
