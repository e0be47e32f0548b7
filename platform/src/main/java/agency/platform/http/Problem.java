package agency.platform.http;

import java.util.Map;

/** An expected no under {@code /api}, written as RFC 9457 problem+json. Carries no stack trace. */
public final class Problem extends RuntimeException {
    private final int status;
    private final String type;
    private final String title;
    private final transient Map<String, Object> extra;

    /**
     * A problem.
     *
     * @param status the HTTP status
     * @param type a stable word such as {@code key-not-found}; becomes {@code
     *     urn:agency:problem:<type>}
     * @param title the kind of problem in a few words, the same for every occurrence
     * @param detail what was wrong here, where, and what would be right
     * @param extra further members, safe to show
     */
    public Problem(
            int status, String type, String title, String detail, Map<String, Object> extra) {
        super(detail, null, false, false);
        this.status = status;
        this.type = type;
        this.title = title;
        this.extra = Map.copyOf(extra);
    }

    /** A problem without further members. */
    public Problem(int status, String type, String title, String detail) {
        this(status, type, title, detail, Map.of());
    }

    /** The HTTP status. */
    public int status() {
        return status;
    }

    /** The stable word. */
    public String type() {
        return type;
    }

    /** The kind of problem. */
    public String title() {
        return title;
    }

    /** Further members. */
    public Map<String, Object> extra() {
        return extra;
    }
}
