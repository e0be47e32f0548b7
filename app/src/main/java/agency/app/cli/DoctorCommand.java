package agency.app.cli;

import agency.app.AgencySettings;
import agency.app.doctor.Finding;
import agency.app.doctor.MachineChecks;
import agency.app.profile.Profile;
import agency.kernel.fault.Fault;
import agency.platform.config.Configuration;
import java.io.PrintWriter;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;

/** {@code agency doctor}: what Agency stands on; every line is good or comes with its fix. */
@Command(
        name = "doctor",
        description = "Look at what Agency stands on; every line is good or comes with its fix.")
final class DoctorCommand implements Callable<Integer> {
    @Mixin private final StartOptions options = new StartOptions();

    @Option(
            names = "--config",
            description = "Print every setting with where it came from, secrets as stars.")
    private boolean config;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before any command runs
    private CommandSpec spec;

    @Override
    public Integer call() {
        Configuration<AgencySettings> configuration =
                options.configuration(spec.commandLine().getUnmatchedArguments());
        PrintWriter out = spec.commandLine().getOut();
        if (config) {
            out.print(configuration.shown());
            out.flush();
            return AgencyCommand.OK;
        }
        AgencySettings values = configuration.values();
        List<Finding> ofTheServer = running(values);
        List<Finding> findings =
                new ArrayList<>(machine(values, !ofTheServer.isEmpty()).findings());
        findings.addAll(ofTheServer);
        if (ofTheServer.isEmpty()) {
            findings.add(
                    Finding.warning(
                            "running",
                            "no Agency answers on " + values.data(),
                            "Start it with `agency up`; then the database and the providers are"
                                    + " looked at too."));
        }
        for (Finding finding : findings) {
            out.printf("%-8s %-10s %s%n", mark(finding), finding.what(), finding.seen());
            if (!finding.fix().isEmpty()) {
                out.printf("%-8s %-10s → %s%n", "", "", finding.fix());
            }
        }
        out.flush();
        boolean bad = findings.stream().anyMatch(finding -> finding.state() == Finding.State.BAD);
        return bad ? AgencyCommand.FAILED : AgencyCommand.OK;
    }

    /** One that runs listens where it was told to when it started, not where it would be today. */
    private static MachineChecks machine(AgencySettings values, boolean running) {
        URI runs = running ? Profile.read(values.data()).address() : null;
        return new MachineChecks(
                values.data(),
                runs == null ? values.server().host() : runs.getHost(),
                runs == null ? values.server().port() : runs.getPort(),
                running);
    }

    /** What the running Agency sees of its database and providers; empty when none runs. */
    private static List<Finding> running(AgencySettings values) {
        if (!Profile.existsIn(values.data())) {
            return List.of();
        }
        try {
            Profile profile = Profile.read(values.data());
            List<Finding> findings = new ArrayList<>();
            for (JsonNode item :
                    new AgencyClient(profile.address(), profile.token())
                            .read("/api/v1/doctor")
                            .path("items")) {
                findings.add(
                        new Finding(
                                item.path("what").asString(),
                                Finding.State.valueOf(
                                        item.path("state").asString().toUpperCase(Locale.ROOT)),
                                item.path("seen").asString(),
                                item.path("fix").asString("")));
            }
            return findings;
        } catch (Fault notRunning) {
            if (notRunning.code().equals("cli.unreachable")) {
                return List.of();
            }
            return List.of(
                    Finding.bad(
                            "running",
                            notRunning.getMessage() + "",
                            "Stop it and start it again."));
        }
    }

    private static String mark(Finding finding) {
        return switch (finding.state()) {
            case GOOD -> "good";
            case WARNING -> "warning";
            case BAD -> "BAD";
        };
    }
}
