package agency.ledger.flow;

import agency.ledger.domain.cap.CapCell;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/** The cells of all keys: one per key that has ever spent anything or has a cap. */
final class Caps {
    private final Map<UUID, CapCell> cells = new ConcurrentHashMap<>();

    /** The cell of a key. */
    CapCell cell(UUID key) {
        CapCell cell = cells.get(key);
        return cell != null ? cell : cells.computeIfAbsent(key, any -> new CapCell(0));
    }

    /** What keys had spent when this process started; adds to what their cells have. */
    void posted(Map<UUID, Long> nanosByKey) {
        nanosByKey.forEach((key, nanos) -> cell(key).settle(0, nanos));
    }
}
