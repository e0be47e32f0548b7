package agency.bench.log;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * The long forms of the log's fault tests: the same tests as in the suite, doing their worst many
 * times instead of a few. Each runs with its protections and, as a mutant, without.
 */
@Command(
        name = "faults",
        description = "The event log's fault tests in their long form, mutants included.")
public final class LogFaultBench implements Callable<Integer> {
    @Option(
            names = "--rounds",
            paramLabel = "N",
            defaultValue = "60",
            description = "How often each test kills a process (default: ${DEFAULT-VALUE}).")
    private int rounds;

    @Option(names = "--seed", paramLabel = "N", description = "Repeat the run of this seed.")
    private @Nullable Long seed;

    /**
     * Runs them from the checkout; gives 0 when every invariant held and every mutant was found.
     */
    @Override
    public Integer call() throws Exception {
        List<String> command =
                new ArrayList<>(
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
                                "-Dtest=agency.platform.log.*FaultTest,agency.platform.projection.*FaultTest",
                                "-Dsurefire.failIfNoSpecifiedTests=false"));
        if (seed != null) command.add("-Dagency.seed=" + seed);
        command.add("-Dagency.faults=" + rounds);
        return new ProcessBuilder(command).inheritIO().start().waitFor();
    }
}
