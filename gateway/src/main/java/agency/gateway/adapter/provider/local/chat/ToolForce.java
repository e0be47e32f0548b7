package agency.gateway.adapter.provider.local.chat;

import agency.gateway.adapter.provider.local.grammar.SchemaGrammar;
import agency.gateway.adapter.provider.local.grammar.SchemaProblem;
import agency.gateway.adapter.provider.local.wire.Fields;
import agency.gateway.adapter.provider.local.wire.NotServed;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * When the caller insists on a tool, a grammar makes the model call one, with arguments that fit.
 */
final class ToolForce {
    static final String OPEN = "<tool_call>";
    static final String CLOSE = "</tool_call>";

    private ToolForce() {}

    /**
     * The grammar of a call to the tool insisted on, or of a call to any; empty if the model may
     * choose.
     */
    static String grammar(@Nullable JsonNode tools, @Nullable JsonNode choice) {
        if (tools == null
                || choice == null
                || (choice.isString() && choice.stringValue().equals("auto"))) {
            return "";
        }
        List<JsonNode> allowed = new ArrayList<>();
        if (choice.isString() && choice.stringValue().equals("required")) {
            allowed.addAll(tools.values());
        } else {
            String name = choice.at("/function/name").asString("");
            for (JsonNode tool : tools.values()) {
                if (tool.at("/function/name").asString("").equals(name)) {
                    allowed.add(tool);
                }
            }
            if (allowed.isEmpty()) {
                throw NotServed.invalid(
                        "tool_choice",
                        "'tool_choice' must be 'none', 'auto', 'required' or name one of 'tools'.");
            }
        }
        ObjectNode schema = Fields.JSON.createObjectNode();
        ArrayNode calls = schema.putArray("anyOf");
        allowed.forEach(tool -> calls.add(call(tool.get("function"))));
        try {
            return SchemaGrammar.of(schema, OPEN + "\n", "\n" + CLOSE);
        } catch (SchemaProblem e) {
            throw NotServed.invalid(
                    "tools", "A tool's parameters cannot be forced: " + e.getMessage() + ".");
        }
    }

    private static ObjectNode call(JsonNode function) {
        ObjectNode call = Fields.JSON.createObjectNode();
        ObjectNode properties = call.put("type", "object").putObject("properties");
        properties.putObject("name").put("const", function.get("name").asString());
        JsonNode parameters = function.get("parameters");
        properties.set(
                "arguments",
                parameters == null
                        ? Fields.JSON.createObjectNode().put("type", "object")
                        : parameters);
        call.putArray("required").add("name").add("arguments");
        return call;
    }
}
