package agency.app.cli;

import agency.app.AgencySettings;
import agency.app.Program;
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
        Program program = Program.assemble(settings, !options.noModel);
        program.start();
        program.stopOnSignal();
        try {
            boolean terminal = Text.terminal();
            FirstWords.say(program, terminal, out);
            offerFound(program, terminal, out);
            ModelProgress.show(program, terminal, out);
            program.awaitStop();
        } finally {
            program.stop();
        }
        return AgencyCommand.OK;
    }

    /** Keys that lie in the environment are named, and used only after a yes. */
    @SuppressWarnings(
            "SystemConsoleNull") // from JDK 25 on there is none again when output is redirected
    private void offerFound(Program program, boolean terminal, PrintWriter out) {
        List<String> found = program.found();
        if (found.isEmpty()) {
            return;
        }
        if (options.useEnvironment) {
            program.adoptFound().forEach(out::println);
            return;
        }
        out.println("Found on this machine: " + String.join(", ", found));
        java.io.Console console = System.console();
        if (!terminal || console == null) {
            out.println("Not used. Start with --use-env to connect what was found.");
            return;
        }
        out.print("Connect what was found? [y/N] ");
        out.flush();
        String answer = console.readLine();
        if (answer != null && answer.strip().toLowerCase(java.util.Locale.ROOT).startsWith("y")) {
            program.adoptFound().forEach(out::println);
        }
    }
}
