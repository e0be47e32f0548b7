package agency.access.adapter.jwt;

import agency.access.api.JwtSettings;
import agency.access.domain.organisation.Organisation;
import agency.access.domain.role.InstallationRole;
import agency.access.domain.role.Role;
import agency.access.domain.role.Standing;
import agency.access.port.KeySets;
import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.source.ImmutableJWKSet;
import com.nimbusds.jose.proc.BadJOSEException;
import com.nimbusds.jose.proc.JWSVerificationKeySelector;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import com.nimbusds.jwt.proc.DefaultJWTClaimsVerifier;
import com.nimbusds.jwt.proc.DefaultJWTProcessor;
import java.nio.charset.StandardCharsets;
import java.text.ParseException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Date;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Who bears a JWT (RFC 7519, RFC 8725) of the configured issuer, and as what its claims let him in.
 * Only signatures by public keys of the issuer count, by a named list of algorithms; {@code iss},
 * {@code aud}, {@code exp}, {@code nbf} and {@code sub} are checked. Who he is are issuer and
 * subject together, never an e-mail.
 */
public final class JwtBearers {
    /** Longest token that is looked at, in characters. */
    public static final int MAX_LENGTH = 8_192;

    /** How far the issuer's clock may be off. */
    static final Duration SKEW = Duration.ofSeconds(60);

    /** Longest life of a token that lets in: it cannot be taken back before. */
    static final Duration MAX_LIFE = Duration.ofHours(24);

    private static final Set<JWSAlgorithm> ALGORITHMS =
            Set.of(
                    JWSAlgorithm.RS256,
                    JWSAlgorithm.RS384,
                    JWSAlgorithm.RS512,
                    JWSAlgorithm.PS256,
                    JWSAlgorithm.PS384,
                    JWSAlgorithm.PS512,
                    JWSAlgorithm.ES256,
                    JWSAlgorithm.ES384,
                    JWSAlgorithm.ES512);

    private final JwtSettings settings;
    private final String issuer;
    private final IssuerKeys keys;
    private final InstantSource clock;
    private final Map<String, Role> roles = new HashMap<>();

    /** Somebody whom a token lets in. */
    public record Bearer(UUID id, int tenant, Standing standing) {}

    /** What a token is worth. */
    public sealed interface Answer {
        /** It lets in. */
        record Known(Bearer bearer) implements Answer {}

        /** It lets nobody in; {@code why} ends the sentence "the token …". */
        record Refused(String why) implements Answer {}

        /** The issuer's keys are not here yet. */
        record Later() implements Answer {}
    }

    private JwtBearers(JwtSettings settings, String issuer, KeySets sets, InstantSource clock) {
        this.settings = settings;
        this.issuer = issuer;
        this.keys = new IssuerKeys(sets, issuer, settings.keys(), clock);
        this.clock = clock;
        for (Role role : EnumSet.allOf(Role.class)) {
            roles.put(role.toString(), role);
        }
        for (String entry : settings.roles()) {
            int at = entry.lastIndexOf('=');
            roles.put(
                    entry.substring(0, at),
                    Role.valueOf(entry.substring(at + 1).toUpperCase(Locale.ROOT)));
        }
    }

    /** Those of the configured issuer; empty when there is none. */
    public static Optional<JwtBearers> of(JwtSettings settings, KeySets sets, InstantSource clock) {
        return Optional.ofNullable(settings.issuer())
                .map(issuer -> new JwtBearers(settings, issuer, sets, clock));
    }

    /** Whether a credential is written as a JWT is, and not as our own are. */
    public static boolean looksLikeOne(String token) {
        return token.startsWith("eyJ") && token.chars().filter(c -> c == '.').count() == 2;
    }

    /** Who bears this token. Never blocks: keys that are not here are fetched meanwhile. */
    public Answer bearer(String token) {
        if (token.length() > MAX_LENGTH) {
            return new Answer.Refused("has more than " + MAX_LENGTH + " characters");
        }
        SignedJWT jwt;
        try {
            jwt = SignedJWT.parse(token);
        } catch (ParseException | IllegalArgumentException no) {
            return new Answer.Refused("is no signed JWT");
        }
        if (!ALGORITHMS.contains(jwt.getHeader().getAlgorithm())) {
            return new Answer.Refused("is signed by an algorithm that is not allowed");
        }
        JWKSet set = keys.current();
        if (set == null) {
            return new Answer.Later();
        }
        String kid = jwt.getHeader().getKeyID();
        if (kid != null && set.getKeyByKeyId(kid) == null) {
            keys.fetchSoon();
            return new Answer.Refused("is signed by a key that the issuer does not publish");
        }
        try {
            return known(processor(set, jwt.getHeader().getAlgorithm()).process(jwt, null));
        } catch (BadJOSEException | JOSEException no) {
            return new Answer.Refused("is not valid: " + reason(no));
        }
    }

    private static String reason(Exception no) {
        return Objects.requireNonNullElse(no.getMessage(), "it cannot be verified")
                .toLowerCase(Locale.ROOT);
    }

    private DefaultJWTProcessor<SecurityContext> processor(JWKSet set, JWSAlgorithm algorithm) {
        DefaultJWTProcessor<SecurityContext> processor = new DefaultJWTProcessor<>();
        processor.setJWSKeySelector(
                new JWSVerificationKeySelector<>(
                        algorithm, new ImmutableJWKSet<>(set.toPublicJWKSet())));
        DefaultJWTClaimsVerifier<SecurityContext> claims =
                new DefaultJWTClaimsVerifier<>(
                        settings.audience(),
                        new JWTClaimsSet.Builder().issuer(issuer).build(),
                        Set.of("sub", "exp")) {
                    @Override
                    protected Date currentTime() {
                        return Date.from(clock.instant());
                    }
                };
        claims.setMaxClockSkew((int) SKEW.toSeconds());
        processor.setJWTClaimsSetVerifier(claims);
        return processor;
    }

    private Answer known(JWTClaimsSet claims) {
        if (claims.getSubject().isBlank()) {
            return new Answer.Refused("names no subject");
        }
        if (claims.getExpirationTime()
                .toInstant()
                .isAfter(clock.instant().plus(MAX_LIFE).plus(SKEW))) {
            return new Answer.Refused("lasts longer than " + MAX_LIFE.toHours() + " hours");
        }
        Role role =
                texts(claims.getClaim(settings.roleClaim())).stream()
                        .map(roles::get)
                        .filter(Objects::nonNull)
                        .findFirst()
                        .orElse(null);
        if (role == null) {
            return new Answer.Refused(
                    "names no role that is known, in the claim " + settings.roleClaim());
        }
        Integer tenant = tenant(claims.getClaim(settings.organizationClaim()));
        if (tenant == null) {
            return new Answer.Refused(
                    "names no organisation's number in the claim " + settings.organizationClaim());
        }
        InstallationRole more =
                tenant == Organisation.FIRST
                        ? installation(claims.getClaim(settings.installationRoleClaim()))
                        : null;
        return new Answer.Known(
                new Bearer(id(claims.getSubject()), tenant, new Standing(role, more)));
    }

    /** The same for ever, of issuer and subject together. */
    private UUID id(String subject) {
        return UUID.nameUUIDFromBytes((issuer + "\n" + subject).getBytes(StandardCharsets.UTF_8));
    }

    private static @Nullable Integer tenant(@Nullable Object claim) {
        if (claim == null) {
            return Organisation.FIRST;
        }
        String text = claim.toString();
        return text.matches("[1-9]\\d{0,8}") ? Integer.valueOf(text) : null;
    }

    private static @Nullable InstallationRole installation(@Nullable Object claim) {
        for (InstallationRole role : InstallationRole.values()) {
            if (texts(claim).contains(role.toString())) {
                return role;
            }
        }
        return null;
    }

    private static List<String> texts(@Nullable Object claim) {
        if (claim instanceof Collection<?> several) {
            List<String> texts = new ArrayList<>();
            several.forEach(one -> texts.add(String.valueOf(one)));
            return texts;
        }
        return claim == null ? List.of() : List.of(claim.toString());
    }
}
