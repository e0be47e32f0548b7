package agency.gateway.domain.wire;

/** Bytes that are not JSON, or JSON that is not what was asked for; where and why. */
final class MalformedJson extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int offset;
    private final String field;

    MalformedJson(int offset, String what) {
        this(offset, what, "");
    }

    /** {@code field} names the field that has the wrong type; empty when the JSON itself is bad. */
    MalformedJson(int offset, String what, String field) {
        super(what, null, false, false);
        this.offset = offset;
        this.field = field;
    }

    int offset() {
        return offset;
    }

    String field() {
        return field;
    }

    String what() {
        return String.valueOf(getMessage());
    }
}
