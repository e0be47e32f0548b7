package agency.platform.http;

import io.micrometer.core.instrument.MeterRegistry;

/** Counts refused requests by their problem's type: a small set chosen by us, so a safe label. */
final class ProblemCount {
    private final MeterRegistry meters;

    ProblemCount(MeterRegistry meters) {
        this.meters = meters;
    }

    void count(Problem problem) {
        meters.counter("http.server.problems", "type", problem.type()).increment();
    }
}
