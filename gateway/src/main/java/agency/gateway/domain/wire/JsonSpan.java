package agency.gateway.domain.wire;

/** How far a value reaches. */
final class JsonSpan {
    private JsonSpan() {}

    /** Where the value that begins here ends; -1 when it does not end, or is not JSON. */
    static int end(byte[] bytes, int from, int to) {
        JsonCursor json = new JsonCursor(bytes, from, to);
        try {
            json.value();
            return json.at();
        } catch (MalformedJson e) {
            return -1;
        }
    }
}
