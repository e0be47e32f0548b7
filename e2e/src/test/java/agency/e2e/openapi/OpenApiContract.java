package agency.e2e.openapi;

import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.dialect.Dialects;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.dataformat.yaml.YAMLMapper;

/**
 * An OpenAPI 3.1 document as a judge: says what in an exchange the document does not promise.
 * Bodies are held against their schemas; a stream of events against {@code itemSchema} where there
 * is one (OpenAPI 3.2's word for it).
 */
public final class OpenApiContract {

    private static final String IRI = "https://agency.example/openapi.json";
    private static final int MOST_ERRORS_A_BODY = 5;
    private static final JsonMapper JSON = new JsonMapper();

    private final JsonNode document;
    private final SchemaRegistry schemas;

    /** Reads the document from YAML. */
    public OpenApiContract(String yaml) {
        this.document = new YAMLMapper().readTree(yaml);
        String json = JSON.writeValueAsString(document);
        this.schemas =
                SchemaRegistry.withDialect(
                        Dialects.getOpenApi31(), builder -> builder.schemas(Map.of(IRI, json)));
    }

    /** How many operations the document has. */
    public int operations() {
        int count = 0;
        for (JsonNode path : document.path("paths")) {
            for (String method : List.of("get", "post", "put", "patch", "delete"))
                if (path.has(method)) count++;
        }
        return count;
    }

    /**
     * What the document does not promise about this exchange, in sentences; empty when all is as
     * documented.
     */
    public List<String> objections(Exchange exchange) {
        if (exchange.status() == 0) return List.of();
        Optional<String> template = template(exchange.path());
        if (template.isEmpty()) return List.of(exchange + ": no such path in the document");
        String method = exchange.method().toLowerCase(java.util.Locale.ROOT);
        String operation = "#/paths/" + escaped(template.get()) + "/" + method;
        JsonNode described = at(operation);
        if (described.isMissingNode())
            return List.of(exchange + ": no such operation in the document");
        List<String> objections = new ArrayList<>();
        if (exchange.status() < 300 && described.has("requestBody"))
            request(exchange, operation, objections);
        response(exchange, operation, described, objections);
        return objections;
    }

    private void request(Exchange exchange, String operation, List<String> objections) {
        String content = resolved(operation + "/requestBody") + "/content/application~1json";
        if (at(content).isMissingNode()) return;
        if (exchange.requestBody().isEmpty()) return;
        body(exchange, "request", content + "/schema", exchange.requestBody(), objections);
    }

    private void response(
            Exchange exchange, String operation, JsonNode described, List<String> objections) {
        JsonNode responses = described.path("responses");
        String exact = Integer.toString(exchange.status());
        String range = exact.charAt(0) + "XX";
        String code = responses.has(exact) ? exact : responses.has(range) ? range : "default";
        if (!responses.has(code)) {
            objections.add(exchange + ": status " + exact + " is not documented");
            return;
        }
        String response = resolved(operation + "/responses/" + code);
        JsonNode content = at(response).path("content");
        if (exchange.responseBody().isEmpty()) return;
        String type = exchange.contentType().split(";")[0].trim();
        if (!content.has(type)) {
            objections.add(exchange + ": content type '" + type + "' is not documented");
            return;
        }
        String media = response + "/content/" + escaped(type);
        if (type.equals("text/event-stream")) {
            if (at(media).has("itemSchema")) events(exchange, media + "/itemSchema", objections);
        } else if (type.endsWith("json")) {
            body(exchange, "response", media + "/schema", exchange.responseBody(), objections);
        }
    }

    private void events(Exchange exchange, String schema, List<String> objections) {
        for (String line : exchange.responseBody().split("\n")) {
            String data = line.startsWith("data:") ? line.substring(5).trim() : "";
            if (!data.isEmpty() && !data.equals("[DONE]"))
                body(exchange, "event", schema, data, objections);
        }
    }

    private void body(
            Exchange exchange, String which, String pointer, String body, List<String> objections) {
        if (at(pointer).isMissingNode()) {
            objections.add(exchange + ": the document has no schema for its " + which);
            return;
        }
        try {
            JSON.readTree(body);
        } catch (JacksonException e) {
            objections.add(exchange + ": its " + which + " is not JSON");
            return;
        }
        Schema schema = schemas.getSchema(SchemaLocation.of(IRI + pointer));
        schema.validate(body, InputFormat.JSON).stream()
                .limit(MOST_ERRORS_A_BODY)
                .forEach(error -> objections.add(exchange + ": " + which + " " + error));
    }

    private Optional<String> template(String path) {
        List<String> templates = new ArrayList<>(document.path("paths").propertyNames());
        if (templates.contains(path)) return Optional.of(path);
        return templates.stream()
                .filter(template ->
                        Pattern.matches(
                                "\\Q" + template.replaceAll("\\{[^}]+}", "\\\\E[^/]+\\\\Q") + "\\E",
                                path))
                .findFirst();
    }

    /** The pointer itself, or the one that it refers to. */
    private String resolved(String pointer) {
        String to = at(pointer).path("$ref").asString("");
        return to.isEmpty() ? pointer : to;
    }

    private JsonNode at(String pointer) {
        return document.at(pointer.substring(1));
    }

    private static String escaped(String name) {
        return name.replace("~", "~0").replace("/", "~1");
    }
}
