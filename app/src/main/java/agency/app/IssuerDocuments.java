package agency.app;

import agency.platform.egress.Fetching;
import io.vertx.core.http.HttpMethod;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** What an issuer of tokens publishes, through the one way out. */
final class IssuerDocuments {
    private static final int MAX_BYTES = 1024 * 1024;
    private static final Duration STALL = Duration.ofSeconds(10);

    private IssuerDocuments() {}

    /** The document at this address. */
    static String fetch(Fetching fetching, URI address) throws IOException {
        try (Fetching.Fetched fetched =
                fetching.send(HttpMethod.GET, address, Map.of(), null, List.of(), STALL)) {
            if (fetched.status() != 200) {
                throw new IOException(
                        address.getHost() + " answered with status " + fetched.status());
            }
            return new String(fetched.body(MAX_BYTES), StandardCharsets.UTF_8);
        }
    }
}
