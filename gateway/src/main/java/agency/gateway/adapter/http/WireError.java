package agency.gateway.adapter.http;

import agency.gateway.domain.wire.Splice;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An error in OpenAI's shape.
 *
 * @param status the HTTP status
 * @param type the kind, OpenAI's word where it has one
 * @param code a stable word for programs
 * @param param the field it is about
 * @param message what was wrong, and what would be right
 * @param headers further headers
 */
record WireError(
        int status,
        String type,
        String code,
        @Nullable String param,
        String message,
        Map<String, String> headers) {

    /** Somebody else's words at the end of a sentence of ours, with one full stop. */
    static String sentence(String words) {
        return words.endsWith(".") ? words : words + ".";
    }

    /** The error as JSON. */
    String json() {
        return "{\"error\":{\"message\":"
                + Splice.quoted(message)
                + ",\"type\":"
                + Splice.quoted(type)
                + ",\"param\":"
                + (param == null ? "null" : Splice.quoted(param))
                + ",\"code\":"
                + Splice.quoted(code)
                + "}}";
    }
}
