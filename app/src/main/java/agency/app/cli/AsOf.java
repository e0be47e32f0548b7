package agency.app.cli;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** As of when something is shown. */
final class AsOf {
    @Option(
            names = "--as-of",
            paramLabel = "MOMENT",
            description =
                    "As it was then: a moment like 2026-11-26T12:00:00Z, or a position of the log"
                            + " like 0:1234.")
    @Nullable String point;
}
