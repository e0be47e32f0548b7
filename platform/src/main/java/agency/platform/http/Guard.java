package agency.platform.http;

import agency.platform.crypto.Digests;
import agency.platform.crypto.Secret;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.SocketAddress;
import java.net.InetAddress;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The one place that asks whether a caller may use a route. */
final class Guard {
    private static final String BEARER = "Bearer ";

    /** Longest credential that is looked at, in characters: tokens of others may be long. */
    private static final int MAX_CREDENTIAL = 8_300;

    private final Authenticator authenticator;
    private final @Nullable Secret metricsToken;
    private final boolean peerIsCaller;
    private final Clients clients;

    Guard(Authenticator authenticator, ServerSettings settings, Clients clients) {
        this.authenticator = authenticator;
        this.metricsToken = settings.metricsToken();
        this.peerIsCaller = !settings.behindProxy();
        this.clients = clients;
    }

    /**
     * Lets the caller in or throws 401 or 403.
     *
     * @param known is told who calls, as soon as it is known and even when he may not; of nobody
     *     where nobody asks
     */
    void admit(
            Permission asked, HttpServerRequest request, Consumer<Authenticator.Principal> known) {
        if (asked.equals(Permission.PUBLIC) || asked.equals(Permission.PROJECT_KEY)) {
            return;
        }
        if (asked.equals(Permission.OBSERVER)) {
            observer(request, known);
        } else {
            holder(asked, request, known);
        }
    }

    private void observer(HttpServerRequest request, Consumer<Authenticator.Principal> known) {
        if (peerIsCaller && isLoopback(request.remoteAddress())) {
            return;
        }
        String token = bearer(request.headers());
        if (token != null && metricsToken != null && Digests.same(token, metricsToken.reveal())) {
            return;
        }
        holder(Permission.INSTALLATION, request, known);
    }

    private void holder(
            Permission asked, HttpServerRequest request, Consumer<Authenticator.Principal> known) {
        Authenticator.Principal principal = identify(request, known);
        if (!principal.permissions().contains(asked)) {
            throw new Problem(
                    403,
                    "permission-missing",
                    "Not allowed",
                    "This needs the permission "
                            + asked
                            + ", which the role "
                            + principal.role()
                            + " does not have.",
                    Map.of("permission", asked.name(), "role", principal.role()));
        }
    }

    /**
     * Whether the credential of these headers still lets in the one it let in before, with no right
     * less. Reads memory only and may be called on any thread.
     */
    boolean stillIs(
            Authenticator.Principal before, MultiMap headers, String address, boolean secure) {
        try {
            String token = bearer(headers);
            String cookie = token == null ? cookie(headers, secure) : null;
            Authenticator.Principal now = null;
            if (token != null) {
                now = authenticator.bearer(token, address);
            } else if (cookie != null) {
                now = authenticator.session(cookie);
            }
            return now != null
                    && now.actor().equals(before.actor())
                    && now.tenant() == before.tenant()
                    && now.permissions().containsAll(before.permissions());
        } catch (Problem refused) {
            return false;
        }
    }

    private Authenticator.Principal identify(
            HttpServerRequest request, Consumer<Authenticator.Principal> known) {
        String token = bearer(request.headers());
        if (token != null) {
            Authenticator.Principal bearer = authenticator.bearer(token, clients.address(request));
            if (bearer != null) {
                known.accept(bearer);
                return bearer;
            }
            throw unauthorized("The key is unknown, revoked or expired.");
        }
        String cookie = cookie(request.headers(), clients.secure(request));
        if (cookie == null) {
            throw unauthorized(
                    "No credential came with the request: send Authorization: Bearer <key>.");
        }
        Authenticator.Principal session = authenticator.session(cookie);
        if (session == null) {
            throw unauthorized("The session has ended; sign in again.");
        }
        known.accept(session);
        if (changes(request.method())) {
            String sent = request.getHeader("x-csrf-token");
            if (session.csrf() == null || sent == null || !Digests.same(sent, session.csrf())) {
                throw new Problem(
                        403,
                        "csrf-token-missing",
                        "Not allowed",
                        "A request that changes something and comes with a session must repeat the"
                                + " session's token in X-CSRF-Token.");
            }
        }
        return session;
    }

    private static @Nullable String cookie(MultiMap headers, boolean secure) {
        String header = headers.get("cookie");
        String cookie = header == null ? null : SessionCookie.read(header, secure).orElse(null);
        return cookie == null || cookie.length() > MAX_CREDENTIAL ? null : cookie;
    }

    private static @Nullable String bearer(MultiMap headers) {
        String header = headers.get("authorization");
        if (header == null
                || header.length() > MAX_CREDENTIAL
                || !header.regionMatches(true, 0, BEARER, 0, BEARER.length())) {
            return null;
        }
        return header.substring(BEARER.length()).strip();
    }

    private static boolean changes(HttpMethod method) {
        return !method.equals(HttpMethod.GET)
                && !method.equals(HttpMethod.HEAD)
                && !method.equals(HttpMethod.OPTIONS);
    }

    private static boolean isLoopback(@Nullable SocketAddress peer) {
        if (peer == null || peer.hostAddress() == null) {
            return false;
        }
        return InetAddress.ofLiteral(peer.hostAddress()).isLoopbackAddress();
    }

    static Problem unauthorized(String detail) {
        return new Problem(401, "invalid-api-key", "Not authenticated", detail);
    }
}
