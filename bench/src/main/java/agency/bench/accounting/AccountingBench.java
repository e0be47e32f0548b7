package agency.bench.accounting;

import agency.bench.Reports;
import agency.bench.product.StartedAgency;
import agency.bench.upstream.ScriptedUpstream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.json.JsonMapper;

/** The long form of the accounting proof: 10,000 mixed requests, callers that leave, two kills. */
@Command(
        name = "accounting",
        description =
                "Mixed requests with disconnects and kills: Agency's books against the upstream's.")
public final class AccountingBench implements Callable<Integer> {

    private static final int REQUESTS = 10_000;
    private static final int SHORT_REQUESTS = 1_500;
    private static final int CALLERS = 32;
    private static final int KILLS = 2;

    @Mixin private final Reports reports = new Reports();

    @Option(
            names = "--seed",
            paramLabel = "N",
            description = "Repeat the mix of this seed (default: a new one).")
    private long seed = new SplittableRandom().nextLong(1_000_000);

    /** Runs it and reports; gives 1 when the books differ. */
    @Override
    public Integer call() throws IOException, InterruptedException {
        int requests = reports.brief() ? SHORT_REQUESTS : REQUESTS;
        System.err.println("seed " + seed);
        try (ScriptedUpstream upstream = ScriptedUpstream.usual()) {
            int upstreamPort = upstream.start(0);
            Path data = Files.createTempDirectory("agency-accounting").resolve("data");
            try (StartedAgency agency = StartedAgency.on(data, Map.of())) {
                agency.connect(
                        "scripted", "http://127.0.0.1:" + upstreamPort + "/v1", "sk-upstream");
                AccountingRun run =
                        new AccountingRun(
                                agency,
                                agency.createKey("accounting"),
                                requests,
                                CALLERS,
                                KILLS,
                                seed);
                Reckoning reckoning = run.run(upstreamPort);
                report(reports.folder(), requests, seed, run.outcomes(), reckoning);
                return reckoning.discrepancies().isEmpty() ? 0 : 1;
            }
        }
    }

    private static void report(
            Path to, int requests, long seed, String outcomes, Reckoning reckoning)
            throws IOException {
        String day = LocalDate.now(ZoneOffset.UTC).toString();
        StringBuilder text =
                new StringBuilder("# Both sets of books\n\nMade by `./agency bench accounting` on ")
                        .append(day)
                        .append(": ")
                        .append(requests)
                        .append(" mixed requests by ")
                        .append(CALLERS)
                        .append(" callers, Agency killed ")
                        .append(KILLS)
                        .append(" times, seed ")
                        .append(seed)
                        .append(". Callers saw ")
                        .append(outcomes)
                        .append(".\n\n| what | count |\n|---|--:|\n");
        row(text, "requests in the upstream's books", reckoning.served());
        row(text, "attempts in Agency's books", reckoning.entries());
        row(text, "reported by the upstream, equal to its own count", reckoning.reported());
        row(text, "estimated by Agency, within the bound", reckoning.estimated());
        row(text, "assumed at the bound after a kill", reckoning.assumed());
        row(text, "reported input tokens", reckoning.reportedInput());
        row(text, "reported output tokens", reckoning.reportedOutput());
        row(text, "discrepancies", reckoning.discrepancies().size());
        reckoning.discrepancies().forEach(d -> text.append("\n- ").append(d));
        Files.createDirectories(to);
        Files.writeString(to.resolve("accounting.md"), text);
        Files.writeString(
                to.resolve("accounting.json"),
                new JsonMapper().writeValueAsString(reckoning) + "\n");
        System.out.println(text);
    }

    private static void row(StringBuilder text, String what, long count) {
        text.append("| ")
                .append(what)
                .append(" | ")
                .append(String.format("%,d", count))
                .append(" |\n");
    }
}
