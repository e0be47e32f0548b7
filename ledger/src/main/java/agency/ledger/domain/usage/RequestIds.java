package agency.ledger.domain.usage;

import java.util.UUID;

/** UUIDs as 22 characters of base64url each (RFC 4648, section 5, without padding). */
final class RequestIds {
    /** Characters of one id. */
    static final int LENGTH = 22;

    private static final String ALPHABET =
            "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    private static final byte[] VALUES = values();

    private RequestIds() {}

    static void write(UUID id, StringBuilder to) {
        long high = id.getMostSignificantBits();
        long low = id.getLeastSignificantBits();
        for (int shift = 58; shift >= 4; shift -= 6) {
            to.append(ALPHABET.charAt((int) (high >>> shift) & 63));
        }
        to.append(ALPHABET.charAt((int) ((high & 15) << 2 | low >>> 62)));
        for (int shift = 56; shift >= 2; shift -= 6) {
            to.append(ALPHABET.charAt((int) (low >>> shift) & 63));
        }
        to.append(ALPHABET.charAt((int) (low & 3) << 4));
    }

    static UUID read(String text, int at) {
        long high = 0;
        for (int i = 0; i < 10; i++) {
            high = high << 6 | value(text.charAt(at + i));
        }
        long middle = value(text.charAt(at + 10));
        high = high << 4 | middle >>> 2;
        long low = middle & 3;
        for (int i = 11; i < 21; i++) {
            low = low << 6 | value(text.charAt(at + i));
        }
        low = low << 2 | value(text.charAt(at + 21)) >>> 4;
        return new UUID(high, low);
    }

    private static long value(char c) {
        byte value = c < VALUES.length ? VALUES[c] : -1;
        if (value < 0) {
            throw new IllegalArgumentException("not base64url: character " + (int) c);
        }
        return value;
    }

    private static byte[] values() {
        byte[] values = new byte[128];
        java.util.Arrays.fill(values, (byte) -1);
        for (int i = 0; i < ALPHABET.length(); i++) {
            values[ALPHABET.charAt(i)] = (byte) i;
        }
        return values;
    }
}
