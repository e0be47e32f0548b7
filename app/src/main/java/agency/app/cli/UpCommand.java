package agency.app.cli;

import agency.app.AgencySettings;
import agency.app.Program;
import agency.kernel.fault.Fault;
import agency.platform.telemetry.Logging;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/**
 * {@code agency up}: sets everything up and runs Agency on this machine, telling a person how to go
 * on.
 */
@Command(
        name = "up",
        description = "Set everything up and run Agency on this machine. Ctrl-C stops it.",
        footer = "Every setting can be given as --section.key=value; see docs/configuration.md.")
final class UpCommand implements Callable<Integer> {
    @Mixin private final StartOptions options = new StartOptions();

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before any command runs
    private CommandSpec spec;

    @Override
    public Integer call() throws InterruptedException {
        PrintWriter out = spec.commandLine().getOut();
        AgencySettings settings =
                options.configuration(spec.commandLine().getUnmatchedArguments()).values();
        Logging.configure(settings.telemetry(), Text.terminal());
        boolean terminal = Text.terminal();
        if (terminal) {
            out.println("Starting Agency in " + settings.data() + " ...");
            out.flush();
        }
        Program program = Program.assemble(settings, !options.noModel);
        program.start();
        program.stopOnSignal(() -> {
            out.println();
            out.println("Stopping: answers under way may finish ...");
            out.flush();
        });
        try {
            if (terminal) {
                FirstWords.ready(program, out);
                offerFound(program, true, out);
                program.fetchFirstModel();
                FirstWords.tryIt(program, out);
            } else {
                offerFound(program, false, out);
                program.fetchFirstModel();
                FirstWords.toFile(program, out);
            }
            new ModelProgress(program::modelFetch, program::stopped, terminal, out).show();
            program.awaitStop();
        } finally {
            program.stop();
        }
        return AgencyCommand.OK;
    }

    /** Keys that lie in the environment are named, and used only after a yes. */
    private void offerFound(Program program, boolean terminal, PrintWriter out) {
        List<String> found = program.found();
        if (found.isEmpty()) {
            return;
        }
        out.println("Found on this machine: " + String.join(", ", found));
        if (options.useEnvironment) {
            connect(program, out);
        } else if (!terminal) {
            out.println("Not used. Start with --use-env to connect what was found.");
        } else if (Text.yes("Connect what was found?", out)) {
            connect(program, out);
        } else {
            out.println("Not connected; you will be asked again at the next start.");
        }
        if (terminal) {
            out.println();
        }
        out.flush();
    }

    /** What cannot be connected is said, and Agency runs without it. */
    private static void connect(Program program, PrintWriter out) {
        try {
            program.adoptFound().forEach(out::println);
        } catch (Fault failed) {
            out.println("Not connected: " + failed.getMessage());
        }
        out.flush();
    }
}
