package agency.bench.log;

import java.util.ArrayList;
import java.util.List;

/**
 * The long forms of the log's fault tests: the same tests as in the suite, doing their worst many
 * times instead of a few. Each runs with its protections and, as a mutant, without.
 */
public final class LogFaultBench {
    private static final int DEFAULT_ROUNDS = 60;

    private LogFaultBench() {}

    /**
     * Runs them; {@code --rounds N} says how often a process is killed, {@code --seed N} repeats a
     * run. Run from the checkout.
     *
     * @return 0 when every invariant held and every mutant was found
     */
    public static int run(List<String> arguments) throws Exception {
        int rounds = DEFAULT_ROUNDS;
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
                                "-Dtest=agency.platform.log.*FaultTest",
                                "-Dsurefire.failIfNoSpecifiedTests=false"));
        for (int i = 0; i + 1 < arguments.size(); i++) {
            switch (arguments.get(i)) {
                case "--rounds" -> rounds = Integer.parseInt(arguments.get(i + 1));
                case "--seed" ->
                        command.add("-Dagency.seed=" + Long.parseLong(arguments.get(i + 1)));
                default -> {}
            }
        }
        command.add("-Dagency.faults=" + rounds);
        return new ProcessBuilder(command).inheritIO().start().waitFor();
    }
}
