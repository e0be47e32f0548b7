package agency.access.adapter.http;

import agency.platform.crypto.Digests;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/**
 * What a browser repeats in {@code X-CSRF-Token} to show that its own page asks. Made from the
 * session's cookie, which another site cannot read, so that nothing more is stored.
 */
final class CsrfToken {
    private static final byte[] PURPOSE = "agency/csrf".getBytes(StandardCharsets.US_ASCII);

    private CsrfToken() {}

    /** The token that goes with a cookie. */
    static String of(String cookie) {
        byte[] mac = Digests.hmacSha256(cookie.getBytes(StandardCharsets.UTF_8), PURPOSE);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(mac);
    }
}
