package agency.platform.log.transfer;

import agency.platform.config.Setting;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Whether old facts are put away by themselves.
 *
 * @param afterDays facts as old as this are put away, a partition at a time; 0 for never
 * @param folder where the files go; null for {@code archives} in the installation's folder
 */
public record ArchiveSettings(
        @Setting(
                        doc =
                                "Facts of usage that are so many days old are put away into files,"
                                    + " a partition of the log at a time, and their room is given"
                                    + " back; 0 for never. More than ledger.request_days.",
                        def = "0")
                int afterDays,
        @Setting(
                        doc =
                                "Where these files go; without it, the folder archives beside the"
                                        + " database.")
                @Nullable Path folder) {
    private static final int MOST_DAYS = 36_500;

    /** Refuses days out of range. */
    public ArchiveSettings {
        if (afterDays < 0 || afterDays > MOST_DAYS) {
            throw new IllegalArgumentException(
                    "archive.after_days must be 0 to " + MOST_DAYS + ", not " + afterDays);
        }
    }
}
