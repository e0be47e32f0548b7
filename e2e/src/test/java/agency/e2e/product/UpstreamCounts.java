package agency.e2e.product;

import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The upstream's own books. */
final class UpstreamCounts {

    private UpstreamCounts() {}

    /** Each request that it served. */
    static List<JsonNode> served(int port) throws IOException {
        try (var in = URI.create("http://127.0.0.1:" + port + "/_counts").toURL().openStream()) {
            List<JsonNode> served = new ArrayList<>();
            new JsonMapper().readTree(in).path("served").forEach(served::add);
            return served;
        }
    }
}
