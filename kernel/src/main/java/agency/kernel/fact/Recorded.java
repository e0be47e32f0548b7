package agency.kernel.fact;

import java.time.Instant;
import java.util.UUID;

/**
 * A fact as it stands in the log.
 *
 * @param position where
 * @param stream of which stream
 * @param version which one of the stream, from 1
 * @param id the fact's own id
 * @param type its stored name, and the newest shape under it: that of {@code fact}
 * @param storedAs in which version of its type it is stored; older ones were made the newest when
 *     it was read
 * @param recordedAt when it was recorded; never decreases within a lane
 * @param meta its circumstances
 * @param fact the fact itself, a record of the type's class
 */
public record Recorded(
        Position position,
        StreamName stream,
        int version,
        UUID id,
        FactType<?> type,
        int storedAs,
        Instant recordedAt,
        FactMeta meta,
        Record fact) {
    /** A fact that is stored in the newest version of its type. */
    public Recorded(
            Position position,
            StreamName stream,
            int version,
            UUID id,
            FactType<?> type,
            Instant recordedAt,
            FactMeta meta,
            Record fact) {
        this(position, stream, version, id, type, type.version(), recordedAt, meta, fact);
    }
}
