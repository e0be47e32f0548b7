package agency.platform.http;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Time and count of requests by operation and class of status; nothing is looked up per request.
 */
final class RouteMeters {
    private static final int CLASSES = 5;

    private final Timer[] timers;

    RouteMeters(MeterRegistry meters, List<RouteTable.Entry> entries) {
        this.timers = new Timer[(entries.size() + 1) * CLASSES];
        for (int i = 0; i < CLASSES; i++) {
            timers[i] = timer(meters, "none", i);
        }
        for (RouteTable.Entry entry : entries) {
            for (int i = 0; i < CLASSES; i++) {
                timers[(entry.index() + 1) * CLASSES + i] =
                        timer(meters, entry.route().operation(), i);
            }
        }
    }

    private static Timer timer(MeterRegistry meters, String operation, int statusClass) {
        return Timer.builder("http.server.requests")
                .description("Requests by operation and class of status.")
                .tag("operation", operation)
                .tag("status", (statusClass + 1) + "xx")
                .register(meters);
    }

    void count(int route, int status, long nanos) {
        int statusClass = Math.clamp(status / 100 - 1, 0, CLASSES - 1);
        timers[(route + 1) * CLASSES + statusClass].record(nanos, TimeUnit.NANOSECONDS);
    }
}
