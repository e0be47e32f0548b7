package agency.bench;

import agency.bench.accounting.AccountingBench;
import agency.bench.budgets.BudgetBench;
import agency.bench.gateway.GatewayBench;
import agency.bench.log.LogBench;
import agency.bench.log.LogFaultBench;
import agency.bench.log.SimulateBench;
import agency.bench.log.StartBench;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** What {@code ./agency bench} runs: one benchmark by its name. */
@Command(
        name = "agency bench",
        description = "Measure Agency beside its peers, in one run on this machine.",
        synopsisSubcommandLabel = "BENCHMARK",
        subcommands = {
            GatewayBench.class,
            AccountingBench.class,
            BudgetBench.class,
            LogBench.class,
            LogFaultBench.class,
            SimulateBench.class,
            StartBench.class,
        },
        footer = {
            "",
            "Ends with 0 when every target was met, 1 when one was missed, 2 for a word nobody"
                    + " knows.",
        })
public final class BenchMain implements Runnable {

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before any command runs
    private CommandSpec spec;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            scope = CommandLine.ScopeType.INHERIT,
            description = "Say what the benchmark measures.")
    @SuppressWarnings("UnusedVariable") // picocli reads it
    private boolean help;

    private BenchMain() {}

    /** Runs the benchmark that was named. */
    public static void main(String[] arguments) {
        System.setProperty("logback.configurationFile", "logback-bench.xml");
        System.exit(new CommandLine(new BenchMain()).execute(arguments));
    }

    @Override
    public void run() {
        throw new ParameterException(
                spec.commandLine(),
                "Which one? There are: "
                        + String.join(", ", spec.commandLine().getSubcommands().keySet()));
    }
}
