package agency.kernel.id;

import java.util.UUID;

/**
 * Makes identifiers: time-ordered UUIDs (version 7, RFC 9562) from a moment and random bits given
 * from outside.
 */
public final class Ids {
    private Ids() {}

    /**
     * A UUID of version 7.
     *
     * @param unixMillis milliseconds since 1970, 48 bits are used
     * @param randomHigh its low 12 bits are used
     * @param randomLow its low 62 bits are used
     */
    public static UUID version7(long unixMillis, long randomHigh, long randomLow) {
        long high = (unixMillis << 16) | 0x7000L | (randomHigh & 0x0FFFL);
        long low = 0x8000_0000_0000_0000L | (randomLow & 0x3FFF_FFFF_FFFF_FFFFL);
        return new UUID(high, low);
    }
}
