package agency.access;

import static org.assertj.core.api.Assertions.assertThat;

import agency.access.house.MemoryHouse;
import agency.platform.http.Permission;
import agency.platform.http.Route;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/** The routes and their OpenAPI document say the same. */
class AccessContractTest {
    private static final Path DOCUMENT = Path.of("..", "contracts", "openapi", "access.yaml");

    @Test
    void everyRouteIsInTheDocumentAndEveryOperationIsARoute() throws Exception {
        Set<String> promised = new TreeSet<>();
        JsonNode paths = new YAMLMapper().readTree(Files.readString(DOCUMENT)).path("paths");
        paths.forEachEntry((path, methods) ->
                methods.forEachEntry((method, operation) -> {
                    if (operation.has("operationId")) {
                        promised.add(
                                method.toUpperCase(java.util.Locale.ROOT)
                                        + " "
                                        + path
                                        + " "
                                        + operation.path("operationId").asString()
                                        + (operation.has("security") ? " public" : " guarded"));
                    }
                }));
        Set<String> served = new TreeSet<>();
        new MemoryHouse().access.routes().forEach(route -> served.add(described(route)));
        assertThat(served).isEqualTo(promised);
    }

    @Test
    void nothingHereCanCauseCost() {
        assertThat(new MemoryHouse().access.routes()).noneMatch(Route::costly);
        assertThat(new MemoryHouse().access.routes())
                .filteredOn(route -> route.permission().equals(Permission.PUBLIC))
                .extracting(Route::path)
                .containsExactlyInAnyOrder(
                        "/",
                        "/page.js",
                        "/page.css",
                        "/api/v1/admin-links/consume",
                        "/api/v1/sessions",
                        "/api/v1/invitations/look",
                        "/api/v1/invitations/accept");
        assertThat(new MemoryHouse().access.projections()).isEmpty();
    }

    private static String described(Route route) {
        return route.method()
                + " "
                + route.path()
                + " "
                + route.operation()
                + " "
                + (route.permission().equals(Permission.PUBLIC) ? "public" : "guarded");
    }
}
