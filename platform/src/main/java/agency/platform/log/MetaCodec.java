package agency.platform.log;

import agency.kernel.fact.FactMeta;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.UUID;

/**
 * A fact's circumstances in bytes: one byte of flags (1: has a cause, 2: its append carried an id
 * of its own and no expected version), the correlation (16 bytes), the cause (16 bytes, if any),
 * the actor in UTF-8.
 */
final class MetaCodec {
    /** Longest actor, in bytes of UTF-8. */
    static final int MAX_ACTOR = 200;

    private static final int CAUSED = 1;
    private static final int KEYED = 2;

    private MetaCodec() {}

    static byte[] encode(FactMeta meta, boolean keyed) {
        byte[] actor = meta.actor().getBytes(StandardCharsets.UTF_8);
        if (actor.length > MAX_ACTOR) {
            throw new IllegalArgumentException(
                    "an actor has at most " + MAX_ACTOR + " bytes, not " + actor.length);
        }
        UUID cause = meta.causation();
        ByteBuffer bytes = ByteBuffer.allocate(17 + (cause == null ? 0 : 16) + actor.length);
        bytes.put((byte) ((cause == null ? 0 : CAUSED) | (keyed ? KEYED : 0)));
        put(bytes, meta.correlation());
        if (cause != null) {
            put(bytes, cause);
        }
        return bytes.put(actor).array();
    }

    static FactMeta decode(byte[] stored) {
        ByteBuffer bytes = ByteBuffer.wrap(stored);
        int flags = bytes.get();
        UUID correlation = new UUID(bytes.getLong(), bytes.getLong());
        UUID cause = (flags & CAUSED) == 0 ? null : new UUID(bytes.getLong(), bytes.getLong());
        return new FactMeta(StandardCharsets.UTF_8.decode(bytes).toString(), correlation, cause);
    }

    /** Whether the fact's append must have left a row in {@code log.event_key}. */
    static boolean keyed(byte[] stored) {
        return (stored[0] & KEYED) != 0;
    }

    private static void put(ByteBuffer bytes, UUID id) {
        bytes.putLong(id.getMostSignificantBits()).putLong(id.getLeastSignificantBits());
    }
}
