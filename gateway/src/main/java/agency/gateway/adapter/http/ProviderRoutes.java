package agency.gateway.adapter.http;

import agency.gateway.domain.provider.ProviderRefusal;
import agency.gateway.domain.routing.ModelCard;
import agency.gateway.flow.Providers;
import agency.gateway.flow.Providers.Result;
import agency.gateway.flow.Providers.Wish;
import agency.gateway.port.ProviderProbe.Probed;
import agency.gateway.view.connected.ConnectedProviders;
import agency.gateway.view.connected.ConnectedProviders.Row;
import agency.kernel.fact.FactMeta;
import agency.platform.crypto.Secret;
import agency.platform.http.Answer;
import agency.platform.http.Call;
import agency.platform.http.Handler;
import agency.platform.http.Permission;
import agency.platform.http.Problem;
import agency.platform.http.Route;
import io.vertx.core.http.HttpMethod;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The management of providers. */
public final class ProviderRoutes {
    private static final String PATH = "/api/v1/providers";

    private final Providers providers;
    private final ConnectedProviders connected;

    /** Routes over these providers. */
    public ProviderRoutes(Providers providers, ConnectedProviders connected) {
        this.providers = providers;
        this.connected = connected;
    }

    /** All of them. */
    public List<Route> routes() {
        return List.of(
                new Route(
                        HttpMethod.POST,
                        PATH,
                        "connectProvider",
                        Permission.of("providers.write"),
                        true,
                        (Handler.Blocking) this::connect),
                Route.of(
                        HttpMethod.GET,
                        PATH,
                        "listProviders",
                        Permission.of("providers.read"),
                        call -> Answer.ok(Map.of("items", items()))),
                Route.of(
                        HttpMethod.DELETE,
                        PATH + "/{name}",
                        "removeProvider",
                        Permission.of("providers.write"),
                        this::remove),
                new Route(
                        HttpMethod.POST,
                        PATH + "/{name}/test",
                        "testProvider",
                        Permission.of("providers.write"),
                        true,
                        (Handler.Blocking) this::test));
    }

    /** The body of {@code connectProvider}. */
    public record Connect(
            String vendor,
            @Nullable String name,
            @Nullable String baseUrl,
            @Nullable Secret apiKey,
            @Nullable Boolean test,
            @Nullable Boolean replace) {}

    /** A connected provider; its key is never shown. */
    public record Shown(
            String name,
            String vendor,
            String baseUrl,
            boolean hasKey,
            int models,
            Instant connectedAt) {}

    /** What a test found. */
    public record Tested(String name, @Nullable Long latencyMs, List<String> models) {}

    private List<Shown> items() {
        return connected.all().stream().map(ProviderRoutes::shown).toList();
    }

    private static Shown shown(Row row) {
        return new Shown(
                row.connection().name(),
                row.connection().vendor(),
                row.connection().baseUrl(),
                !row.connection().sealedKey().isEmpty(),
                row.models().size(),
                row.since());
    }

    private Answer connect(Call call) {
        Connect body = call.body(Connect.class);
        Wish wish =
                new Wish(
                        body.vendor(),
                        body.name() == null ? body.vendor() : body.name(),
                        body.baseUrl() == null ? "" : body.baseUrl(),
                        body.apiKey() == null ? "" : body.apiKey().reveal().strip(),
                        body.test() == null || body.test(),
                        body.replace() != null && body.replace(),
                        false);
        Tested tested = done(providers.connect(wish, meta(call)), wish.name());
        return Answer.created(PATH + "/" + tested.name(), tested);
    }

    private Answer test(Call call) {
        String name = call.path("name");
        return Answer.ok(done(providers.test(name, meta(call)), name));
    }

    private Answer remove(Call call) {
        String name = call.path("name");
        done(providers.remove(name, meta(call)), name);
        return Answer.nothing();
    }

    private static FactMeta meta(Call call) {
        return new FactMeta(call.principal().actor().toString(), call.request(), null);
    }

    private static Tested done(Result result, String name) {
        return switch (result) {
            case Result.Done done ->
                    new Tested(
                            done.name(),
                            done.latencyMs() < 0 ? null : done.latencyMs(),
                            done.models().stream().map(ModelCard::name).toList());
            case Result.Wrong(String field, String why) ->
                    throw new Problem(
                            400,
                            "invalid-field",
                            "A field cannot be so",
                            "The field " + field + ": " + why + ".",
                            Map.of("field", field));
            case Result.TestFailed(Probed probed) -> throw failed(name, probed);
            case Result.NotPermitted(String why) ->
                    throw new Problem(
                            503,
                            "not-permitted-now",
                            "The call is not permitted now",
                            "The provider was not called: " + why + ".");
            case Result.Refused(ProviderRefusal refusal) -> throw refused(name, refusal);
        };
    }

    private static Problem failed(String name, Probed probed) {
        return switch (probed) {
            case Probed.KeyRefused(int status) ->
                    new Problem(
                            422,
                            "provider-key-refused",
                            "The provider does not accept the key",
                            "The provider answered with the status "
                                    + status
                                    + ", so the key was not stored. Check it, or send"
                                    + " \"test\": false to store it all the same.");
            case Probed.Unusable(String why) ->
                    new Problem(
                            422,
                            "provider-unusable",
                            "The provider did not pass its test",
                            "The test of " + name + " failed: " + why + ".");
            case Probed.Reached reached ->
                    throw new IllegalStateException("a provider that answered has not failed");
        };
    }

    private static Problem refused(String name, ProviderRefusal refusal) {
        return switch (refusal) {
            case ProviderRefusal.NameTaken(String vendor, String baseUrl) ->
                    new Problem(
                            409,
                            "provider-name-taken",
                            "Another provider has this name",
                            "The name "
                                    + name
                                    + " belongs to "
                                    + vendor
                                    + " at "
                                    + baseUrl
                                    + ". Choose another, or send \"replace\": true.");
            case ProviderRefusal.NotConnected() ->
                    new Problem(
                            404,
                            "provider-not-found",
                            "No such provider",
                            "No provider is connected under the name " + name + ".");
        };
    }
}
