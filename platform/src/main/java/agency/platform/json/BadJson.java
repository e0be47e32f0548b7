package agency.platform.json;

/**
 * Why a text is not the JSON that was asked for. Says where; never carries a stack trace or the
 * text itself.
 */
public final class BadJson extends RuntimeException {
    /** What kind of mistake. */
    public enum Kind {
        /** Not JSON at all. */
        SYNTAX,
        /** Deeper, longer or larger than allowed. */
        LIMIT,
        /** A field that is not known. */
        UNKNOWN_FIELD,
        /** A field that must be there and is not, or is null. */
        MISSING_FIELD,
        /** A value of the wrong type or form. */
        WRONG_VALUE
    }

    private final Kind kind;
    private final String field;
    private final int line;
    private final int column;

    BadJson(Kind kind, String sentence, String field, int line, int column) {
        super(
                line > 0 ? sentence + " (line " + line + ", column " + column + ")" : sentence,
                null,
                false,
                false);
        this.kind = kind;
        this.field = field;
        this.line = line;
        this.column = column;
    }

    /** What kind of mistake. */
    public Kind kind() {
        return kind;
    }

    /** The path of the field, as {@code limits.requests[2]}; empty when it concerns the whole. */
    public String field() {
        return field;
    }

    /** The line, from 1; 0 when unknown. */
    public int line() {
        return line;
    }

    /** The column in bytes, from 1; 0 when unknown. */
    public int column() {
        return column;
    }
}
