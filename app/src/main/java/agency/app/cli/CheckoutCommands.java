package agency.app.cli;

import agency.kernel.fault.Fault;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/**
 * The commands that work on the sources. The launcher of a checkout runs them; the finished
 * artefact has none.
 */
abstract sealed class CheckoutCommands implements Callable<Integer> {
    private final String name;

    @Parameters(hidden = true)
    private List<String> rest = List.of();

    private CheckoutCommands(String name) {
        this.name = name;
    }

    @Override
    public Integer call() {
        String command = ("./agency " + name + " " + String.join(" ", rest)).strip();
        throw Fault.lasting(
                "cli.needs-checkout",
                "`agency "
                        + name
                        + "` works on the sources: clone the repository and run there: "
                        + command,
                Map.of("command", name),
                null);
    }

    @Command(
            name = "test",
            description = "Set up all that the tests need and run every one (in a checkout).")
    static final class Test extends CheckoutCommands {
        Test() {
            super("test");
        }
    }

    @Command(
            name = "build",
            description = "Build the artefact; --archive adds a Java runtime (in a checkout).")
    static final class Build extends CheckoutCommands {
        Build() {
            super("build");
        }
    }

    @Command(name = "bench", description = "Measure against peers in the same run (in a checkout).")
    static final class Bench extends CheckoutCommands {
        Bench() {
            super("bench");
        }
    }
}
