package agency.app.cli;

import agency.app.AgencySettings;
import agency.app.Program;
import agency.platform.telemetry.Logging;
import java.util.concurrent.Callable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code agency serve}: the same program for a service manager, which talks to nobody. */
@Command(
        name = "serve",
        description = "Run Agency for a service manager: logs as JSON, asks nothing.",
        footer = "Every setting can be given as --section.key=value; see docs/configuration.md.")
final class ServeCommand implements Callable<Integer> {
    private static final Logger LOG = LoggerFactory.getLogger(ServeCommand.class);

    @Mixin private final StartOptions options = new StartOptions();

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before any command runs
    private CommandSpec spec;

    @Option(
            names = "--rehearse",
            hidden = true,
            description = "Call our own doors once ready, then stop.")
    private boolean rehearse;

    @Override
    public Integer call() throws InterruptedException {
        AgencySettings settings =
                options.configuration(spec.commandLine().getUnmatchedArguments()).values();
        Logging.configure(settings.telemetry(), false);
        Program program = Program.assemble(settings, !options.noModel);
        program.start();
        if (options.useEnvironment) {
            program.adoptFound().forEach(LOG::info);
        }
        program.fetchFirstModel();
        LOG.info(
                "ready at {}; the sign-in link is in {}",
                program.address(),
                FirstWords.toFile(program));
        if (rehearse) {
            try {
                Rehearsal.of(program);
            } finally {
                program.stop();
            }
            return AgencyCommand.OK;
        }
        program.stopOnSignal(() -> LOG.info("stopping: answers under way may finish"));
        program.awaitStop();
        return AgencyCommand.OK;
    }
}
