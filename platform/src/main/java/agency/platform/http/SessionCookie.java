package agency.platform.http;

import java.time.Duration;
import java.util.Optional;

/**
 * The cookie that carries a browser's session. Over TLS it is bound to this very host ({@code
 * __Host-}, RFC 6265bis section 4.1.3.2); over plain HTTP, which is for loopback only, browsers
 * would refuse that prefix, so it goes by its plain name.
 */
public final class SessionCookie {
    /** Its name over TLS. */
    public static final String SECURE_NAME = "__Host-agency-session";

    /** Its name over plain HTTP on loopback. */
    public static final String PLAIN_NAME = "agency-session";

    /** Longest {@code Cookie} header that is looked through, in characters. */
    public static final int MAX_HEADER = 8192;

    private SessionCookie() {}

    /** The {@code Set-Cookie} that hands a session over for so long. */
    public static String set(String value, boolean secure, Duration life) {
        return (secure ? SECURE_NAME : PLAIN_NAME)
                + "="
                + value
                + "; Path=/; HttpOnly; SameSite=Strict; Max-Age="
                + life.toSeconds()
                + (secure ? "; Secure" : "");
    }

    /** The {@code Set-Cookie} that takes it away. */
    public static String clear(boolean secure) {
        return set("", secure, Duration.ZERO);
    }

    /** The session in a {@code Cookie} header, if there is one; an overlong header has none. */
    public static Optional<String> read(String header, boolean secure) {
        if (header.length() > MAX_HEADER) {
            return Optional.empty();
        }
        String start = (secure ? SECURE_NAME : PLAIN_NAME) + "=";
        for (String pair : header.split(";")) {
            String cookie = pair.strip();
            if (cookie.startsWith(start) && cookie.length() > start.length()) {
                return Optional.of(cookie.substring(start.length()));
            }
        }
        return Optional.empty();
    }
}
