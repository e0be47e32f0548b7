package agency.app.cli;

import agency.kernel.fault.Fault;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code agency}: the list of commands is the table of contents. */
@Command(
        name = "agency",
        description =
                "Gives AI to apps, people and customers, and accounts for every message, token and"
                        + " coin.",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            UpCommand.class,
            ServeCommand.class,
            CheckoutCommands.Test.class,
            CheckoutCommands.Build.class,
            CheckoutCommands.Bench.class,
            DoctorCommand.class,
            PartsCommand.class,
            ProjectionsCommand.class,
            ModelsCommand.class,
            ChatCommand.class,
            KeysCommand.class,
            ProjectsCommand.class,
            BudgetsCommand.class,
            UsersCommand.class,
            OrganizationsCommand.class,
            EventsCommand.class,
            AuditCommand.class,
            BackupCommand.class,
            AdminCommand.class,
            OpenApiCommand.class,
        })
public final class AgencyCommand implements Runnable {
    /** The command did what it was asked. */
    public static final int OK = 0;

    /** It could not, and said why. */
    public static final int FAILED = 1;

    /** It was not understood. */
    public static final int MISUSED = 2;

    private static final Set<String> TAKING_SETTINGS = Set.of("up", "serve", "doctor");

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before any command runs
    private CommandSpec spec;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            scope = CommandLine.ScopeType.INHERIT,
            description = "Say what the command does.")
    @SuppressWarnings("UnusedVariable") // picocli reads it
    private boolean help;

    /** Runs one command line; gives the exit status. */
    public static int run(String... arguments) {
        return run(
                new PrintWriter(System.out, true, StandardCharsets.UTF_8),
                new PrintWriter(System.err, true, StandardCharsets.UTF_8),
                arguments);
    }

    /** The same, writing somewhere else. */
    static int run(PrintWriter out, PrintWriter err, String... arguments) {
        CommandLine commands = new CommandLine(new AgencyCommand());
        commands.setOut(out);
        commands.setErr(err);
        // These take every setting as a flag; Configuration says which of them are none.
        commands.getSubcommands()
                .forEach((name, command) ->
                        command.setUnmatchedArgumentsAllowed(TAKING_SETTINGS.contains(name)));
        commands.setExecutionExceptionHandler((failure, command, parsed) -> {
            if (failure instanceof Fault fault) {
                err.println("agency: " + fault.getMessage());
            } else {
                err.println(
                        "agency: unexpected "
                                + failure.getClass().getSimpleName()
                                + ": "
                                + failure.getMessage());
                if (System.getenv("AGENCY_DEBUG") != null) {
                    failure.printStackTrace(err);
                } else {
                    err.println(
                            "Set AGENCY_DEBUG=1 to see where. This is a bug; please report it.");
                }
            }
            err.flush();
            return FAILED;
        });
        commands.setParameterExceptionHandler((wrong, parsed) -> {
            CommandLine command = wrong.getCommandLine();
            err.println("agency: " + Misunderstood.said(wrong));
            err.println("See: " + command.getCommandSpec().qualifiedName() + " --help");
            err.flush();
            return MISUSED;
        });
        return commands.execute(arguments);
    }

    @Override
    public void run() {
        spec.commandLine().usage(spec.commandLine().getOut());
    }
}
