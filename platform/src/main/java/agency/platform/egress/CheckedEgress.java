package agency.platform.egress;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/**
 * The checks of {@link Egress}: every address a name resolves to must be allowed, and the
 * connection is made to an address that was checked, so that a name which changes its mind between
 * check and connection gains nothing.
 */
public final class CheckedEgress implements Egress {
    /** How long a checked target is remembered. */
    public static final Duration REMEMBERED = Duration.ofSeconds(60);

    private static final int MAX_REMEMBERED = 1_000;
    private static final int MAX_RESOLVING = 64;
    private static final long RESOLVE_MILLIS = 5_000;
    private static final Set<String> METADATA_HOSTS =
            Set.of(
                    "metadata.google.internal",
                    "metadata",
                    "instance-data",
                    "metadata.azure.internal");

    private final Vertx vertx;
    private final List<String> allowed;
    private final Set<String> allowedOrigins = ConcurrentHashMap.newKeySet();
    private final Cache<String, Target> remembered;
    private final Semaphore resolving = new Semaphore(MAX_RESOLVING);
    private final Names names;

    /** Resolves a name; the system's resolver but in tests. */
    interface Names {
        /** All addresses of a name. */
        InetAddress[] resolve(String host) throws UnknownHostException;
    }

    /** Checks by these settings. */
    public CheckedEgress(Vertx vertx, EgressSettings settings) {
        this(vertx, settings, InetAddress::getAllByName);
    }

    CheckedEgress(Vertx vertx, EgressSettings settings, Names names) {
        this.vertx = vertx;
        this.allowed = settings.allow();
        this.names = names;
        this.remembered =
                Caffeine.newBuilder()
                        .maximumSize(MAX_REMEMBERED)
                        .expireAfterWrite(REMEMBERED)
                        .build();
    }

    /**
     * Allows one private origin by name: something that was found on this machine and accepted by
     * its operator.
     */
    public void allow(URI origin) {
        allowedOrigins.add(originOf(origin));
    }

    @Override
    public Future<Target> target(URI url) {
        Target known = remembered.getIfPresent(key(url));
        return known != null ? Future.succeededFuture(known) : check(url);
    }

    private Future<Target> check(URI url) {
        String refusal = refusedForm(url);
        if (refusal != null) {
            return Future.failedFuture(new Refused(refusal));
        }
        if (!resolving.tryAcquire()) {
            return Future.failedFuture(
                    new Refused("too many names are being resolved at once; try again"));
        }
        Context context = vertx.getOrCreateContext();
        Promise<Target> promise = Promise.promise();
        long timer =
                vertx.setTimer(
                        RESOLVE_MILLIS,
                        expired ->
                                promise.tryFail(
                                        new Refused(
                                                url.getHost()
                                                        + " did not resolve within "
                                                        + RESOLVE_MILLIS
                                                        + " ms")));
        Thread.ofVirtual()
                .name("resolve")
                .start(() -> {
                    try {
                        Target target = resolved(url);
                        remembered.put(key(url), target);
                        context.runOnContext(done -> promise.tryComplete(target));
                    } catch (Refused refused) {
                        context.runOnContext(done -> promise.tryFail(refused));
                    } finally {
                        resolving.release();
                        vertx.cancelTimer(timer);
                    }
                });
        return promise.future();
    }

    private Target resolved(URI url) {
        String host = url.getHost();
        InetAddress[] addresses;
        try {
            addresses = names.resolve(bare(host));
        } catch (UnknownHostException unknown) {
            throw new Refused("the host " + host + " is not known");
        }
        for (InetAddress address : addresses) {
            check(url, address);
        }
        boolean tls = url.getScheme().equals("https");
        if (!tls) {
            refuseInTheClear(url, addresses);
        }
        int port = url.getPort() > 0 ? url.getPort() : tls ? 443 : 80;
        return new Target(bare(host), addresses[0].getHostAddress(), port, tls);
    }

    private void check(URI url, InetAddress address) {
        switch (AddressKind.of(address)) {
            case PUBLIC -> {}
            case FORBIDDEN ->
                    throw new Refused(
                            url.getHost()
                                    + " leads to "
                                    + address.getHostAddress()
                                    + ", an address that may never be called (link-local, metadata"
                                    + " or reserved)");
            case PRIVATE -> {
                if (!isAllowed(url, address)) {
                    throw new Refused(
                            url.getHost()
                                    + " leads to the private address "
                                    + address.getHostAddress()
                                    + "; to allow it, add "
                                    + originOf(url)
                                    + " to egress.allow in agency.yaml");
                }
            }
        }
    }

    /** A key sent over plain HTTP can be read by every network on the way. */
    private void refuseInTheClear(URI url, InetAddress[] addresses) {
        for (InetAddress address : addresses) {
            if (AddressKind.of(address) == AddressKind.PUBLIC && !isAllowed(url, address)) {
                throw new Refused(
                        url.getHost()
                                + " is on the internet, where http:// shows keys to everyone on the"
                                + " way: use https://, or add "
                                + originOf(url)
                                + " to egress.allow in agency.yaml");
            }
        }
    }

    private boolean isAllowed(URI url, InetAddress address) {
        if (allowedOrigins.contains(originOf(url))) {
            return true;
        }
        for (String entry : allowed) {
            if (entry.contains("://")
                    ? originOf(URI.create(entry)).equals(originOf(url))
                    : entry.contains("/")
                            ? AddressKind.inNetwork(address, entry)
                            : entry.equalsIgnoreCase(bare(url.getHost()))) {
                return true;
            }
        }
        return false;
    }

    private static @Nullable String refusedForm(URI url) {
        String scheme = url.getScheme();
        if (!"http".equals(scheme) && !"https".equals(scheme)) {
            return "only http:// and https:// can be called, not " + scheme;
        }
        if (url.getHost() == null) {
            return "the address names no host";
        }
        if (url.getUserInfo() != null) {
            return "an address must not hold a user name or password";
        }
        return METADATA_HOSTS.contains(url.getHost().toLowerCase(Locale.ROOT))
                ? url.getHost() + " is a metadata service and may never be called"
                : null;
    }

    private static String key(URI url) {
        return url.getScheme() + "://" + url.getRawAuthority();
    }

    private static String originOf(URI url) {
        boolean tls = "https".equals(url.getScheme());
        int port = url.getPort() > 0 ? url.getPort() : tls ? 443 : 80;
        String host = url.getHost() == null ? "" : url.getHost().toLowerCase(Locale.ROOT);
        return url.getScheme() + "://" + host + ":" + port;
    }

    private static String bare(String host) {
        return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    }
}
