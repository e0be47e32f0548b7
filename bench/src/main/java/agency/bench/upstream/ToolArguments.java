package agency.bench.upstream;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * The smallest value that satisfies a JSON schema: what this upstream passes to a tool or answers
 * as structure.
 */
final class ToolArguments {

    private static final int DEEPEST = 8;
    private static final JsonMapper JSON = new JsonMapper();

    private ToolArguments() {}

    static String forSchema(JsonNode schema) {
        return JSON.writeValueAsString(value(schema, 0));
    }

    private static JsonNode value(JsonNode schema, int depth) {
        var make = JSON.getNodeFactory();
        JsonNode choices = schema.path("enum");
        if (choices.isArray() && !choices.isEmpty()) return choices.get(0);
        if (schema.has("const")) return schema.get("const");
        JsonNode declared = schema.path("type");
        String type =
                declared.isArray()
                        ? declared.path(0).asString("object")
                        : declared.asString("object");
        return switch (type) {
            case "string" -> make.stringNode("Zürich");
            case "integer" -> make.numberNode(1);
            case "number" -> make.numberNode(1.5);
            case "boolean" -> make.booleanNode(true);
            case "null" -> make.nullNode();
            case "array" -> {
                var array = make.arrayNode();
                if (depth < DEEPEST && schema.has("items"))
                    array.add(value(schema.get("items"), depth + 1));
                yield array;
            }
            default -> {
                ObjectNode object = make.objectNode();
                if (depth < DEEPEST) {
                    for (var property : schema.path("properties").properties()) {
                        object.set(property.getKey(), value(property.getValue(), depth + 1));
                    }
                }
                yield object;
            }
        };
    }
}
