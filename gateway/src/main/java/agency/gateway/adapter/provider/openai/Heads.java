package agency.gateway.adapter.provider.openai;

import agency.gateway.port.AnswerHead;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpHeaders;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What of a provider's headers goes further: limits and its own timing, nothing about our account.
 */
final class Heads {
    private static final CharSequence REQUEST_ID = HttpHeaders.createOptimized("x-request-id");
    private static final CharSequence AZURE_ID = HttpHeaders.createOptimized("apim-request-id");
    private static final String PROCESSING = "openai-processing-ms";
    private static final String LIMITS = "x-ratelimit-";

    /** Most headers passed on. */
    private static final int MOST = 16;

    private Heads() {}

    static AnswerHead of(HttpClientResponse in, String contentType) {
        Map<String, String> passed = null;
        for (Map.Entry<String, String> header : in.headers()) {
            String name = header.getKey();
            if (!passes(name)) continue;
            if (passed == null) passed = new HashMap<>();
            if (passed.size() < MOST) passed.put(name.toLowerCase(Locale.ROOT), header.getValue());
        }
        return new AnswerHead(
                in.statusCode(),
                contentType,
                length(in),
                requestId(in),
                passed == null ? Map.of() : passed);
    }

    private static boolean passes(String name) {
        return name.regionMatches(true, 0, LIMITS, 0, LIMITS.length())
                || name.equalsIgnoreCase(PROCESSING);
    }

    private static long length(HttpClientResponse in) {
        if (in.getHeader(HttpHeaders.CONTENT_ENCODING) != null) return -1;
        String length = in.getHeader(HttpHeaders.CONTENT_LENGTH);
        if (length == null || length.length() > 18) return -1;
        try {
            return Long.parseLong(length);
        } catch (NumberFormatException e) {
            return -1;
        }
    }

    static @Nullable String requestId(HttpClientResponse in) {
        String id = in.getHeader(REQUEST_ID);
        return id != null ? id : in.getHeader(AZURE_ID);
    }
}
