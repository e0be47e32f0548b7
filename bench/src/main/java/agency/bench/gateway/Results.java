package agency.bench.gateway;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

/** What was measured: per subject and measure, one value a round. */
final class Results {

    /** One thing measured of every subject, with its unit. */
    enum Measure {
        PLAIN_RATE("plain requests/s, 64 connections", "/s"),
        PLAIN_CPU("CPU per plain request, 64 connections", "µs"),
        PLAIN_RATE_256("plain requests/s, 256 connections", "/s"),
        FIXED_P50("latency at 1,000 requests/s, p50", "ms"),
        FIXED_P99("latency at 1,000 requests/s, p99", "ms"),
        STREAM_CPU("CPU per streamed answer of 64 pieces, 512 streams", "µs"),
        STREAM_RATE("streamed answers/s, 512 streams", "/s"),
        FIRST_512_P50("time to first byte, 512 streams, p50", "ms"),
        FIRST_512_P99("time to first byte, 512 streams, p99", "ms"),
        FIRST_64_P50("time to first byte, 64 streams, p50", "ms"),
        FIRST_64_P99("time to first byte, 64 streams, p99", "ms"),
        GAP_1000_P999("gap between pieces sent every 50 ms, 1,000 streams, p99.9", "ms"),
        MEMORY_IDLE("memory when started (sum of PSS)", "MiB"),
        MEMORY_LOAD("memory under 1,000 streams, for Portkey under plain load (sum of PSS)", "MiB"),
        MANAGEMENT_P99("management API at 200 requests/s, p99", "ms"),
        READY("second start to ready, database included", "ms"),
        FAILED("failed requests in all", "");

        final String title;
        final String unit;

        Measure(String title, String unit) {
            this.title = title;
            this.unit = unit;
        }
    }

    private final Map<String, Map<Measure, List<Double>>> values = new LinkedHashMap<>();

    void add(Subject subject, Measure measure, double value) {
        values.computeIfAbsent(subject.name(), s -> new LinkedHashMap<>())
                .computeIfAbsent(measure, m -> new ArrayList<>())
                .add(value);
    }

    List<String> subjects() {
        return List.copyOf(values.keySet());
    }

    List<Double> rounds(String subject, Measure measure) {
        return values.getOrDefault(subject, Map.of()).getOrDefault(measure, List.of());
    }

    /** The median over the rounds; for failures the sum. */
    OptionalDouble value(String subject, Measure measure) {
        List<Double> rounds = rounds(subject, measure);
        if (rounds.isEmpty()) return OptionalDouble.empty();
        if (measure == Measure.FAILED)
            return OptionalDouble.of(rounds.stream().mapToDouble(d -> d).sum());
        return OptionalDouble.of(median(rounds));
    }

    /**
     * One subject against another by a function of both, round by round, then the median: drift
     * cancels out.
     */
    OptionalDouble paired(
            String subject,
            String other,
            Measure measure,
            java.util.function.DoubleBinaryOperator compare) {
        List<Double> ours = rounds(subject, measure);
        List<Double> theirs = rounds(other, measure);
        int both = Math.min(ours.size(), theirs.size());
        if (both == 0) return OptionalDouble.empty();
        List<Double> compared = new ArrayList<>();
        for (int i = 0; i < both; i++)
            compared.add(compare.applyAsDouble(ours.get(i), theirs.get(i)));
        return OptionalDouble.of(median(compared));
    }

    private static double median(List<Double> list) {
        double[] sorted = list.stream().mapToDouble(d -> d).toArray();
        Arrays.sort(sorted);
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
