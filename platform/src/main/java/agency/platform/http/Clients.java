package agency.platform.http;

import agency.kernel.network.AddressRange;
import io.vertx.core.http.HttpServerRequest;
import java.net.InetAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Who is at the other end: the peer itself, or, when the peer is a trusted proxy, whom it names in
 * {@code X-Forwarded-For}. Nobody else's forwarded headers are believed.
 */
final class Clients {
    /** Most entries of {@code X-Forwarded-For} that are looked at, from the right. */
    private static final int MAX_HOPS = 10;

    private final List<AddressRange> trusted;
    private final boolean behindProxy;
    private final boolean tls;

    Clients(ServerSettings settings) {
        this.trusted = settings.trustedProxies();
        this.behindProxy = settings.behindProxy();
        this.tls = settings.tls();
    }

    /** The client's address as text. */
    String address(HttpServerRequest request) {
        String peer = peer(request);
        String header = isTrusted(peer) ? request.getHeader("x-forwarded-for") : null;
        if (header == null) {
            return peer;
        }
        String[] hops = header.split(",");
        String nearest = peer;
        for (int i = hops.length - 1; i >= Math.max(0, hops.length - MAX_HOPS); i--) {
            String hop = hops[i].strip();
            if (literal(hop) == null) {
                return nearest;
            }
            nearest = hop;
            if (!isTrusted(hop)) {
                return hop;
            }
        }
        return nearest;
    }

    /** Whether the client's side is TLS. */
    boolean secure(HttpServerRequest request) {
        if (tls) {
            return true;
        }
        if (!behindProxy) {
            return false;
        }
        String said = isTrusted(peer(request)) ? request.getHeader("x-forwarded-proto") : null;
        return said == null || said.equalsIgnoreCase("https");
    }

    private boolean isTrusted(String address) {
        if (trusted.isEmpty()) {
            return false;
        }
        InetAddress parsed = literal(address);
        return parsed != null && trusted.stream().anyMatch(range -> range.contains(parsed));
    }

    private static String peer(HttpServerRequest request) {
        return request.remoteAddress() == null || request.remoteAddress().hostAddress() == null
                ? "unknown"
                : request.remoteAddress().hostAddress();
    }

    /** The address that a text is; null when it is none. */
    static @Nullable InetAddress literal(String text) {
        try {
            return InetAddress.ofLiteral(text);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }
}
