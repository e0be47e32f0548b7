package agency.app.cli;

import agency.app.AgencySettings;
import agency.kernel.fault.Fault;
import agency.kernel.name.Nearest;
import agency.platform.config.Configuration;
import agency.platform.config.Sources;
import agency.platform.crypto.MasterKey;
import agency.platform.crypto.SecretSource;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/**
 * How a start is asked for: the few flags people type, and every setting as {@code
 * --section.key=value}.
 */
final class StartOptions {
    /** Variables of ours that are read by the launcher and the command line, not as settings. */
    private static final Set<String> NOT_SETTINGS =
            Set.of("AGENCY_HEAP", "AGENCY_DEBUG", "AGENCY_API_KEY", "AGENCY_AOT_OUTPUT");

    /** The one setting that lies in no section, apart from the folder, which is an option. */
    private static final String MASTER_KEY = "--master_key";

    private static final List<String> OPTIONS =
            List.of(
                    "--data",
                    "--port",
                    "--config-file",
                    "--behind-proxy",
                    "--no-model",
                    "--use-env");

    @Option(
            names = "--data",
            paramLabel = "DIR",
            description = "Where everything is kept (default: ~/.agency).")
    private @Nullable Path data;

    @Option(
            names = "--port",
            paramLabel = "PORT",
            description = "Port to listen on (default: 8080; 0 picks one).")
    private @Nullable Integer port;

    @Option(
            names = "--config-file",
            paramLabel = "FILE",
            description =
                    "The settings file (default: agency.yaml in this folder, if there is one).")
    private @Nullable Path config;

    @Option(
            names = "--behind-proxy",
            description =
                    "A proxy in front speaks TLS to the world; allows to listen beyond this"
                            + " machine.")
    private boolean behindProxy;

    @Option(names = "--no-model", description = "Do not fetch a model when there is no provider.")
    boolean noModel;

    @Option(
            names = "--use-env",
            description = "Connect the providers whose keys are found in the environment.")
    boolean useEnvironment;

    /**
     * Reads the settings from all their sources.
     *
     * @param settings what was typed besides the options above: {@code --section.key=value}
     */
    Configuration<AgencySettings> configuration(List<String> settings) {
        refuseMistyped(settings);
        List<String> flags = new ArrayList<>(settings);
        if (data != null) {
            flags.add("--data=" + data.toAbsolutePath());
        }
        if (port != null) {
            flags.add("--server.port=" + port);
        }
        if (behindProxy) {
            flags.add("--server.behind_proxy=true");
        }
        Sources sources =
                Sources.none()
                        .flags(flags)
                        .ignoring(NOT_SETTINGS)
                        .environment(System.getenv())
                        .dotEnv(Path.of(".env"))
                        .yaml(config == null ? Path.of(Sources.FILE) : config, config != null);
        return Configuration.load(AgencySettings.class, sources);
    }

    /** The settings of what works on a folder without being started on it. */
    static AgencySettings settings(@Nullable Path data) {
        StartOptions options = new StartOptions();
        options.data = data;
        return options.configuration(List.of()).values();
    }

    /** The master key that there is; none is made. */
    static Optional<MasterKey> masterKey(AgencySettings settings) {
        if (settings.masterKey() != null) {
            return Optional.of(MasterKey.of(settings.masterKey()));
        }
        Path file = MasterKey.usualFile(System.getenv(), Path.of(System.getProperty("user.home")));
        return Files.exists(file)
                ? Optional.of(MasterKey.at(file, settings.data(), SecretSource.system()))
                : Optional.empty();
    }

    /**
     * Every setting lies in a section, so a word without one that is nearly an option is meant as
     * that.
     */
    private static void refuseMistyped(List<String> settings) {
        List<String> mistyped =
                settings.stream()
                        .filter(word -> word.startsWith("--"))
                        .map(word -> word.split("=", 2)[0])
                        .filter(name -> !name.contains(".") && !name.equals(MASTER_KEY))
                        .filter(name -> Nearest.to(name, OPTIONS).isPresent())
                        .map(name -> Misunderstood.option(name, "agency", OPTIONS))
                        .toList();
        if (!mistyped.isEmpty()) {
            throw Fault.lasting("cli.no-such-option", String.join("\n", mistyped), Map.of(), null);
        }
    }
}
