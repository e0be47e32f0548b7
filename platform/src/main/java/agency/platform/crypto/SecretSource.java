package agency.platform.crypto;

import java.security.SecureRandom;
import java.util.Base64;

/** Where unguessable bytes come from. */
@FunctionalInterface
public interface SecretSource {
    /** Fills the array with unguessable bytes. */
    void fill(byte[] bytes);

    /** The operating system's source, which never blocks once the system is up. */
    static SecretSource system() {
        return new SecureRandom()::nextBytes;
    }

    /** That many unguessable bytes. */
    default byte[] bytes(int count) {
        byte[] bytes = new byte[count];
        fill(bytes);
        return bytes;
    }

    /** 256 bits as 43 base64url characters: what keys, links and session cookies are made of. */
    default String token() {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes(32));
    }
}
