package agency.bench.budgets;

import agency.bench.Reports;
import agency.bench.upstream.ScriptedUpstream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The long form of the proof that a budget cannot be overspent. */
@Command(
        name = "budgets",
        description =
                "Budgets under a storm: three processes, 20 accounts, 128 streams, kills; what the"
                        + " upstream billed against every cap.")
public final class BudgetBench implements Callable<Integer> {
    /** What must be usable of every cap when nothing is killed. */
    private static final double USABLE = 0.98;

    @Mixin private final Reports reports = new Reports();

    @Option(
            names = "--seed",
            paramLabel = "N",
            description = "Repeat the storm of this seed (default: a new one).")
    private long seed = new SplittableRandom().nextLong(1_000_000);

    /** Lets two storms rage, one with kills and one without; gives 1 when a promise was broken. */
    @Override
    public Integer call() throws Exception {
        boolean brief = reports.brief();
        StringBuilder text =
                new StringBuilder("# Budgets in a storm\n\nMade by `./agency bench budgets` on ")
                        .append(LocalDate.now(ZoneOffset.UTC))
                        .append(", seed ")
                        .append(seed)
                        .append(
                                ". Three processes on one PostgreSQL, each account with a key of"
                                    + " its own, streams of log-normal lengths. `billed` is the"
                                    + " upstream's own count at the price; it may never exceed the"
                                    + " cap.\n");
        int accounts = brief ? 8 : 20;
        int requests = brief ? 200 : 900;
        int callers = brief ? 32 : 128;
        BudgetStorm.Outcome killed =
                storm(
                        new BudgetStorm.Plan(
                                3,
                                accounts,
                                callers,
                                requests,
                                5_000,
                                true,
                                brief ? 60_000 : 600_000));
        section(text, "Processes killed every 5 s, the database once", killed);
        BudgetStorm.Outcome calm =
                storm(
                        new BudgetStorm.Plan(
                                3,
                                accounts,
                                callers,
                                requests,
                                0,
                                false,
                                brief ? 60_000 : 600_000));
        section(text, "Nothing killed", calm);
        Files.createDirectories(reports.folder());
        Files.writeString(reports.folder().resolve("budgets.md"), text, StandardCharsets.UTF_8);
        System.out.println(text);
        boolean kept =
                killed.overspent().isEmpty()
                        && calm.overspent().isEmpty()
                        && killed.wronglyBooked().isEmpty()
                        && calm.wronglyBooked().isEmpty()
                        && killed.whole()
                        && calm.leastUsed() >= USABLE;
        return kept ? 0 : 1;
    }

    private BudgetStorm.Outcome storm(BudgetStorm.Plan plan) throws Exception {
        Path folder = Files.createTempDirectory("agency-budgets");
        try (ScriptedUpstream upstream = ScriptedUpstream.usual()) {
            return new BudgetStorm(plan, folder, upstream.start(0), seed).run();
        }
    }

    private static void section(StringBuilder text, String title, BudgetStorm.Outcome came) {
        text.append("\n## ")
                .append(title)
                .append("\n\n")
                .append(came.served())
                .append(" requests served, ")
                .append(came.refused())
                .append(" refused by a budget, ")
                .append(came.kills())
                .append(" processes killed; overspent: ")
                .append(came.overspent().size())
                .append("; least of a reached cap that was billed: ")
                .append(String.format(java.util.Locale.ROOT, "%.2f %%", 100 * came.leastUsed()))
                .append(".\n\n| account | cap | billed | of the cap | spent | still set aside |\n")
                .append("|---|--:|--:|--:|--:|--:|\n");
        came.accounts().forEach(one -> text.append(BudgetStorm.line(one)).append('\n'));
    }
}
