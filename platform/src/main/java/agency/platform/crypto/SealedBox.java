package agency.platform.crypto;

import agency.kernel.fault.Fault;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.Map;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Seals bytes so that only the holder of the key opens them, and only together with the same
 * associated text (what they belong to: a provider and its origin, say).
 *
 * <p>AES-256-GCM (NIST SP 800-38D) with a random nonce: one key may seal some 2^32 boxes, far more
 * than an installation has secrets. A box is {@code version (1 byte) | key id (4) | nonce (12) |
 * ciphertext and tag (16)}; version and key id are authenticated with the associated text.
 */
public final class SealedBox {
    private static final byte VERSION = 1;
    private static final int KEY_ID_BYTES = 4;
    private static final int NONCE_BYTES = 12;
    private static final int TAG_BYTES = 16;
    private static final int HEADER_BYTES = 1 + KEY_ID_BYTES;

    /** Largest content of one box, in bytes. */
    public static final int MAX_PLAIN_BYTES = 16 * 1024 * 1024;

    private final SecretKeySpec key;
    private final byte[] keyId;
    private final SecretSource random;

    /**
     * A box under a key.
     *
     * @param key 32 bytes, from {@link MasterKey#derive}
     */
    public SealedBox(byte[] key, SecretSource random) {
        if (key.length != 32) {
            throw new IllegalArgumentException("a key has 32 bytes, not " + key.length);
        }
        this.key = new SecretKeySpec(key, "AES");
        this.keyId = Arrays.copyOf(Digests.sha256(key), KEY_ID_BYTES);
        this.random = random;
    }

    /** Seals; two boxes of the same content differ. */
    public byte[] seal(byte[] plain, String associated) {
        if (plain.length > MAX_PLAIN_BYTES) {
            throw new IllegalArgumentException("too large for a box: " + plain.length + " bytes");
        }
        byte[] header = header();
        byte[] nonce = random.bytes(NONCE_BYTES);
        byte[] sealed = run(Cipher.ENCRYPT_MODE, header, nonce, plain, associated);
        return ByteBuffer.allocate(header.length + nonce.length + sealed.length)
                .put(header)
                .put(nonce)
                .put(sealed)
                .array();
    }

    /** Opens; throws a {@link Fault} when the box is not whole, of another key or text. */
    public byte[] open(byte[] box, String associated) {
        if (box.length < HEADER_BYTES + NONCE_BYTES + TAG_BYTES) {
            throw closed("it is cut short", null);
        }
        byte[] header = Arrays.copyOf(box, HEADER_BYTES);
        if (header[0] != VERSION) {
            throw closed("it is of a version this program does not know: " + header[0], null);
        }
        if (!Arrays.equals(header, header())) {
            throw closed("it was sealed under another master key", null);
        }
        byte[] nonce = Arrays.copyOfRange(box, HEADER_BYTES, HEADER_BYTES + NONCE_BYTES);
        byte[] sealed = Arrays.copyOfRange(box, HEADER_BYTES + NONCE_BYTES, box.length);
        return run(Cipher.DECRYPT_MODE, header, nonce, sealed, associated);
    }

    private byte[] header() {
        return ByteBuffer.allocate(HEADER_BYTES).put(VERSION).put(keyId).array();
    }

    private byte[] run(int mode, byte[] header, byte[] nonce, byte[] bytes, String associated) {
        try {
            Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
            cipher.init(mode, key, new GCMParameterSpec(TAG_BYTES * 8, nonce));
            cipher.updateAAD(header);
            cipher.updateAAD(associated.getBytes(StandardCharsets.UTF_8));
            return cipher.doFinal(bytes);
        } catch (GeneralSecurityException e) {
            throw closed("it was changed, or belongs to something else", e);
        }
    }

    private static Fault closed(String why, @Nullable Throwable cause) {
        return Fault.lasting(
                "crypto.does-not-open",
                "A sealed value does not open: " + why + ".",
                Map.of(),
                cause);
    }
}
