package agency.access.adapter.jwt;

import agency.access.port.KeySets;
import agency.platform.json.Json;
import com.nimbusds.jose.jwk.JWKSet;
import java.io.IOException;
import java.net.URI;
import java.text.ParseException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;

/**
 * The public keys of an issuer. Fetched on a thread of its own, never by whoever asks: when they
 * are first needed, when they grow old, and when a token names one that is not known, but no
 * oftener than every {@link #APART}. What was fetched last counts for {@link #KEPT} when the issuer
 * is down.
 */
final class IssuerKeys {
    /** Shortest time between two fetches. */
    static final Duration APART = Duration.ofSeconds(30);

    /** After this long they are fetched anew. */
    static final Duration FRESH = Duration.ofMinutes(10);

    /** For how long they count when they cannot be fetched anew. */
    static final Duration KEPT = Duration.ofDays(1);

    private static final Logger LOG = LoggerFactory.getLogger(IssuerKeys.class);

    private final KeySets sets;
    private final String issuer;
    private final @Nullable URI keys;
    private final InstantSource clock;
    private final AtomicBoolean fetching = new AtomicBoolean();
    private volatile Known known = new Known(null, Instant.MIN, Instant.MIN);

    private record Known(@Nullable JWKSet set, Instant fetched, Instant tried) {}

    IssuerKeys(KeySets sets, String issuer, @Nullable URI keys, InstantSource clock) {
        this.sets = sets;
        this.issuer = issuer;
        this.keys = keys;
        this.clock = clock;
    }

    /** The keys; null when there are none that count. */
    @Nullable JWKSet current() {
        Known now = known;
        if (now.set == null || clock.instant().isAfter(now.fetched.plus(FRESH))) {
            fetchSoon();
        }
        return now.set == null || clock.instant().isAfter(now.fetched.plus(KEPT)) ? null : now.set;
    }

    /** A token names a key that is not among them: there may be new ones. */
    void fetchSoon() {
        Known now = known;
        if (!now.tried.equals(Instant.MIN) && clock.instant().isBefore(now.tried.plus(APART))) {
            return;
        }
        if (fetching.compareAndSet(false, true)) {
            Thread.ofVirtual().name("issuer-keys").start(this::fetch);
        }
    }

    private void fetch() {
        try {
            JWKSet set = JWKSet.parse(sets.fetch(keys == null ? discovered() : keys));
            known = new Known(set, clock.instant(), clock.instant());
        } catch (IOException | ParseException | JacksonException | IllegalArgumentException no) {
            known = new Known(known.set, known.fetched, clock.instant());
            LOG.atWarn()
                    .addKeyValue("fault", "access.issuer-keys")
                    .log("The keys of the JWT issuer cannot be fetched: {}", no.getMessage());
        } finally {
            fetching.set(false);
        }
    }

    private URI discovered() throws IOException {
        String base = issuer.endsWith("/") ? issuer.substring(0, issuer.length() - 1) : issuer;
        String document = sets.fetch(URI.create(base + "/.well-known/openid-configuration"));
        String address = Json.mapper().readTree(document).path("jwks_uri").asString("");
        if (address.isEmpty()) {
            throw new IOException("its openid-configuration names no jwks_uri");
        }
        return URI.create(address);
    }
}
