package agency.bench.gateway;

import agency.bench.Reports;
import agency.bench.gateway.Results.Measure;
import agency.bench.load.Call;
import agency.bench.load.Cost;
import agency.bench.load.Load;
import agency.bench.load.Measured;
import agency.bench.load.ProcessTree;
import agency.bench.load.Watch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * The gateway beside its peers in one run: rounds in which every subject gets the same loads in
 * turn, so that a machine that drifts drifts for all. Where there are two cores, the subject has
 * the first to itself and load and upstream share the second.
 */
@Command(
        name = "gateway",
        description =
                "The gateway beside direct calls, nginx and Portkey (npm): CPU per request, rates,"
                        + " added latency, first bytes and gaps of streams, memory, start.")
public final class GatewayBench implements Callable<Integer> {

    private static final int STREAM_PIECES = 64;
    private static final int STREAM_MS = 10;
    private static final int CALM_STREAM_MS = 50;
    private static final int CALM_STREAM_PIECES = 100;
    private static final double FIXED_RATE = 1_000;
    private static final double MANAGEMENT_RATE = 200;

    /** A load is no cheaper when it costs more than this part of the cheapest before it. */
    private static final double NO_CHEAPER = 0.97;

    /** Warm: so many loads in a row were no cheaper. One alone may be the machine's doing. */
    private static final int WARM_AFTER = 3;

    /** Subjects that may be left out; the upstream answers always. */
    private enum Peer {
        nginx,
        portkey,
        agency
    }

    @Mixin private final Reports reports = new Reports();

    @Option(
            names = "--without",
            paramLabel = "NAME",
            description = "Leave one out; may be repeated: ${COMPLETION-CANDIDATES}.")
    private Set<Peer> without = EnumSet.noneOf(Peer.class);

    private final Results results = new Results();
    private final boolean pinned =
            Runtime.getRuntime().availableProcessors() >= 2 && Programs.onPath("taskset");

    /** How long each part runs, in milliseconds; how many rounds; how many loads warm at most. */
    record Lengths(int rounds, int warmMs, int measureMs, int streamRampMs, int mostWarmLoads) {
        static final Lengths FULL = new Lengths(3, 5_000, 8_000, 640, 30);
        static final Lengths SHORT = new Lengths(1, 3_000, 4_000, 640, 30);
    }

    private Lengths lengths() {
        return reports.brief() ? Lengths.SHORT : Lengths.FULL;
    }

    /** Measures and reports; gives 1 when a target was missed. */
    @Override
    public Integer call() throws IOException {
        Path folder = Files.createTempDirectory("agency-bench");
        List<String> absent = measure(folder);
        GatewayReport report = new GatewayReport(results, lengths(), pinned, absent);
        report.write(reports.folder());
        System.out.println(report.markdown());
        System.out.println("written to " + reports.folder().toAbsolutePath());
        return report.missed() == 0 ? 0 : 1;
    }

    private List<String> measure(Path folder) throws IOException {
        List<String> absent = new ArrayList<>();
        List<Subject> subjects = new ArrayList<>();
        try (UpstreamProcess upstream = new UpstreamProcess(folder);
                Load load = new Load()) {
            subjects.add(upstream);
            try {
                start(folder, subjects, upstream, absent);
                pin(subjects);
                for (Subject subject : subjects) {
                    results.add(subject, Measure.MEMORY_IDLE, subject.processes().pssMebibytes());
                    subject.millisToReady()
                            .ifPresent(ms -> results.add(subject, Measure.READY, ms));
                }
                for (Subject subject : subjects) warm(load, subject);
                for (int round = 1; round <= lengths().rounds; round++) {
                    for (Subject subject : subjects) {
                        say("round " + round + ": " + subject.name());
                        plain(load, subject);
                        if (subject.streams()) streams(load, subject);
                    }
                }
            } finally {
                for (Subject subject : subjects.reversed()) {
                    if (subject != upstream) subject.close();
                }
            }
        }
        return absent;
    }

    private void start(
            Path folder, List<Subject> subjects, UpstreamProcess upstream, List<String> absent)
            throws IOException {
        int port = upstream.port();
        if (without.contains(Peer.nginx) || !Programs.ensureNginx(folder)) absent.add("nginx");
        else subjects.add(new Nginx(folder, port));
        if (without.contains(Peer.portkey) || !Portkey.ensure()) absent.add("Portkey");
        else subjects.add(new Portkey(folder, port));
        if (without.contains(Peer.agency)) absent.add("Agency");
        else subjects.add(new AgencySubject(folder, port, pinned));
    }

    private void pin(List<Subject> subjects) throws IOException {
        if (!pinned) return;
        ProcessTree.pin(ProcessHandle.current().pid(), "1");
        for (Subject subject : subjects)
            subject.processes().pinTo(subject instanceof UpstreamProcess ? 1 : 0);
    }

    /**
     * Runs what will be measured, unmeasured, until it costs no less: compilers and pools reach the
     * state in which a server spends its life. A server on the JVM needs tens of seconds for that.
     */
    private void warm(Load load, Subject subject) {
        say("warming " + subject.name());
        double cheapest = Double.MAX_VALUE;
        int noCheaper = 0;
        for (int i = 0; i < lengths().mostWarmLoads; i++) {
            Cost cost = new Cost(subject.processes());
            Measured warm = load.closed(subject.plain(), 64, 0, 0, lengths().warmMs, cost);
            if (subject.streams()) {
                load.closed(
                        subject.stream(STREAM_PIECES, STREAM_MS),
                        256,
                        lengths().streamRampMs,
                        0,
                        lengths().warmMs / 2,
                        Watch.NONE);
            }
            double now = cost.microsPerAnswer(warm.rate());
            say("  %.1f µs a request".formatted(now));
            noCheaper = now > cheapest * NO_CHEAPER ? noCheaper + 1 : 0;
            if (noCheaper == WARM_AFTER) return;
            cheapest = Math.min(cheapest, now);
        }
    }

    private void plain(Load load, Subject subject) {
        Call call = subject.plain();
        Cost cost = new Cost(subject.processes());
        Measured narrow = load.closed(call, 64, 0, lengths().warmMs, lengths().measureMs, cost);
        results.add(subject, Measure.PLAIN_RATE, narrow.rate());
        results.add(subject, Measure.PLAIN_CPU, cost.microsPerAnswer(narrow.rate()));
        if (!subject.streams()) results.add(subject, Measure.MEMORY_LOAD, cost.mebibytes());
        failures(subject, narrow);

        Measured wide =
                load.closed(
                        call, 256, 0, lengths().warmMs / 2, lengths().measureMs / 2, Watch.NONE);
        results.add(subject, Measure.PLAIN_RATE_256, wide.rate());
        failures(subject, wide);

        Measured fixed =
                load.open(call, FIXED_RATE, lengths().warmMs / 2, lengths().measureMs, Watch.NONE);
        results.add(subject, Measure.FIXED_P50, Measured.millis(fixed.latency(), 50));
        results.add(subject, Measure.FIXED_P99, Measured.millis(fixed.latency(), 99));
        failures(subject, fixed);
        subject.management()
                .ifPresent(read -> {
                    Measured managed =
                            load.open(
                                    read,
                                    MANAGEMENT_RATE,
                                    lengths().warmMs / 2,
                                    lengths().measureMs / 2,
                                    Watch.NONE);
                    results.add(
                            subject,
                            Measure.MANAGEMENT_P99,
                            Measured.millis(managed.latency(), 99));
                    failures(subject, managed);
                });
        say(
                "  %.0f requests/s, %.1f µs each; at 1,000/s p50 %.2f ms, p99 %.2f ms"
                        .formatted(
                                narrow.rate(),
                                cost.microsPerAnswer(narrow.rate()),
                                Measured.millis(fixed.latency(), 50),
                                Measured.millis(fixed.latency(), 99)));
    }

    private void streams(Load load, Subject subject) {
        Cost cost = new Cost(subject.processes());
        Call call = subject.stream(STREAM_PIECES, STREAM_MS);
        Measured many =
                load.closed(
                        call,
                        512,
                        lengths().streamRampMs,
                        lengths().warmMs,
                        lengths().measureMs,
                        cost);
        results.add(subject, Measure.STREAM_RATE, many.rate());
        results.add(subject, Measure.STREAM_CPU, cost.microsPerAnswer(many.rate()));
        results.add(subject, Measure.FIRST_512_P50, Measured.millis(many.firstByte(), 50));
        results.add(subject, Measure.FIRST_512_P99, Measured.millis(many.firstByte(), 99));
        failures(subject, many);

        Measured few =
                load.closed(
                        call,
                        64,
                        lengths().streamRampMs,
                        lengths().warmMs / 2,
                        lengths().measureMs,
                        Watch.NONE);
        results.add(subject, Measure.FIRST_64_P50, Measured.millis(few.firstByte(), 50));
        results.add(subject, Measure.FIRST_64_P99, Measured.millis(few.firstByte(), 99));
        failures(subject, few);

        Call calm = subject.stream(CALM_STREAM_PIECES, CALM_STREAM_MS);
        int length = CALM_STREAM_PIECES * CALM_STREAM_MS;
        Measured thousand =
                load.closed(
                        calm, 1_000, length, length, Math.max(length, lengths().measureMs), cost);
        results.add(subject, Measure.GAP_1000_P999, Measured.millis(thousand.gap(), 99.9));
        results.add(subject, Measure.MEMORY_LOAD, cost.mebibytes());
        failures(subject, thousand);
        say(
                "  %.0f streams/s, %.0f µs each; first byte of 64 p50 %.2f ms; gap p99.9 %.1f ms; %.0f MiB"
                        .formatted(
                                many.rate(),
                                results.rounds(subject.name(), Measure.STREAM_CPU).getLast(),
                                Measured.millis(few.firstByte(), 50),
                                Measured.millis(thousand.gap(), 99.9),
                                cost.mebibytes()));
    }

    private void failures(Subject subject, Measured measured) {
        results.add(subject, Measure.FAILED, (double) measured.failed());
        if (measured.failed() > 0) say("  failed: " + measured.failed() + " of " + subject.name());
    }

    private static void say(String line) {
        System.err.println(line);
    }
}
