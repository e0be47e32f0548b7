package agency.app.cli;

import agency.app.AgencySettings;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The option of a command that works on the files of an Agency, without calling it. */
final class DataFolder {
    @Option(
            names = "--data",
            paramLabel = "DIR",
            description = "Where everything is kept (default: ~/.agency).")
    private @Nullable Path data;

    /** The settings that a start on it would have. */
    AgencySettings settings() {
        return StartOptions.settings(data);
    }
}
