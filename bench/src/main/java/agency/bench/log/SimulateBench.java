package agency.bench.log;

import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Any number of simulated histories of several processes on one database: the same as in the suite,
 * which lives 300 of them.
 */
@Command(
        name = "simulate",
        description =
                "Histories of appenders, readers, leases and shards in virtual time, one for each"
                        + " seed; a seed that goes wrong is named and repeats.")
public final class SimulateBench implements Callable<Integer> {
    @Option(
            names = "--seeds",
            paramLabel = "N",
            defaultValue = "10000",
            description = "How many (default: ${DEFAULT-VALUE}; some hundred a second).")
    private int seeds;

    @Option(
            names = "--from",
            paramLabel = "SEED",
            defaultValue = "1",
            description = "The first one (default: ${DEFAULT-VALUE}).")
    private long from;

    /** Runs them from the checkout; gives 0 when nothing went wrong in any. */
    @Override
    public Integer call() throws Exception {
        return new ProcessBuilder(
                        List.of(
                                "mvn",
                                "-q",
                                "-B",
                                "-ntp",
                                "-pl",
                                "platform",
                                "-am",
                                "test",
                                "-Djacoco.skip",
                                "-Dtest=SimulationTest#nothingGoesWrongInAnyHistory",
                                "-Dsurefire.failIfNoSpecifiedTests=false",
                                "-Dagency.simulations=" + seeds,
                                "-Dagency.seed=" + from))
                .inheritIO()
                .start()
                .waitFor();
    }
}
