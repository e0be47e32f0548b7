package agency.platform.http;

import io.vertx.core.http.HttpServerRequest;
import java.net.InetAddress;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * On loopback, answers only to loopback's own names: a page of another site whose name was made to
 * point at 127.0.0.1 (DNS rebinding) still sends that site's name.
 */
final class HostCheck {
    private final boolean on;
    private final Set<String> names = new HashSet<>();
    private volatile String lastGood = "";

    HostCheck(boolean on, List<String> more) {
        this.on = on;
        names.add("localhost");
        more.forEach(name -> names.add(name.toLowerCase(Locale.ROOT)));
    }

    /**
     * Throws 421 when the request was meant for someone else, 400 when it does not say for whom. A
     * target in absolute form replaces the header (RFC 9112, section 3.2.2).
     */
    void check(HttpServerRequest request) {
        if (!on) {
            return;
        }
        String host = request.getHeader("host");
        String target = request.uri();
        if (host == null) {
            throw Problems.malformed(
                    400,
                    "The request has no Host header, so it does not say which server is meant.");
        }
        if (target != null && !target.startsWith("/") && target.contains("://")) {
            String authority = target.substring(target.indexOf("://") + 3);
            host = authority.split("[/?#]", 2)[0];
        }
        if (host.equals(lastGood)) {
            return;
        }
        if (!allowed(host)) {
            String shown = host.replaceAll("[^A-Za-z0-9.:\\[\\]-]", "?");
            throw Problems.wrongHost(shown.length() > 100 ? shown.substring(0, 100) : shown);
        }
        lastGood = host;
    }

    private boolean allowed(String host) {
        if (host.length() > 255) {
            return false;
        }
        String name = host.toLowerCase(Locale.ROOT);
        int colon = name.lastIndexOf(':');
        if (colon > name.lastIndexOf(']')) {
            name = name.substring(0, colon);
        }
        if (names.contains(name)) {
            return true;
        }
        String bare =
                name.startsWith("[") && name.endsWith("]")
                        ? name.substring(1, name.length() - 1)
                        : name;
        try {
            return InetAddress.ofLiteral(bare).isLoopbackAddress();
        } catch (IllegalArgumentException e) {
            return false;
        }
    }
}
