package agency.gateway.flow;

import static org.assertj.core.api.Assertions.assertThat;

import agency.gateway.api.DiscoveredProvider;
import agency.gateway.api.Gateway.Adopted;
import agency.gateway.domain.provider.ProviderRefusal;
import agency.gateway.domain.routing.ModelCard;
import agency.gateway.flow.Providers.Result;
import agency.gateway.flow.Providers.Wish;
import agency.gateway.port.ProviderProbe;
import agency.gateway.port.ProviderProbe.Probed;
import agency.gateway.testing.BookOfTests;
import agency.gateway.testing.LogOfTests;
import agency.gateway.view.connected.ConnectedProviders;
import agency.kernel.fact.FactMeta;
import agency.kernel.metering.Admission;
import agency.kernel.metering.Ending;
import agency.kernel.metering.Operation;
import agency.platform.crypto.SealedBox;
import agency.platform.crypto.SecretSource;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ProvidersTest {
    private static final FactMeta META = new FactMeta("test", new UUID(0, 1), null);
    private static final List<ModelCard> MODELS = List.of(new ModelCard("gpt-4o-mini", 0));

    private final ConnectedProviders connected = new ConnectedProviders();
    private final LogOfTests log = new LogOfTests(connected);
    private final BookOfTests book = new BookOfTests();
    private final List<String> probed = new ArrayList<>();
    private Probed answer = new Probed.Reached(12, MODELS);
    private final ProviderProbe probe =
            (vendor, base, key) -> {
                probed.add(vendor.name() + " " + base + " " + key);
                return answer;
            };
    private final SealedBox box = new SealedBox(new byte[32], SecretSource.system());
    private final Providers providers =
            new Providers(
                    connected, probe, book, box, log, at -> {}, UUID::randomUUID, System::nanoTime);

    private static Wish wish(String name, String url, String key) {
        return new Wish("openai", name, url, key, true, false, false);
    }

    @Test
    void testsThenSealsThenRecords() throws Exception {
        assertThat(providers.connect(wish("openai", "", "sk-secret"), META))
                .isEqualTo(new Result.Done("openai", MODELS, 12));
        assertThat(probed).containsExactly("openai https://api.openai.com/v1 sk-secret");
        ConnectedProviders.Row row = connected.named("openai").orElseThrow();
        assertThat(row.models()).isEqualTo(MODELS);
        assertThat(row.connection().sealedKey()).isNotEmpty().doesNotContain("sk-secret");
        assertThat(log.facts().toString()).doesNotContain("sk-secret");
        assertThat(providers.opened(row.connection())).isEqualTo("sk-secret");

        BookOfTests.Settled settled = book.settlement();
        assertThat(settled.intent().operation()).isEqualTo(Operation.PROBE);
        assertThat(settled.outcome().ending()).isEqualTo(Ending.COMPLETED);
    }

    @Test
    void storesNoKeyThatIsRefusedUnlessTold() throws Exception {
        answer = new Probed.KeyRefused(401);
        assertThat(providers.connect(wish("openai", "", "sk-bad"), META))
                .isEqualTo(new Result.TestFailed(answer));
        assertThat(book.settlement().outcome().ending()).isEqualTo(Ending.UPSTREAM_ERROR);
        assertThat(log.facts()).isEmpty();
        Wish untested = new Wish("openai", "openai", "", "sk-bad", false, false, false);
        assertThat(providers.connect(untested, META))
                .isEqualTo(new Result.Done("openai", List.of(), -1));
        assertThat(untested.toString()).doesNotContain("sk-bad");
    }

    @Test
    void saysWhatIsNotThere() throws Exception {
        answer = new Probed.Unusable("it cannot be reached");
        assertThat(providers.connect(wish("openai", "", "k"), META))
                .isEqualTo(new Result.TestFailed(answer));
        assertThat(book.settlement().outcome().ending()).isEqualTo(Ending.UPSTREAM_BROKEN);
    }

    @ParameterizedTest
    @CsvSource({
        "nobody,a,https://x/v1,k,vendor", "openai,A,https://x/v1,k,name",
        "openai,local,https://x/v1,k,name", "openai,a,ftp://x/v1,k,base_url",
        "openai,a,https://u:p@x/v1,k,base_url", "openai,a,https://x/v1?a=b,k,base_url",
        "openai,a,'https://x y',k,base_url", "openai,a,https:///v1,k,base_url",
        "compatible,a,'',k,base_url", "openai,a,https://x/v1,'',api_key"
    })
    void namesTheFieldThatCannotBe(
            String vendor, String name, String url, String key, String field) {
        Result result =
                providers.connect(new Wish(vendor, name, url, key, true, false, false), META);
        assertThat(result)
                .isInstanceOfSatisfying(
                        Result.Wrong.class, w -> assertThat(w.field()).isEqualTo(field));
        assertThat(probed).isEmpty();
    }

    @Test
    void asksNobodyWithoutAPermit() {
        book.refuse(i -> new Admission.Overloaded(1));
        assertThat(providers.connect(wish("openai", "", "k"), META))
                .isInstanceOf(Result.NotPermitted.class);
        book.refuse(i -> new Admission.Exhausted("all", false, 1, 0, 1, 0));
        assertThat(providers.connect(wish("openai", "", "k"), META))
                .isInstanceOf(Result.NotPermitted.class);
        book.refuse(i -> new Admission.Unpriced("openai", "models", "all"));
        assertThat(providers.connect(wish("openai", "", "k"), META))
                .isInstanceOf(Result.NotPermitted.class);
        assertThat(probed).isEmpty();
    }

    @Test
    void aKeyOpensForItsProviderAtItsOriginOnly() {
        providers.connect(wish("openai", "", "sk-secret"), META);
        var row = connected.named("openai").orElseThrow().connection();
        var moved =
                new agency.gateway.domain.provider.Connection(
                        "openai", "openai", "https://evil.example/v1", row.sealedKey(), false);
        org.assertj.core.api.Assertions.assertThatThrownBy(() -> providers.opened(moved))
                .isInstanceOf(agency.kernel.fault.Fault.class);
        var keyless =
                new agency.gateway.domain.provider.Connection("o", "ollama", "http://h", "", true);
        assertThat(providers.opened(keyless)).isEmpty();
    }

    @Test
    void testsAndListsAnew() {
        assertThat(providers.test("openai", META))
                .isEqualTo(new Result.Refused(new ProviderRefusal.NotConnected()));
        providers.connect(wish("openai", "", "sk-secret"), META);
        answer = new Probed.Reached(3, List.of());
        assertThat(providers.test("openai", META))
                .isEqualTo(new Result.Done("openai", List.of(), 3));
        assertThat(connected.named("openai").orElseThrow().models()).isEmpty();
        assertThat(probed.getLast()).endsWith("sk-secret");
        answer = new Probed.KeyRefused(403);
        assertThat(providers.test("openai", META)).isEqualTo(new Result.TestFailed(answer));
    }

    @Test
    void removes() {
        assertThat(providers.remove("openai", META))
                .isEqualTo(new Result.Refused(new ProviderRefusal.NotConnected()));
        providers.connect(wish("openai", "", "k"), META);
        assertThat(providers.connect(wish("openai", "https://x/v1", "k"), META))
                .isInstanceOf(Result.Refused.class);
        assertThat(providers.remove("openai", META)).isInstanceOf(Result.Done.class);
        assertThat(connected.all()).isEmpty();
        connected.reset();
        assertThat(connected.name()).isNotBlank();
        assertThat(connected.categories()).containsExactly(ConnectedProviders.CATEGORY);
    }

    private Discovery discovery(
            Map<String, String> environment, boolean ollama, List<URI> allowed) {
        return new Discovery(
                environment, base -> ollama, allowed::add, connected, providers, UUID::randomUUID);
    }

    @Test
    void findsWhatLiesReadyAndUsesItOnlyAfterAYes() {
        List<URI> allowed = new ArrayList<>();
        Discovery discovery =
                discovery(
                        Map.of("OPENAI_API_KEY", "sk-env", "GROQ_API_KEY", " ", "HF_TOKEN", "hf"),
                        true,
                        allowed);
        List<DiscoveredProvider> found = discovery.discovered();
        assertThat(found)
                .extracting(DiscoveredProvider::vendor)
                .containsExactly("openai", "huggingface", "ollama");
        assertThat(found.getFirst().where()).isEqualTo("environment variable OPENAI_API_KEY");
        assertThat(found.toString()).doesNotContain("sk-env");
        assertThat(probed).isEmpty();

        assertThat(discovery.adopt(found.get(0))).isEqualTo(new Adopted.Connected("openai", 1, 12));
        assertThat(allowed).isEmpty();
        assertThat(discovery.adopt(found.get(2))).isEqualTo(new Adopted.Connected("ollama", 1, 12));
        assertThat(allowed).containsExactly(URI.create("http://127.0.0.1:11434/v1"));
        assertThat(connected.named("ollama").orElseThrow().connection().foundHere()).isTrue();
        assertThat(discovery.discovered())
                .extracting(DiscoveredProvider::vendor)
                .containsExactly("huggingface");
    }

    @Test
    void findsAzureOnlyWithItsAddress() {
        Map<String, String> key = Map.of("AZURE_OPENAI_API_KEY", "k");
        assertThat(discovery(key, false, List.of()).discovered()).isEmpty();
        Map<String, String> both =
                Map.of(
                        "AZURE_OPENAI_API_KEY",
                        "k",
                        "AZURE_OPENAI_ENDPOINT",
                        "https://me.azure.com/");
        assertThat(discovery(both, false, List.of()).discovered())
                .extracting(DiscoveredProvider::baseUrl)
                .containsExactly("https://me.azure.com/");
    }

    @ParameterizedTest
    @ValueSource(strings = {"refused", "unusable", "wrong", "taken", "overloaded"})
    void saysWhyAnAdoptionFailed(String how) {
        Discovery discovery = discovery(Map.of("OPENAI_API_KEY", "k"), false, new ArrayList<>());
        DiscoveredProvider found = discovery.discovered().getFirst();
        switch (how) {
            case "refused" -> answer = new Probed.KeyRefused(401);
            case "unusable" -> answer = new Probed.Unusable("it cannot be reached");
            case "wrong" -> found = new DiscoveredProvider("openai", "", "nonsense", found.where());
            case "taken" -> providers.connect(wish("openai", "https://x/v1", "k"), META);
            default -> book.refuse(i -> new Admission.Overloaded(1));
        }
        assertThat(discovery.adopt(found))
                .isInstanceOfSatisfying(
                        Adopted.Failed.class, f -> assertThat(f.why()).isNotBlank());
    }
}
