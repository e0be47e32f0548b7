package agency.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import agency.gateway.domain.provider.Connection;
import agency.gateway.domain.provider.ProviderEvent;
import agency.gateway.domain.routing.ModelCard;
import agency.kernel.fact.FactType;
import agency.platform.log.codec.FactShape;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.json.JsonMapper;

class GatewayFactsTest {
    private static final Path SAMPLES = Path.of("..", "contracts", "events");
    private static final JsonMapper JSON =
            JsonMapper.builder().disable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY).build();

    private static final Map<String, Record> FACTS =
            Map.of(
                    "gateway.provider.connected",
                    new ProviderEvent.ProviderConnected(
                            new Connection(
                                    "openai",
                                    "openai",
                                    "https://api.openai.com/v1",
                                    "AQIDBA==",
                                    false),
                            List.of(new ModelCard("gpt-4o-mini", 16_384))),
                    "gateway.provider.models-listed",
                    new ProviderEvent.ModelsListed(
                            "openai", List.of(new ModelCard("gpt-4o-mini", 0))),
                    "gateway.provider.removed",
                    new ProviderEvent.ProviderRemoved("openai"));

    @Test
    void everyFactStillReadsAndWritesItsSample() throws Exception {
        assertThat(GatewayContext.facts()).hasSize(FACTS.size());
        for (FactType<?> type : GatewayContext.facts()) {
            Path file = SAMPLES.resolve(type.name() + ".v" + type.version() + ".json");
            String sample = Files.readString(file).strip();
            Record fact = FACTS.get(type.name());
            assertThat(JSON.readValue(sample, type.type())).isEqualTo(fact);
            assertThat(JSON.writeValueAsString(fact)).isEqualTo(sample);
            assertThat(FactShape.of(type.type()).personal()).isFalse();
        }
    }
}
