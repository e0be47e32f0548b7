package agency.access.view.fingerprint;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * The SHA-256 of a secret (FIPS 180-4) as four words: what a bearer is found by. A secret has 256
 * random bits, so a plain hash keeps it as safe as a slow one would.
 */
public record Fingerprint(long a, long b, long c, long d) {
    /** Cloned for each use: cheaper than asking the provider, and free of locks. */
    private static final MessageDigest SHA_256 = sha256();

    /** The fingerprint of a secret. */
    public static Fingerprint of(String secret) {
        return read(digest().digest(secret.getBytes(StandardCharsets.UTF_8)));
    }

    /** The fingerprint written as 64 hexadecimal digits. */
    public static Fingerprint parse(String hex) {
        byte[] bytes = HexFormat.of().parseHex(hex);
        if (bytes.length != 32) {
            throw new IllegalArgumentException("a SHA-256 has 32 bytes, not " + bytes.length);
        }
        return read(bytes);
    }

    /** As 64 lower-case hexadecimal digits, the form facts carry. */
    public String hex() {
        HexFormat hex = HexFormat.of();
        return hex.toHexDigits(a) + hex.toHexDigits(b) + hex.toHexDigits(c) + hex.toHexDigits(d);
    }

    /** Equal in every bit; the time it takes does not tell which bits differ. */
    @Override
    public boolean equals(Object other) {
        return other instanceof Fingerprint that
                && ((a ^ that.a) | (b ^ that.b) | (c ^ that.c) | (d ^ that.d)) == 0;
    }

    /** Some of its bits, which are evenly spread already. */
    @Override
    public int hashCode() {
        return (int) a;
    }

    private static Fingerprint read(byte[] bytes) {
        return new Fingerprint(word(bytes, 0), word(bytes, 8), word(bytes, 16), word(bytes, 24));
    }

    private static long word(byte[] bytes, int from) {
        long word = 0;
        for (int i = from; i < from + Long.BYTES; i++) {
            word = word << Byte.SIZE | (bytes[i] & 0xFF);
        }
        return word;
    }

    private static MessageDigest digest() {
        try {
            return (MessageDigest) SHA_256.clone();
        } catch (CloneNotSupportedException e) {
            throw new IllegalStateException("the JDK's SHA-256 can be cloned", e);
        }
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
