package agency.platform.http;

import agency.kernel.network.AddressRange;
import agency.platform.config.Bytes;
import agency.platform.config.Setting;
import agency.platform.crypto.Secret;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How the HTTP server listens and what it bears: the section {@code server}. */
public record ServerSettings(
        @Setting(
                        doc =
                                "Address to listen on. Other than loopback it needs TLS or"
                                        + " `behind_proxy`.",
                        def = "127.0.0.1")
                String host,
        @Setting(doc = "Port to listen on; 0 picks a free one.", def = "8080") int port,
        @Setting(doc = "Event loops for network traffic; 0 for one per processor.", def = "0")
                int eventLoops,
        @Setting(
                        doc =
                                "A proxy in front of Agency speaks TLS to the world: allows other"
                                        + " addresses than loopback.",
                        def = "false")
                boolean behindProxy,
        @Setting(doc = "Proxies whose `X-Forwarded-For` is believed. Nobody's is by" + " default.")
                List<AddressRange> trustedProxies,
        @Setting(
                        doc =
                                "Names besides localhost under which a server on loopback may be"
                                        + " called.")
                List<String> allowedHosts,
        @Setting(doc = "Certificate chain in PEM; turns TLS on.") @Nullable Path tlsCertificate,
        @Setting(doc = "Private key of the certificate in PEM.") @Nullable Path tlsKey,
        @Setting(
                        doc =
                                "Web origins whose pages may call `/api` and `/v1` with a key"
                                        + " (CORS), as `https://app.example.com`. None by default.")
                List<String> corsOrigins,
        @Setting(doc = "Longest body of a request, unless its route says otherwise.", def = "1MiB")
                Bytes maxBody,
        @Setting(
                        doc = "Request bytes held in memory at once, all requests together.",
                        def = "64MiB")
                Bytes maxBytesInFlight,
        @Setting(doc = "Longest head of a request: all its headers.", def = "16KiB")
                Bytes maxHeader,
        @Setting(doc = "Longest first line of a request.", def = "8KiB") Bytes maxLine,
        @Setting(doc = "Connections open at once; more are closed unheard.", def = "10000")
                int maxConnections,
        @Setting(doc = "Management requests worked on at once; more get 503.", def = "256")
                int maxBlockingCalls,
        @Setting(doc = "Longest wait for the first head on a new connection.", def = "10s")
                Duration headerTimeout,
        @Setting(doc = "Longest wait for a whole body.", def = "60s") Duration bodyTimeout,
        @Setting(doc = "Longest quiet time of a connection between requests.", def = "75s")
                Duration keepAlive,
        @Setting(doc = "Longest time a client may take in nothing of its answer.", def = "60s")
                Duration stallTimeout,
        @Setting(doc = "Longest wait for requests in flight when stopping.", def = "15s")
                Duration stopTimeout,
        @Setting(doc = "Token that may read `/metrics` and `/ready` from beyond loopback.")
                @Nullable Secret metricsToken) {

    /** Refuses what would not be safe or makes no sense, naming the fix. */
    public ServerSettings {
        within("port", port, 0, 65_535);
        within("event_loops", eventLoops, 0, 256);
        within("max_connections", maxConnections, 1, 1_000_000);
        within("max_blocking_calls", maxBlockingCalls, 1, 100_000);
        within("max_header", maxHeader.count(), 1024, 1024 * 1024);
        within("max_line", maxLine.count(), 256, 1024 * 1024);
        within("max_body", maxBody.count(), 1, Integer.MAX_VALUE / 2);
        for (String origin : corsOrigins) {
            if (!Cors.isOrigin(origin)) {
                throw new IllegalArgumentException(
                        "cors_origins must list origins as browsers send them, like"
                                + " https://app.example.com or http://localhost:3000 (lower case,"
                                + " without path, without the usual port, no *), not "
                                + origin);
            }
        }
        if ((tlsCertificate == null) != (tlsKey == null)) {
            throw new IllegalArgumentException("tls_certificate and tls_key belong together");
        }
        if (!isLoopback(host) && tlsCertificate == null && !behindProxy) {
            throw new IllegalArgumentException(
                    "host "
                            + host
                            + " can be reached from outside, but keys would travel in the clear:"
                            + " set tls_certificate and tls_key, or behind_proxy=true when a proxy"
                            + " in front speaks TLS, or listen on 127.0.0.1");
        }
    }

    /** Whether only this machine can reach the server. */
    public boolean loopbackOnly() {
        return isLoopback(host);
    }

    /** Whether the server itself speaks TLS. */
    public boolean tls() {
        return tlsCertificate != null;
    }

    private static boolean isLoopback(String host) {
        if (host.equals("localhost")) {
            return true;
        }
        try {
            return InetAddress.ofLiteral(host).isLoopbackAddress();
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private static void within(String name, long value, long min, long max) {
        if (value < min || value > max) {
            throw new IllegalArgumentException(
                    name + " must be " + min + " to " + max + ", not " + value);
        }
    }
}
