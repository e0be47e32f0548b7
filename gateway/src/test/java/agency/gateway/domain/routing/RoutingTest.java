package agency.gateway.domain.routing;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import agency.gateway.domain.wire.RequestScanner;
import agency.gateway.domain.wire.Scanned;
import agency.gateway.domain.wire.WireRequest;
import agency.kernel.metering.Operation;
import agency.kernel.metering.TokenUsage;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class RoutingTest {
    private static final long SEED = Long.getLong("seed", 20261121L);

    private static ModelCard card(String name) {
        return new ModelCard(name, 0);
    }

    private final Catalogue catalogue =
            new Catalogue(
                    new TreeMap<>(
                            Map.of(
                                    "openai",
                                    List.of(card("gpt-4o"), card("gpt-4o-mini"), card("gpt-4o")),
                                    "openrouter",
                                    List.of(card("openai/gpt-4o"), card("meta/llama-3")),
                                    "groq",
                                    List.of(new ModelCard("llama-3", 8_192)),
                                    "together",
                                    List.of(card("llama-3")))));

    @Test
    void aPlainNameMeansTheOneProviderThatOffersIt() {
        assertThat(catalogue.route("gpt-4o-mini"))
                .isEqualTo(new Routed.To("openai", "gpt-4o-mini", 0));
        assertThat(catalogue.route("meta/llama-3"))
                .isEqualTo(new Routed.To("openrouter", "meta/llama-3", 0));
    }

    @Test
    void aFullNameAlwaysMeansItsProvider() {
        assertThat(catalogue.route("openai/gpt-4o"))
                .isEqualTo(new Routed.To("openai", "gpt-4o", 0));
        assertThat(catalogue.route("openrouter/openai/gpt-4o"))
                .isEqualTo(new Routed.To("openrouter", "openai/gpt-4o", 0));
        assertThat(catalogue.route("groq/llama-3"))
                .isEqualTo(new Routed.To("groq", "llama-3", 8_192));
        assertThat(catalogue.route("groq/brand-new"))
                .isEqualTo(new Routed.To("groq", "brand-new", 0));
    }

    @Test
    void asksWhichOfSeveral() {
        assertThat(catalogue.route("llama-3"))
                .isEqualTo(new Routed.Several(List.of("groq/llama-3", "together/llama-3")));
    }

    @Test
    void namesTheNearestForANameNobodyOffers() {
        assertThat(catalogue.route("gpt-4o-mimi"))
                .isInstanceOfSatisfying(
                        Routed.Nobody.class, n -> assertThat(n.nearest()).startsWith("gpt-4o"));
        assertThat(catalogue.route("GPT-4O-MINI"))
                .isInstanceOfSatisfying(
                        Routed.Nobody.class, n -> assertThat(n.nearest()).contains("gpt-4o-mini"));
        assertThat(catalogue.route("zzzzzzzz/")).isEqualTo(new Routed.Nobody(List.of()));
        assertThat(catalogue.route("x".repeat(1_000))).isEqualTo(new Routed.Nobody(List.of()));
        assertThat(Catalogue.EMPTY.route("gpt-4o")).isEqualTo(new Routed.Nobody(List.of()));
    }

    @Test
    void aNameThatCannotStandOnTheRecordLeadsNowhere() {
        for (String name : List.of("a\0b", "a\nb", "\u0085", " ", "m".repeat(201))) {
            assertThat(catalogue.route("groq/" + name)).as(name).isInstanceOf(Routed.Nobody.class);
        }
        assertThat(catalogue.route("groq/" + "m".repeat(200))).isInstanceOf(Routed.To.class);
    }

    @Test
    void everyNameThatIsListedLeadsToOneProvider() {
        System.out.println("seed " + SEED);
        Random random = new Random(SEED);
        for (int round = 0; round < 200; round++) {
            TreeMap<String, List<ModelCard>> offers = new TreeMap<>();
            int providers = 1 + random.nextInt(5);
            for (int p = 0; p < providers; p++) {
                List<ModelCard> cards = new ArrayList<>();
                for (int m = random.nextInt(8); m > 0; m--) {
                    String slash = random.nextInt(4) == 0 ? "p" + random.nextInt(5) + "/" : "";
                    cards.add(card(slash + "m" + random.nextInt(6)));
                }
                offers.put("p" + p, cards);
            }
            Catalogue all = new Catalogue(offers);
            assertThat(all.names()).hasSameSizeAs(all.models());
            for (Routed.To to : all.models()) {
                assertThat(all.route(to.fullName())).as(offers.toString()).isEqualTo(to);
            }
        }
    }

    @Test
    void boundsAndEstimates() {
        WireRequest request =
                request(
                        "{\"model\":\"m\",\"n\":2,\"max_tokens\":50,\"messages\":[{\"content\":\"12345678\"},"
                            + "{\"image_url\":{\"url\":\"data:image/png;base64,AAAA\"}}]}");
        long bound = TokenBounds.input(request);
        assertThat(bound)
                .isEqualTo(
                        request.bytes()
                                + TokenBounds.FOR_REQUEST
                                + 2L * TokenBounds.FOR_MESSAGE
                                + TokenBounds.FOR_IMAGE);
        assertThat(TokenBounds.output(Operation.CHAT, request, 0, 1_000)).isEqualTo(100);
        assertThat(TokenBounds.output(Operation.CHAT, request, 30, 1_000)).isEqualTo(60);
        assertThat(TokenBounds.output(Operation.EMBEDDINGS, request, 0, 1_000)).isZero();
        WireRequest open = request("{\"model\":\"m\"}");
        assertThat(TokenBounds.output(Operation.CHAT, open, 0, 1_000)).isEqualTo(1_000);
        assertThat(TokenBounds.output(Operation.CHAT, open, 77, 1_000)).isEqualTo(77);
        assertThat(TokenBounds.estimate(request, 5, bound, 100).output()).isEqualTo(5);
        assertThat(TokenBounds.estimate(request, 500, bound, 100).output()).isEqualTo(100);
        assertThat(TokenBounds.estimate(request, 5, bound, 100).input())
                .isGreaterThan(700)
                .isLessThan(bound);
        assertThat(TokenBounds.capped(new TokenUsage(10, 20, 8, 15), 5, 10))
                .isEqualTo(new TokenUsage(5, 10, 5, 10));
    }

    private static WireRequest request(String body) {
        return ((Scanned.Well) RequestScanner.scan(body.getBytes(UTF_8))).request();
    }
}
