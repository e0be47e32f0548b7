package agency.ledger.port;

import java.util.Map;
import java.util.UUID;

/** What each key has spent so far, in nano-units, as the projection of the log says. */
@FunctionalInterface
public interface SpentByKey {
    /** Reads it; blocks. */
    Map<UUID, Long> read();
}
