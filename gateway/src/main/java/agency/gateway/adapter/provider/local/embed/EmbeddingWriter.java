package agency.gateway.adapter.provider.local.embed;

import agency.gateway.adapter.provider.local.wire.Fields;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Base64;
import java.util.List;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Writes vectors in OpenAI's wire format. Source: OpenAI API reference, embeddings. */
final class EmbeddingWriter {
    private EmbeddingWriter() {}

    static byte[] write(List<float[]> vectors, boolean base64, String model, long tokens) {
        ObjectNode body = Fields.JSON.createObjectNode().put("object", "list");
        ArrayNode data = body.putArray("data");
        for (int i = 0; i < vectors.size(); i++) {
            ObjectNode one = data.addObject().put("object", "embedding").put("index", i);
            if (base64) {
                one.put("embedding", base64(vectors.get(i)));
            } else {
                ArrayNode numbers = one.putArray("embedding");
                for (float number : vectors.get(i)) {
                    numbers.add(number);
                }
            }
        }
        body.put("model", model);
        body.putObject("usage").put("prompt_tokens", tokens).put("total_tokens", tokens);
        return Fields.JSON.writeValueAsBytes(body);
    }

    private static String base64(float[] vector) {
        ByteBuffer bytes = ByteBuffer.allocate(4 * vector.length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(vector);
        return Base64.getEncoder().encodeToString(bytes.array());
    }
}
