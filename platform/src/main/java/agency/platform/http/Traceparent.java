package agency.platform.http;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The trace that a caller's request belongs to: the header {@code traceparent} of W3C Trace
 * Context, version 00.
 *
 * @param traceId 32 hexadecimal digits, not all of them 0
 * @param spanId 16 hexadecimal digits, not all of them 0
 * @param flags 2 hexadecimal digits
 */
public record Traceparent(String traceId, String spanId, String flags) {
    private static final Pattern FORM =
            Pattern.compile("00-((?!0{32})[0-9a-f]{32})-((?!0{16})[0-9a-f]{16})-([0-9a-f]{2})");

    /** Reads the header; null when there is none, or when it is not one. */
    public static @Nullable Traceparent of(@Nullable String header) {
        if (header == null) {
            return null;
        }
        Matcher matcher = FORM.matcher(header);
        return matcher.matches()
                ? new Traceparent(matcher.group(1), matcher.group(2), matcher.group(3))
                : null;
    }
}
