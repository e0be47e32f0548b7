package agency.e2e.product;

import static org.assertj.core.api.Assertions.assertThat;

import agency.e2e.openapi.Exchange;
import agency.e2e.openapi.OpenApiContract;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;

/** Holds all traffic of the run against the OpenAPI document that Agency serves. Runs last. */
@Order(Integer.MAX_VALUE)
class TrafficAsDocumentedTest {

    private static final HttpClient HTTP =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private final AgencyFixture fixture = AgencyFixture.shared();

    @Test
    void everythingThatCrossedTheWireIsDocumented() throws Exception {
        String admin = fixture.agency().adminToken();
        OpenApiContract contract =
                new OpenApiContract(
                        fixture.agency().call("GET", "/openapi.yaml", admin, "").body());
        assertThat(contract.operations()).isGreaterThan(10);
        manage(admin);
        List<Exchange> exchanges = fixture.proxy().exchanges();
        assertThat(exchanges)
                .extracting(Exchange::path)
                .contains("/api/v1/usage", "/api/v1/requests", "/v1/models");
        assertThat(
                        exchanges.stream()
                                .flatMap(exchange -> contract.objections(exchange).stream())
                                .distinct())
                .isEmpty();
    }

    /** The management API, through the proxy. */
    private void manage(String admin) throws Exception {
        for (String path :
                List.of(
                        "/api/v1/usage",
                        "/api/v1/requests",
                        "/api/v1/keys?limit=1",
                        "/api/v1/prices?limit=2",
                        "/api/v1/events?limit=3",
                        "/api/v1/providers",
                        "/api/v1/models",
                        "/api/v1/parts",
                        "/health",
                        "/ready")) {
            through(path, admin);
        }
        through("/api/v1/keys", "sk-nobody");
        for (String path : List.of("/v1/models", "/v1/models/scripted", "/v1/models/none")) {
            through(path, fixture.key());
        }
    }

    private void through(String path, String key) throws Exception {
        HttpRequest request =
                HttpRequest.newBuilder(
                                URI.create("http://127.0.0.1:" + fixture.proxy().port() + path))
                        .header("authorization", "Bearer " + key)
                        .build();
        HttpResponse<Void> answer = HTTP.send(request, HttpResponse.BodyHandlers.discarding());
        assertThat(answer.statusCode()).isLessThan(500);
    }
}
