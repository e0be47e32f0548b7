package agency.gateway.adapter.provider.local.grammar;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.StringNode;

/**
 * Turns a JSON schema into a grammar in llama.cpp's GBNF.
 *
 * <p>Covers what OpenAI's structured output covers, less what a grammar cannot say cheaply (bounds
 * of numbers, patterns): those are refused rather than ignored. We do not use llama.cpp's own
 * converter because it ends the process when it dislikes a schema.
 */
public final class SchemaGrammar {
    /** Deepest nesting of a schema. */
    static final int MAX_DEPTH = 32;

    /** Most rules of a grammar. */
    static final int MAX_RULES = 2_000;

    /** Most values of one enumeration. */
    static final int MAX_ENUM = 500;

    /** Largest bound on items or characters. */
    static final int MAX_REPEATS = 256;

    private static final Set<String> UNSUPPORTED =
            Set.of(
                    "pattern",
                    "minimum",
                    "maximum",
                    "exclusiveMinimum",
                    "exclusiveMaximum",
                    "multipleOf",
                    "not",
                    "if",
                    "then",
                    "else",
                    "prefixItems",
                    "contains",
                    "patternProperties",
                    "propertyNames",
                    "uniqueItems",
                    "minProperties",
                    "maxProperties",
                    "dependentRequired",
                    "dependentSchemas",
                    "unevaluatedProperties",
                    "unevaluatedItems");

    private static final String BASICS =
            """
            ws ::= " "?
            string ::= "\\"" char* "\\""
            char ::= [^"\\\\\\x7F\\x00-\\x1F] | "\\\\" (["\\\\/bfnrt] | "u" [0-9a-fA-F]{4})
            boolean ::= "true" | "false"
            null ::= "null"
            integer ::= "-"? ("0" | [1-9] [0-9]{0,15})
            number ::= integer ("." [0-9]{1,16})? ([eE] [-+]? [0-9]{1,3})?
            value ::= object | array | string | number | boolean | null
            object ::= "{" ws (pair ("," ws pair)*)? ws "}"
            pair ::= string ":" ws value
            array ::= "[" ws (value ("," ws value)*)? ws "]"
            """;

    private final JsonNode root;
    private final Map<String, String> rules = new LinkedHashMap<>();
    private final Map<String, String> references = new HashMap<>();

    private SchemaGrammar(JsonNode root) {
        this.root = root;
    }

    /** The grammar of any JSON object. */
    public static String anyObject() {
        return "root ::= object\n" + BASICS;
    }

    /**
     * The grammar of values that fit {@code schema}.
     *
     * @throws SchemaProblem if the schema asks for something we cannot hold a model to
     */
    public static String of(JsonNode schema) {
        return of(schema, "", "");
    }

    /**
     * The same with fixed text around the value.
     *
     * @throws SchemaProblem if the schema asks for something we cannot hold a model to
     */
    public static String of(JsonNode schema, String before, String after) {
        SchemaGrammar grammar = new SchemaGrammar(schema);
        String rule = grammar.rule(schema, "$", 0);
        StringBuilder text =
                new StringBuilder(
                        "root ::= " + literal(before) + " " + rule + " " + literal(after) + "\n");
        grammar.rules.forEach(
                (name, body) -> text.append(name).append(" ::= ").append(body).append('\n'));
        return text.append(BASICS).toString();
    }

    private String rule(JsonNode schema, String path, int depth) {
        if (depth > MAX_DEPTH) {
            throw new SchemaProblem(
                    "the schema is nested deeper than " + MAX_DEPTH + " at " + path);
        }
        if (schema.isBoolean() && schema.booleanValue()) {
            return "value";
        }
        if (!schema.isObject()) {
            throw new SchemaProblem("the schema at " + path + " is not an object");
        }
        for (String keyword : schema.propertyNames()) {
            if (UNSUPPORTED.contains(keyword)) {
                throw new SchemaProblem(
                        "local models cannot be held to '" + keyword + "' (at " + path + ")");
            }
        }
        JsonNode reference = schema.get("$ref");
        if (reference != null) {
            return reference(reference.asString(), path, depth);
        }
        if (schema.has("const")) {
            return named(literal(schema.get("const").toString()));
        }
        if (schema.has("enum")) {
            return enumeration(schema.get("enum"), path);
        }
        for (String either : List.of("anyOf", "oneOf")) {
            if (schema.has(either)) {
                return alternatives(schema.get(either), path + "." + either, depth);
            }
        }
        if (schema.has("allOf")) {
            JsonNode all = schema.get("allOf");
            if (all.size() != 1) {
                throw new SchemaProblem(
                        "local models take allOf with one schema only (at " + path + ")");
            }
            return rule(all.get(0), path + ".allOf[0]", depth + 1);
        }
        return typed(schema, path, depth);
    }

    private String typed(JsonNode schema, String path, int depth) {
        JsonNode type = schema.get("type");
        if (type != null && type.isArray()) {
            List<String> options = new ArrayList<>();
            for (JsonNode one : type.values()) {
                options.add(ofType(one.asString(), schema, path, depth));
            }
            return named(String.join(" | ", options));
        }
        String name =
                type != null
                        ? type.asString()
                        : schema.has("properties")
                                ? "object"
                                : schema.has("items") ? "array" : "any";
        return ofType(name, schema, path, depth);
    }

    private String ofType(String type, JsonNode schema, String path, int depth) {
        return switch (type) {
            case "object" -> object(schema, path, depth);
            case "array" -> array(schema, path, depth);
            case "string" -> string(schema, path);
            case "number", "integer", "boolean", "null" -> type;
            case "any" -> "value";
            default ->
                    throw new SchemaProblem(
                            "the type '" + type + "' at " + path + " is not a JSON type");
        };
    }

    private String reference(String target, String path, int depth) {
        String known = references.get(target);
        if (known != null) {
            return known;
        }
        JsonNode found =
                target.equals("#")
                        ? root
                        : target.startsWith("#/") ? root.at(target.substring(1)) : null;
        if (found == null || found.isMissingNode()) {
            throw new SchemaProblem(
                    "the reference '" + target + "' at " + path + " leads nowhere in the schema");
        }
        String name = nextName();
        references.put(target, name);
        rules.put(name, "");
        rules.put(name, rule(found, target, depth + 1));
        return name;
    }

    private String enumeration(JsonNode values, String path) {
        if (!values.isArray() || values.isEmpty() || values.size() > MAX_ENUM) {
            throw new SchemaProblem("enum at " + path + " must list 1 to " + MAX_ENUM + " values");
        }
        List<String> options = new ArrayList<>();
        for (JsonNode value : values.values()) {
            options.add(literal(value.toString()));
        }
        return named(String.join(" | ", options));
    }

    private String alternatives(JsonNode schemas, String path, int depth) {
        if (!schemas.isArray() || schemas.isEmpty()) {
            throw new SchemaProblem(path + " must list schemas");
        }
        List<String> options = new ArrayList<>();
        for (int i = 0; i < schemas.size(); i++) {
            options.add(rule(schemas.get(i), path + "[" + i + "]", depth + 1));
        }
        return named(String.join(" | ", options));
    }

    /** Members in the schema's order; those that are not required may be left out. */
    private String object(JsonNode schema, String path, int depth) {
        JsonNode properties = schema.get("properties");
        if (properties == null || properties.isEmpty()) {
            return openObject(schema, path, depth);
        }
        List<String> required = new ArrayList<>();
        schema.path("required").values().forEach(name -> required.add(name.asString()));
        for (String name : required) {
            if (!properties.has(name)) {
                throw new SchemaProblem(
                        "'" + name + "' at " + path + " is required but has no schema");
            }
        }
        String first = "\"\"";
        String next = "\"\"";
        List<String> members = new ArrayList<>(properties.propertyNames());
        for (int i = members.size() - 1; i >= 0; i--) {
            String name = members.get(i);
            String value = rule(properties.get(name), path + "." + name, depth + 1);
            String member = named(literal(quoted(name) + ":") + " ws " + value);
            boolean must = required.contains(name);
            String start = member + " " + next;
            first = named(must ? start : start + " | " + first);
            next = named(must ? "\",\" ws " + start : "(\",\" ws " + member + ")? " + next);
        }
        return named("\"{\" ws " + first + " ws \"}\"");
    }

    private String openObject(JsonNode schema, String path, int depth) {
        JsonNode more = schema.get("additionalProperties");
        if (more == null || (more.isBoolean() && more.booleanValue())) {
            return "object";
        }
        if (more.isBoolean()) {
            return named("\"{\" ws \"}\"");
        }
        String pair =
                named("string \":\" ws " + rule(more, path + ".additionalProperties", depth + 1));
        return named("\"{\" ws (" + pair + " (\",\" ws " + pair + ")*)? ws \"}\"");
    }

    private String array(JsonNode schema, String path, int depth) {
        JsonNode items = schema.get("items");
        String item = items == null ? "value" : rule(items, path + "[]", depth + 1);
        int least = bound(schema, "minItems", 0, path);
        int most = bound(schema, "maxItems", -1, path);
        if (most == 0) {
            return named("\"[\" ws \"]\"");
        }
        String more =
                "(\",\" ws "
                        + item
                        + "){"
                        + Math.max(0, least - 1)
                        + ","
                        + (most < 0 ? "" : most - 1)
                        + "}";
        String filled = item + " " + more;
        return named("\"[\" ws " + (least > 0 ? filled : "(" + filled + ")?") + " ws \"]\"");
    }

    private String string(JsonNode schema, String path) {
        int least = bound(schema, "minLength", 0, path);
        int most = bound(schema, "maxLength", -1, path);
        if (least == 0 && most < 0) {
            return "string";
        }
        return named("\"\\\"\" char{" + least + "," + (most < 0 ? "" : most) + "} \"\\\"\"");
    }

    private static int bound(JsonNode schema, String keyword, int otherwise, String path) {
        JsonNode value = schema.get(keyword);
        if (value == null) {
            return otherwise;
        }
        if (!value.isIntegralNumber() || value.asLong() < 0 || value.asLong() > MAX_REPEATS) {
            throw new SchemaProblem(
                    keyword + " at " + path + " must be a whole number from 0 to " + MAX_REPEATS);
        }
        return value.asInt();
    }

    private String named(String body) {
        String name = nextName();
        rules.put(name, body);
        return name;
    }

    private String nextName() {
        if (rules.size() >= MAX_RULES) {
            throw new SchemaProblem("the schema needs more than " + MAX_RULES + " rules");
        }
        return "r" + rules.size();
    }

    private static String quoted(String name) {
        return StringNode.valueOf(name).toString();
    }

    /** A GBNF literal; characters beyond ASCII stand for themselves. */
    static String literal(@Nullable String text) {
        if (text == null) {
            return "\"\"";
        }
        StringBuilder out = new StringBuilder("\"");
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"' -> out.append("\\\"");
                case '\\' -> out.append("\\\\");
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                default -> {
                    if (c < 0x20 || c == 0x7f) {
                        out.append("\\x%02X".formatted((int) c));
                    } else {
                        out.append(c);
                    }
                }
            }
        }
        return out.append('"').toString();
    }
}
