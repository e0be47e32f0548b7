package agency.ledger.port;

import agency.kernel.money.Nanos;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Knows the caps of keys that have one of their own. Reads memory only. */
@FunctionalInterface
public interface KeyCaps {
    /** The most that a key may ever use, which never changes; null when it has no such cap. */
    @Nullable Nanos cap(UUID key);
}
