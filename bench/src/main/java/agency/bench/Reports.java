package agency.bench;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/**
 * How long a benchmark runs and where its report goes: the options that all with a report share.
 */
public final class Reports {
    private static final Path PUBLISHED = Path.of("docs/benchmarks");
    private static final Path TRIED = Path.of("target/benchmarks");

    @Option(
            names = "--short",
            description = "A quick look: fewer and shorter rounds, not to be published.")
    private boolean brief;

    @Option(
            names = "--to",
            paramLabel = "FOLDER",
            description =
                    "Where the table and its JSON are written (default: docs/benchmarks, with"
                            + " --short target/benchmarks).")
    private @Nullable Path to;

    /** Whether only a quick look is wanted. */
    public boolean brief() {
        return brief;
    }

    /** The folder that the report goes to; it may not be there yet. */
    public Path folder() {
        if (to != null) return to;
        return brief ? TRIED : PUBLISHED;
    }
}
