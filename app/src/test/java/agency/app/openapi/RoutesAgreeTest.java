package agency.app.openapi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import agency.app.TestWiring;
import agency.platform.http.Paging;
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
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/** The contract and the code name the same doors. */
class RoutesAgreeTest {
    private static final Set<String> METHODS =
            Set.of("get", "post", "put", "patch", "delete", "head", "options");

    private static final YAMLMapper YAML = new YAMLMapper();

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
            boolean isPublic = route.permission().equals(Permission.PUBLIC);
            if (saysPublic != isPublic && !route.permission().equals(Permission.OBSERVER)) {
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

    @Test
    void whatTwoDocumentsDefineIsRefused() {
        ObjectNode whole = YAML.createObjectNode();
        JsonNode part =
                YAML.readTree(
                        "{paths: {/a: {get: {}}}, components: {schemas: {Problem: {type:"
                                + " object}}}}");
        OpenApiDocument.merge("one", whole, part);
        assertThatThrownBy(() ->
                        OpenApiDocument.merge(
                                "two",
                                whole,
                                YAML.readTree(
                                        "{components: {schemas: {Problem: {type:" + " object}}}}")))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("two.yaml defines the schemas Problem");
        assertThatThrownBy(() ->
                        OpenApiDocument.merge(
                                "two", whole, YAML.readTree("{paths: {/a: {post: {}}}}")))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("path /a");
    }

    @Test
    void thereIsOneShapeOfAProblem() {
        List<JsonNode> shapes = new ArrayList<>();
        problems(document, shapes);
        assertThat(shapes).isNotEmpty();
        assertThat(Set.copyOf(shapes))
                .extracting(shape -> shape.path("$ref").asString(""))
                .containsExactly("#/components/schemas/Problem");
    }

    private static void problems(JsonNode node, List<JsonNode> shapes) {
        if (node.has("application/problem+json")) {
            shapes.add(node.path("application/problem+json").path("schema"));
        }
        node.forEach(child -> problems(child, shapes));
    }

    /** A client that can page through one list can page through all. */
    @Test
    void everyListIsPagedInTheSameWay() {
        List<String> paged = new ArrayList<>();
        for (var path : document.path("paths").properties()) {
            JsonNode operation = path.getValue().path("get");
            Map<String, JsonNode> parameters = new TreeMap<>();
            operation
                    .path("parameters")
                    .forEach(one -> {
                        JsonNode parameter = resolved(one);
                        parameters.put(parameter.path("name").asString(""), parameter);
                    });
            if (!path.getKey().startsWith("/api/") || !parameters.containsKey("limit")) {
                assertThat(parameters).as(path.getKey()).doesNotContainKey("cursor");
                continue;
            }
            String name = operation.path("operationId").asString("");
            paged.add(name);
            JsonNode limit = parameters.get("limit").path("schema");
            assertThat(limit.path("minimum").asInt(0)).as(name).isEqualTo(1);
            assertThat(limit.path("maximum").asInt(0)).as(name).isEqualTo(Paging.MOST);
            assertThat(limit.path("default").asInt(0)).as(name).isEqualTo(Paging.USUAL);
            JsonNode page =
                    resolved(
                            operation
                                    .path("responses")
                                    .path("200")
                                    .path("content")
                                    .path("application/json")
                                    .path("schema"));
            Set<String> fields = new TreeSet<>();
            page.path("properties").properties().forEach(field -> fields.add(field.getKey()));
            boolean log = name.equals("listEvents");
            assertThat(fields)
                    .as(name)
                    .contains("items", log ? "next_after" : "next_cursor")
                    .doesNotContain("next", log ? "next_cursor" : "next_after");
            assertThat(parameters)
                    .as(name)
                    .containsKey(log ? "after" : "cursor")
                    .doesNotContainKey(log ? "cursor" : "after");
        }
        assertThat(paged)
                .containsExactlyInAnyOrder(
                        "listKeys",
                        "listUsers",
                        "listSessions",
                        "listInvitations",
                        "listProjects",
                        "listServiceAccounts",
                        "listOrganizations",
                        "listAudit",
                        "listRequests",
                        "listBudgets",
                        "listPrices",
                        "listEvents");
    }

    private JsonNode resolved(JsonNode schema) {
        String reference = schema.path("$ref").asString("");
        return reference.isEmpty() ? schema : document.at(reference.substring(1));
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
