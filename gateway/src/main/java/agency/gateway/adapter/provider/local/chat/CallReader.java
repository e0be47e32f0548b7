package agency.gateway.adapter.provider.local.chat;

import agency.gateway.adapter.provider.local.engine.EngineCommand.Bias;
import agency.gateway.adapter.provider.local.engine.EngineCommand.Sampling;
import agency.gateway.adapter.provider.local.grammar.SchemaGrammar;
import agency.gateway.adapter.provider.local.grammar.SchemaProblem;
import agency.gateway.adapter.provider.local.template.Template;
import agency.gateway.adapter.provider.local.wire.Fields;
import agency.gateway.adapter.provider.local.wire.NotServed;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Reads an OpenAI chat request for a local model. Fields it does not know are left alone; what it
 * knows and cannot do is refused by name.
 *
 * <p>Where the request is silent, temperature is 0.7 and tokens are drawn from the 40 likeliest
 * with at least 5 % of the likeliest's probability: small models ramble without such limits.
 */
final class CallReader {
    /** Most answers to one request. */
    static final int MAX_CHOICES = 8;

    /** Most stop texts, as OpenAI has it. */
    static final int MAX_STOPS = 4;

    /** Longest stop text, in characters. */
    static final int MAX_STOP_CHARACTERS = 256;

    /** Most likely tokens reported for each, as OpenAI has it. */
    static final int MAX_ALTERNATIVES = 20;

    /** Most biased tokens. */
    static final int MAX_BIASES = 1_024;

    private static final int TOP_K = 40;
    private static final double TEMPERATURE = 0.7;
    private static final float MIN_P = 0.05f;

    private final Fields fields;
    private final boolean toolsKnown;
    private final String model;

    private CallReader(Fields fields, boolean toolsKnown, String model) {
        this.fields = fields;
        this.toolsKnown = toolsKnown;
        this.model = model;
    }

    /**
     * Reads a request.
     *
     * @param toolsKnown whether the model's template has a place for tools
     * @throws NotServed if it asks for something that cannot be
     */
    static ChatCall read(
            byte[] body, boolean stream, boolean tellUsage, boolean toolsKnown, String model) {
        return new CallReader(Fields.of(body), toolsKnown, model).call(stream, tellUsage);
    }

    private ChatCall call(boolean stream, boolean tellUsage) {
        if (fields.find("functions") != null) {
            throw NotServed.unsupported("functions", "'functions' is deprecated; use 'tools'.");
        }
        List<Object> tools = tools();
        return new ChatCall(
                new MessageReader(model).read(fields.find("messages")),
                tools,
                sampling(grammar(!tools.isEmpty())),
                stops(),
                maxTokens(),
                alternatives(),
                (int) fields.integer("n", 1, 1, MAX_CHOICES),
                stream,
                tellUsage);
    }

    private Sampling sampling(String grammar) {
        return new Sampling(
                (float) fields.number("temperature", TEMPERATURE, 0, 2),
                (float) fields.number("top_p", 1, 0, 1),
                TOP_K,
                MIN_P,
                (float) fields.number("presence_penalty", 0, -2, 2),
                (float) fields.number("frequency_penalty", 0, -2, 2),
                (int)
                        fields.integer(
                                "seed",
                                ThreadLocalRandom.current().nextInt(),
                                Long.MIN_VALUE,
                                Long.MAX_VALUE),
                grammar,
                biases());
    }

    private List<Bias> biases() {
        JsonNode node = fields.find("logit_bias");
        if (node == null) {
            return List.of();
        }
        if (!node.isObject() || node.size() > MAX_BIASES) {
            throw NotServed.invalid(
                    "logit_bias",
                    "'logit_bias' must be an object with at most " + MAX_BIASES + " tokens.");
        }
        List<Bias> biases = new ArrayList<>();
        node.forEachEntry((token, added) -> {
            if (!token.matches("[0-9]{1,7}") || !added.isNumber()) {
                throw NotServed.invalid(
                        "logit_bias",
                        "'logit_bias' must map token numbers to numbers from -100 to 100.");
            }
            biases.add(
                    new Bias(
                            Integer.parseInt(token),
                            (float) Math.clamp(added.asDouble(), -100, 100)));
        });
        return biases;
    }

    private List<String> stops() {
        JsonNode node = fields.find("stop");
        if (node == null) {
            return List.of();
        }
        List<String> stops = new ArrayList<>();
        if (node.isArray() && node.size() <= MAX_STOPS) {
            node.values().forEach(one -> stops.add(stop(one)));
        } else {
            stops.add(stop(node));
        }
        return stops;
    }

    private static String stop(JsonNode node) {
        if (!node.isString()
                || node.stringValue().isEmpty()
                || node.stringValue().length() > MAX_STOP_CHARACTERS) {
            throw NotServed.invalid(
                    "stop",
                    "'stop' must be a text of 1 to %d characters, or up to %d of them."
                            .formatted(MAX_STOP_CHARACTERS, MAX_STOPS));
        }
        return node.stringValue();
    }

    private int maxTokens() {
        String name =
                fields.find("max_completion_tokens") != null
                        ? "max_completion_tokens"
                        : "max_tokens";
        return (int) fields.integer(name, Integer.MAX_VALUE, 1, Integer.MAX_VALUE);
    }

    private int alternatives() {
        long alternatives = fields.integer("top_logprobs", 0, 0, MAX_ALTERNATIVES);
        boolean wanted = fields.flag("logprobs");
        if (alternatives > 0 && !wanted) {
            throw NotServed.invalid("top_logprobs", "'top_logprobs' needs 'logprobs' to be true.");
        }
        return wanted ? (int) alternatives : -1;
    }

    private List<Object> tools() {
        JsonNode tools = fields.find("tools");
        if (tools == null || tools.isEmpty() || isChoice("none")) {
            return List.of();
        }
        if (!toolsKnown) {
            throw NotServed.unsupported(
                    "tools",
                    "The local model '%s' cannot call tools: its chat template has no place for them that we know."
                            .formatted(model));
        }
        List<Object> plain = new ArrayList<>();
        for (JsonNode tool : tools.values()) {
            JsonNode name = tool.at("/function/name");
            if (!tool.path("type").asString("").equals("function") || !name.isString()) {
                throw NotServed.invalid(
                        "tools", "Each of 'tools' must be of type 'function' and have a name.");
            }
            plain.add(Fields.plain(tool, Template.NONE));
        }
        return plain;
    }

    private boolean isChoice(String name) {
        JsonNode choice = fields.find("tool_choice");
        return choice != null && choice.isString() && choice.stringValue().equals(name);
    }

    /** The grammar that holds the model to a format or to a tool; empty if it is free. */
    private String grammar(boolean tools) {
        try {
            String forced =
                    tools
                            ? ToolForce.grammar(fields.find("tools"), fields.find("tool_choice"))
                            : "";
            return forced.isEmpty() ? formatGrammar(fields.find("response_format")) : forced;
        } catch (SchemaProblem e) {
            String message = String.valueOf(e.getMessage());
            throw NotServed.invalid(
                    "response_format",
                    Character.toUpperCase(message.charAt(0)) + message.substring(1) + ".");
        }
    }

    private static String formatGrammar(@Nullable JsonNode format) {
        if (format == null) {
            return "";
        }
        return switch (format.path("type").asString("")) {
            case "text" -> "";
            case "json_object" -> SchemaGrammar.anyObject();
            case "json_schema" -> {
                JsonNode schema = format.at("/json_schema/schema");
                if (!schema.isObject()) {
                    throw new SchemaProblem(
                            "'response_format.json_schema.schema' must be a JSON schema");
                }
                yield SchemaGrammar.of(schema);
            }
            default ->
                    throw new SchemaProblem(
                            "'response_format.type' must be 'text', 'json_object' or"
                                    + " 'json_schema'");
        };
    }
}
