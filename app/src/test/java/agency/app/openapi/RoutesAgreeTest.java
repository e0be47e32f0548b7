package agency.app.openapi;

import static org.assertj.core.api.Assertions.assertThat;

import agency.app.TestWiring;
import agency.platform.http.Permission;
import agency.platform.http.Route;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** The contract and the code name the same doors. */
class RoutesAgreeTest {
    private static final Set<String> METHODS =
            Set.of("get", "post", "put", "patch", "delete", "head", "options");

    private final JsonNode document = OpenApiDocument.load().tree();

    @Test
    void everyRouteIsInTheDocumentAndNothingElseIs() {
        Map<String, String> routes = new TreeMap<>();
        TestWiring.routes().forEach(route -> routes.put(door(route), route.operation()));
        Map<String, String> documented = new TreeMap<>();
        for (var path : document.path("paths").properties()) {
            for (var operation : path.getValue().properties()) {
                if (METHODS.contains(operation.getKey())) {
                    documented.put(
                            operation.getKey().toUpperCase(Locale.ROOT) + " " + path.getKey(),
                            operation.getValue().path("operationId").asString(""));
                }
            }
        }
        assertThat(documented).isEqualTo(routes);
    }

    @Test
    void publicRoutesSaySoAndOthersDoNot() {
        List<String> wrong = new ArrayList<>();
        for (Route route : TestWiring.routes()) {
            JsonNode operation = operation(route);
            boolean saysPublic =
                    operation.path("security").isArray() && operation.path("security").isEmpty();
            boolean isPublic = route.permission() == Permission.PUBLIC;
            if (saysPublic != isPublic && route.permission() != Permission.OBSERVER) {
                wrong.add(door(route) + " is " + route.permission());
            }
        }
        assertThat(wrong).isEmpty();
    }

    @Test
    void everyOperationSaysWhatItDoesAndWhatItAnswers() {
        List<String> wrong = new ArrayList<>();
        for (Route route : TestWiring.routes()) {
            JsonNode operation = operation(route);
            if (operation.path("summary").asString("").isBlank()
                    || operation.path("responses").isEmpty()) {
                wrong.add(door(route));
            }
        }
        assertThat(wrong).isEmpty();
    }

    @Test
    void everyReferenceLeadsSomewhere() {
        Set<String> dangling = new TreeSet<>();
        references(document, dangling);
        assertThat(dangling).isEmpty();
    }

    private void references(JsonNode node, Set<String> dangling) {
        if (node.isObject() && node.path("$ref").isString()) {
            String reference = node.path("$ref").asString();
            if (!reference.startsWith("#/")
                    || document.at(reference.substring(1)).isMissingNode()) {
                dangling.add(reference);
            }
        }
        node.forEach(child -> references(child, dangling));
    }

    private JsonNode operation(Route route) {
        return document.path("paths")
                .path(route.path())
                .path(route.method().name().toLowerCase(Locale.ROOT));
    }

    private static String door(Route route) {
        return route.method().name() + " " + route.path();
    }
}
