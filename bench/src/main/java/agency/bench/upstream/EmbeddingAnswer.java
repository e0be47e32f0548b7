package agency.bench.upstream;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The proper answer to an embeddings request: a small vector that depends on the text alone, as
 * numbers or base64.
 */
final class EmbeddingAnswer {

    private static final JsonMapper JSON = new JsonMapper();
    private static final int USUAL_DIMENSIONS = 16;
    private static final int MOST_DIMENSIONS = 4096;

    private final JsonNode request;
    private final String model;
    private final List<String> inputs;
    private final Usage usage;

    EmbeddingAnswer(JsonNode request, Script script, String model) {
        this.request = request;
        this.model = model;
        this.inputs = inputs(request.path("input"));
        int tokens = inputs.stream().mapToInt(ChatAnswer::words).sum();
        this.usage = new Usage(tokens, 0, 0, 0, script.word("usage", "true"));
    }

    Usage usage() {
        return usage;
    }

    static String firstInput(JsonNode request) {
        JsonNode input = request.path("input");
        if (input.isString()) return input.asString();
        return input.path(0).isString() ? input.path(0).asString() : "";
    }

    byte[] whole() {
        ObjectNode root = JSON.createObjectNode().put("object", "list").put("model", model);
        ArrayNode data = root.putArray("data");
        int dimensions =
                Math.clamp(request.path("dimensions").asInt(USUAL_DIMENSIONS), 1, MOST_DIMENSIONS);
        boolean base64 = request.path("encoding_format").asString("float").equals("base64");
        for (int i = 0; i < inputs.size(); i++) {
            ObjectNode item = data.addObject().put("object", "embedding").put("index", i);
            float[] vector = vector(inputs.get(i), dimensions);
            if (base64) {
                ByteBuffer bytes =
                        ByteBuffer.allocate(vector.length * Float.BYTES)
                                .order(ByteOrder.LITTLE_ENDIAN);
                for (float f : vector) bytes.putFloat(f);
                item.put("embedding", Base64.getEncoder().encodeToString(bytes.array()));
            } else {
                ArrayNode numbers = item.putArray("embedding");
                for (float f : vector) numbers.add(f);
            }
        }
        Integer prompt = usage.claimedPrompt();
        if (prompt != null)
            root.putObject("usage").put("prompt_tokens", prompt).put("total_tokens", prompt);
        return JSON.writeValueAsBytes(root);
    }

    private static List<String> inputs(JsonNode input) {
        if (input.isString()) return List.of(input.asString());
        List<String> inputs = new ArrayList<>();
        if (input.path(0).isNumber()) {
            inputs.add(input.toString().replace(',', ' '));
            return inputs;
        }
        for (JsonNode one : input)
            inputs.add(one.isString() ? one.asString() : one.toString().replace(',', ' '));
        return inputs;
    }

    private static float[] vector(String text, int dimensions) {
        float[] vector = new float[dimensions];
        int hash = text.hashCode();
        for (int i = 0; i < dimensions; i++) {
            hash = hash * 31 + i;
            vector[i] = (hash >> 16) / 32768f;
        }
        return vector;
    }
}
