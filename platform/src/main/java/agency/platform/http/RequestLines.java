package agency.platform.http;

import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;

/**
 * Gives log lines about a request its ids, {@code request_id} and {@code trace_id}. A thread that
 * works on one request alone calls {@link #mark} once. An event loop works on thousands by turns:
 * there the ids stand around the one line that is written and no longer, {@link #around}.
 */
final class RequestLines {
    static final String REQUEST = "request_id";
    static final String TRACE = "trace_id";

    private RequestLines() {}

    /** From now on every line of this thread is about this request, until the thread ends. */
    static void mark(UUID request, @Nullable String traceId) {
        MDC.put(REQUEST, request.toString());
        if (traceId != null) {
            MDC.put(TRACE, traceId);
        }
    }

    /** Writes lines about this request, on a thread that is not this request's own. */
    static void around(UUID request, @Nullable String traceId, Runnable lines) {
        mark(request, traceId);
        try {
            lines.run();
        } finally {
            MDC.remove(REQUEST);
            MDC.remove(TRACE);
        }
    }
}
