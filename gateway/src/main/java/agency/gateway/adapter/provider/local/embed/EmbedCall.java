package agency.gateway.adapter.provider.local.embed;

import agency.gateway.adapter.provider.local.wire.Fields;
import agency.gateway.adapter.provider.local.wire.NotServed;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * An embeddings request as the local model understands it.
 *
 * @param texts what to embed
 * @param base64 whether vectors are answered as base64 of little-endian floats, as OpenAI's Python
 *     client asks by default
 */
record EmbedCall(List<String> texts, boolean base64) {
    /** Most texts of one request, as OpenAI has it. */
    static final int MAX_TEXTS = 2_048;

    EmbedCall {
        texts = List.copyOf(texts);
    }

    /**
     * Reads a request.
     *
     * @throws NotServed if it asks for something that cannot be
     */
    static EmbedCall read(byte[] body) {
        Fields fields = Fields.of(body);
        long dimensions = fields.integer("dimensions", BgeModel.DIMENSIONS, 1, Integer.MAX_VALUE);
        if (dimensions != BgeModel.DIMENSIONS) {
            throw NotServed.unsupported(
                    "dimensions",
                    "The local embedding model makes vectors of %d dimensions and cannot shorten them."
                            .formatted(BgeModel.DIMENSIONS));
        }
        JsonNode format = fields.find("encoding_format");
        String named = format == null ? "float" : format.asString("");
        if (!named.equals("float") && !named.equals("base64")) {
            throw NotServed.invalid(
                    "encoding_format", "'encoding_format' must be 'float' or 'base64'.");
        }
        return new EmbedCall(texts(fields.find("input")), named.equals("base64"));
    }

    private static List<String> texts(@Nullable JsonNode input) {
        List<String> texts = new ArrayList<>();
        if (input != null && input.isArray()) {
            if (input.isEmpty() || input.size() > MAX_TEXTS) {
                throw NotServed.invalid(
                        "input", "'input' must hold 1 to %d texts.".formatted(MAX_TEXTS));
            }
            input.values().forEach(one -> texts.add(text(one)));
        } else if (input == null) {
            throw NotServed.invalid("input", "'input' is missing.");
        } else {
            texts.add(text(input));
        }
        return texts;
    }

    private static String text(JsonNode node) {
        if (node.isNumber() || node.isArray()) {
            throw NotServed.unsupported(
                    "input",
                    "The local embedding model has a tokenizer of its own: send texts, not token"
                            + " numbers.");
        }
        if (!node.isString() || node.stringValue().isEmpty()) {
            throw NotServed.invalid(
                    "input", "'input' must be a text that is not empty, or a list of such.");
        }
        return node.stringValue();
    }
}
