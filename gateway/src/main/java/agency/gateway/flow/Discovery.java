package agency.gateway.flow;

import agency.gateway.api.DiscoveredProvider;
import agency.gateway.api.Gateway.Adopted;
import agency.gateway.domain.vendor.Vendor;
import agency.gateway.domain.vendor.VendorTable;
import agency.gateway.flow.Providers.Result;
import agency.gateway.flow.Providers.Wish;
import agency.gateway.port.ProviderProbe.Probed;
import agency.gateway.view.connected.ConnectedProviders;
import agency.kernel.fact.FactMeta;
import agency.kernel.id.IdSource;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Predicate;

/** Finds providers that lie ready on this machine, and connects them once someone said yes. */
public final class Discovery {
    private static final String VARIABLE = "environment variable ";

    private final Map<String, String> environment;
    private final Predicate<URI> answers;
    private final Consumer<URI> allow;
    private final ConnectedProviders connected;
    private final Providers providers;
    private final IdSource ids;

    /**
     * Discovery in this environment.
     *
     * @param answers whether something answers at an address of this machine, within a second
     * @param allow lets an address of this machine be called
     */
    public Discovery(
            Map<String, String> environment,
            Predicate<URI> answers,
            Consumer<URI> allow,
            ConnectedProviders connected,
            Providers providers,
            IdSource ids) {
        this.environment = Map.copyOf(environment);
        this.answers = answers;
        this.allow = allow;
        this.connected = connected;
        this.providers = providers;
        this.ids = ids;
    }

    /** What lies ready and is not connected. */
    public List<DiscoveredProvider> discovered() {
        List<DiscoveredProvider> found = new ArrayList<>();
        for (Vendor vendor : VendorTable.ALL) {
            if (connected.named(vendor.name()).isPresent()) continue;
            String where = where(vendor);
            if (!where.isEmpty()) {
                found.add(
                        new DiscoveredProvider(
                                vendor.name(), vendor.title(), baseUrl(vendor), where));
            }
        }
        return found;
    }

    private String where(Vendor vendor) {
        if (!vendor.keyVariable().isEmpty()) {
            boolean set = !environment.getOrDefault(vendor.keyVariable(), "").isBlank();
            return set && !baseUrl(vendor).isEmpty() ? VARIABLE + vendor.keyVariable() : "";
        }
        if (!vendor.name().equals(VendorTable.OLLAMA)) return "";
        URI base = URI.create(vendor.baseUrl());
        return answers.test(base) ? "answers at " + base.getAuthority() : "";
    }

    /** Azure gives each customer an address of his own, which lies in another variable. */
    private String baseUrl(Vendor vendor) {
        return vendor.baseUrl().isEmpty() && !vendor.keyVariable().isEmpty()
                ? environment.getOrDefault("AZURE_OPENAI_ENDPOINT", "")
                : vendor.baseUrl();
    }

    /** Connects what was found. */
    public Adopted adopt(DiscoveredProvider found) {
        boolean here = !found.where().startsWith(VARIABLE);
        if (here) allow.accept(URI.create(found.baseUrl()));
        String variable = VendorTable.named(found.vendor()).map(Vendor::keyVariable).orElse("");
        Wish wish =
                new Wish(
                        found.vendor(),
                        found.vendor(),
                        found.baseUrl(),
                        environment.getOrDefault(variable, "").strip(),
                        true,
                        false,
                        here);
        FactMeta meta = new FactMeta("operator", ids.next(), null);
        return switch (providers.connect(wish, meta)) {
            case Result.Done done ->
                    new Adopted.Connected(done.name(), done.models().size(), done.latencyMs());
            case Result.Wrong(String field, String why) -> new Adopted.Failed(field + ": " + why);
            case Result.TestFailed(Probed probed) -> new Adopted.Failed(sentence(probed));
            case Result.NotPermitted(String why) -> new Adopted.Failed(why);
            case Result.Refused refused -> new Adopted.Failed("it is connected already");
        };
    }

    private static String sentence(Probed probed) {
        return switch (probed) {
            case Probed.KeyRefused(int status) ->
                    "it does not accept the key (status " + status + ")";
            case Probed.Unusable(String why) -> why;
            case Probed.Reached reached -> "it answered";
        };
    }
}
