package agency.bench.gateway;

import agency.bench.gateway.Results.Measure;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;

/**
 * One line of the targets: a number of Agency, usually against a peer in the same run; the bound
 * that binds, the bound that is aimed at.
 */
record Target(
        String title, String unit, OptionalDouble found, double must, double aim, boolean atMost) {

    static final String AGENCY = "Agency";

    /** All targets that this run can judge. */
    static List<Target> of(Results r) {
        List<Target> all = new ArrayList<>();
        all.add(
                most(
                        "CPU per plain request against nginx",
                        "×",
                        ratio(r, "nginx", Measure.PLAIN_CPU),
                        2.4,
                        1.7));
        all.add(
                most(
                        "CPU per streamed answer against nginx",
                        "×",
                        ratio(r, "nginx", Measure.STREAM_CPU),
                        2.0,
                        1.4));
        // Per core: what one second of CPU answers, so that it means the same when the load could
        // not fill the core.
        OptionalDouble perCore =
                r.paired(
                        "Portkey",
                        AGENCY,
                        Measure.PLAIN_CPU,
                        (portkey, agency) -> portkey / agency);
        all.add(new Target("requests/s per core against Portkey", "×", perCore, 13, 20, false));
        OptionalDouble wide = OptionalDouble.empty();
        OptionalDouble narrow = r.value(AGENCY, Measure.PLAIN_RATE);
        OptionalDouble at256 = r.value(AGENCY, Measure.PLAIN_RATE_256);
        if (narrow.isPresent() && at256.isPresent()) {
            wide = OptionalDouble.of(at256.getAsDouble() / narrow.getAsDouble());
        }
        all.add(new Target("requests/s at 256 connections against 64", "×", wide, 0.7, 0.9, false));
        all.add(
                most(
                        "added latency at 1,000 requests/s, p50",
                        "ms",
                        added(r, Measure.FIXED_P50),
                        0.3,
                        0.15));
        all.add(
                most(
                        "added latency at 1,000 requests/s, p99",
                        "ms",
                        added(r, Measure.FIXED_P99),
                        2,
                        1));
        all.add(
                most(
                        "added time to first byte, 64 streams, p50",
                        "ms",
                        added(r, Measure.FIRST_64_P50),
                        0.5,
                        0.2));
        all.add(
                most(
                        "added time to first byte, 64 streams, p99",
                        "ms",
                        added(r, Measure.FIRST_64_P99),
                        3,
                        1));
        all.add(
                most(
                        "added time to first byte, 512 streams, p50",
                        "ms",
                        added(r, Measure.FIRST_512_P50),
                        10,
                        2));
        all.add(
                most(
                        "added time to first byte, 512 streams, p99",
                        "ms",
                        added(r, Measure.FIRST_512_P99),
                        60,
                        10));
        all.add(
                most(
                        "added gap, 1,000 streams, p99.9",
                        "ms",
                        added(r, Measure.GAP_1000_P999),
                        50,
                        20));
        all.add(most("memory idle", "MiB", r.value(AGENCY, Measure.MEMORY_IDLE), 320, 200));
        all.add(
                most(
                        "memory under 1,000 streams",
                        "MiB",
                        r.value(AGENCY, Measure.MEMORY_LOAD),
                        512,
                        400));
        all.add(most("second start to ready", "ms", r.value(AGENCY, Measure.READY), 2_500, 1_200));
        all.add(
                most(
                        "management API at 200 requests/s, p99",
                        "ms",
                        r.value(AGENCY, Measure.MANAGEMENT_P99),
                        50,
                        20));
        all.add(most("failed requests", "", r.value(AGENCY, Measure.FAILED), 0, 0));
        return all;
    }

    /** In words: aim, must, missed, or not measured. */
    String verdict() {
        if (found.isEmpty()) return "not measured";
        double value = found.getAsDouble();
        if (atMost ? value <= aim : value >= aim) return "pass (aim)";
        if (atMost ? value <= must : value >= must) return "pass";
        return "**missed**";
    }

    private static Target most(
            String title, String unit, OptionalDouble found, double must, double aim) {
        return new Target(title, unit, found, must, aim, true);
    }

    private static OptionalDouble ratio(Results r, String other, Measure measure) {
        return r.paired(AGENCY, other, measure, (ours, theirs) -> ours / theirs);
    }

    private static OptionalDouble added(Results r, Measure measure) {
        return r.paired(AGENCY, "direct", measure, (ours, theirs) -> ours - theirs);
    }
}
