package agency.platform.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

class ContractTest {
    @Test
    void describesExactlyTheRoutesThereAre() throws Exception {
        Path contract = Path.of("..", "contracts", "openapi", "platform.yaml");
        JsonNode paths = new YAMLMapper().readTree(Files.readString(contract)).path("paths");
        List<String> described =
                paths.properties().stream()
                        .flatMap(p ->
                                p.getValue().properties().stream()
                                        .map(m ->
                                                m.getKey()
                                                        + " "
                                                        + p.getKey()
                                                        + " "
                                                        + m.getValue()
                                                                .path("operationId")
                                                                .asString()))
                        .sorted()
                        .toList();
        try (Meters meters = new Meters()) {
            assertThat(
                            new Health(List::of, meters)
                                    .routes().stream()
                                            .map(r ->
                                                    r.method()
                                                                    .name()
                                                                    .toLowerCase(
                                                                            java.util.Locale.ROOT)
                                                            + " "
                                                            + r.path()
                                                            + " "
                                                            + r.operation())
                                            .sorted()
                                            .toList())
                    .isEqualTo(described);
        }
    }
}
