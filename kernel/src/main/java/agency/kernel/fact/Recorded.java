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
 * @param type its stored name and shape
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
        Instant recordedAt,
        FactMeta meta,
        Record fact) {}
