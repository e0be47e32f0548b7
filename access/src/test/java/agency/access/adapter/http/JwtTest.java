package agency.access.adapter.http;

import static org.assertj.core.api.Assertions.assertThat;

import agency.access.adapter.http.Server.Got;
import agency.access.api.JwtSettings;
import agency.access.house.MemoryHouse;
import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import com.nimbusds.jwt.SignedJWT;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Tokens of another issuer, which is a real HTTP server here. */
class JwtTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private static RSAKey rsa;
    private static RSAKey other;
    private static ECKey ec;

    private final AtomicInteger asked = new AtomicInteger();
    private volatile String published = "";
    private volatile boolean down;
    private HttpServer issuer;
    private String name;
    private Server server;

    @BeforeAll
    static void keys() throws JOSEException {
        rsa = new RSAKeyGenerator(2048).keyID("r1").generate();
        other = new RSAKeyGenerator(2048).keyID("r2").generate();
        ec = new ECKeyGenerator(Curve.P_256).keyID("e1").generate();
    }

    @BeforeEach
    void start() throws Exception {
        issuer = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        name = "http://127.0.0.1:" + issuer.getAddress().getPort();
        publish(new JWKSet(List.of(rsa.toPublicJWK(), ec.toPublicJWK())));
        issuer.createContext(
                "/",
                exchange -> {
                    String path = exchange.getRequestURI().getPath();
                    String text =
                            path.equals("/.well-known/openid-configuration")
                                    ? "{\"jwks_uri\": \"" + name + "/keys\"}"
                                    : published;
                    if (path.equals("/keys")) {
                        asked.incrementAndGet();
                    }
                    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
                    exchange.sendResponseHeaders(down ? 500 : 200, bytes.length);
                    exchange.getResponseBody().write(bytes);
                    exchange.close();
                });
        issuer.start();
        JwtSettings settings =
                new JwtSettings(
                        name,
                        "agency",
                        null,
                        "roles",
                        "installation",
                        "org",
                        List.of("platform-team=admin"));
        server = new Server(new MemoryHouse().restarted(settings, JwtTest::fetch));
        until(rsa);
    }

    @AfterEach
    void stop() {
        server.close();
        issuer.stop(0);
    }

    @Test
    void letTheirBearersInAsWhatTheyClaim() throws Exception {
        Got who = ask(token(rsa, claims -> claims.claim("roles", List.of("x", "platform-team"))));
        assertThat(who.status()).as(who.raw().body()).isEqualTo(200);
        assertThat(who.json().path("role").asString()).isEqualTo("admin");
        Got same = ask(token(ec, claims -> claims.claim("roles", "viewer")));
        assertThat(same.json().path("person"))
                .as("issuer and subject make the same person, whatever the key")
                .isEqualTo(who.json().path("person"));
        Got another = ask(token(rsa, claims -> claims.subject("eve")));
        assertThat(another.json().path("person")).isNotEqualTo(who.json().path("person"));
        Got operator = ask(token(rsa, claims -> claims.claim("installation", "operator")));
        assertThat(operator.json().path("installation_role").asString()).isEqualTo("operator");
    }

    @Test
    void makeKeysWithinTheirRole() throws Exception {
        String admin = token(rsa, claims -> claims.claim("roles", "admin"));
        Got made = send("POST", "/api/v1/keys", "{\"name\": \"k\"}", admin);
        assertThat(made.status()).as(made.raw().body()).isEqualTo(201);
        String viewer = token(rsa, claims -> claims.claim("roles", "viewer"));
        assertThat(send("POST", "/api/v1/keys", "{\"name\": \"k\"}", viewer).status())
                .isEqualTo(403);
        assertThat(send("POST", "/api/v1/admin-links", null, admin).status())
                .as("a token makes no session, which would outlive it")
                .isEqualTo(401);
    }

    @Test
    void letNobodyInWhoMightBeSomebodyElse() throws Exception {
        Instant now = server.house.ticking.instant();
        refused(token(rsa, claims -> claims.audience("other")), "aud");
        refused(token(rsa, claims -> claims.issuer("http://evil.example")), "iss");
        refused(token(rsa, claims -> claims.expirationTime(at(now.minusSeconds(61)))), "expired");
        refused(token(rsa, claims -> claims.notBeforeTime(at(now.plusSeconds(61)))), "before");
        refused(token(rsa, claims -> claims.expirationTime(null)), "exp");
        refused(token(rsa, claims -> claims.subject(null)), "sub");
        refused(token(rsa, claims -> claims.expirationTime(at(now.plusSeconds(90_000)))), "longer");
        refused(token(rsa, claims -> claims.claim("roles", "king")), "role");
        refused(token(rsa, claims -> claims.claim("org", "one")), "organisation");
        assertThat(ask(token(rsa, claims -> claims.claim("org", 7))).status()).isEqualTo(401);
        assertThat(
                        ask(token(rsa, claims -> claims.expirationTime(at(now.minusSeconds(59)))))
                                .status())
                .as("clocks may be a minute apart")
                .isEqualTo(200);
    }

    @Test
    void letNobodyInByATokenThatTheIssuerDidNotSign() throws Exception {
        JWTClaimsSet claims = claims(builder -> {});
        assertThat(ask(new PlainJWT(claims).serialize()).status()).isEqualTo(401);
        byte[] publicKey = rsa.toRSAPublicKey().getEncoded();
        refused(
                sign(
                        claims,
                        new JWSHeader.Builder(JWSAlgorithm.HS256).keyID("r1").build(),
                        new MACSigner(publicKey)),
                "algorithm");
        RSAKey forged = new RSAKey.Builder(other).keyID("r1").build();
        refused(token(forged, builder -> {}), "valid");
        String whole = token(rsa, builder -> {});
        refused(whole.substring(0, whole.length() - 8) + "AAAAAAAA", "valid");
        refused("eyJ" + "a".repeat(9_000) + ".b.c", "");
        refused("eyJhbGciOiJub25lIn0..", "");
    }

    @Test
    void goOnWithNewKeysOfTheIssuerButAskSeldom() throws Exception {
        int before = asked.get();
        for (int i = 0; i < 50; i++) {
            refused(token(other, builder -> {}), "does not publish");
        }
        assertThat(asked.get() - before).as("not once for each").isLessThanOrEqualTo(1);
        publish(new JWKSet(List.of(other.toPublicJWK())));
        until(other);
        refused(token(rsa, builder -> {}), "does not publish");
    }

    @Test
    void keepTheLastKeysForADayWhenTheIssuerIsDown() throws Exception {
        down = true;
        server.house.ticking.move(Duration.ofHours(23));
        assertThat(ask(token(rsa, builder -> {})).status()).isEqualTo(200);
        server.house.ticking.move(Duration.ofHours(2));
        Got later = ask(token(rsa, builder -> {}));
        assertThat(later.status()).isEqualTo(503);
        assertThat(later.header("retry-after")).isNotEmpty();
        down = false;
        until(rsa);
    }

    private void refused(String token, String says) throws Exception {
        Got got = ask(token);
        assertThat(got.status()).as(got.raw().body()).isEqualTo(401);
        assertThat(got.json().path("detail").asString().toLowerCase(java.util.Locale.ROOT))
                .contains(says);
        assertThat(got.raw().body()).doesNotContain(token);
    }

    /** Keys are fetched by themselves meanwhile, and seldom: asks as time goes by. */
    private void until(RSAKey key) throws Exception {
        long end = System.nanoTime() + PATIENCE.toNanos();
        Got got = ask(token(key, claims -> {}));
        while (got.status() != 200 && System.nanoTime() < end) {
            server.house.ticking.move(Duration.ofSeconds(31));
            Thread.sleep(20);
            got = ask(token(key, claims -> {}));
        }
        assertThat(got.status()).as(got.raw().body()).isEqualTo(200);
    }

    private Got ask(String token) throws Exception {
        return send("GET", "/api/v1/session", null, token);
    }

    private Got send(String method, String path, String body, String token) throws Exception {
        return server.ask(method, path, body, "authorization", "Bearer " + token);
    }

    private String token(RSAKey key, Consumer<JWTClaimsSet.Builder> change) throws JOSEException {
        return sign(
                claims(change),
                new JWSHeader.Builder(JWSAlgorithm.RS256).keyID(key.getKeyID()).build(),
                new RSASSASigner(key));
    }

    private String token(ECKey key, Consumer<JWTClaimsSet.Builder> change) throws JOSEException {
        return sign(
                claims(change),
                new JWSHeader.Builder(JWSAlgorithm.ES256).keyID(key.getKeyID()).build(),
                new ECDSASigner(key));
    }

    private static String sign(JWTClaimsSet claims, JWSHeader header, JWSSigner signer)
            throws JOSEException {
        SignedJWT jwt = new SignedJWT(header, claims);
        jwt.sign(signer);
        return jwt.serialize();
    }

    private JWTClaimsSet claims(Consumer<JWTClaimsSet.Builder> change) {
        JWTClaimsSet.Builder claims =
                new JWTClaimsSet.Builder()
                        .issuer(name)
                        .audience("agency")
                        .subject("ada")
                        .claim("roles", "viewer")
                        .expirationTime(at(server.house.ticking.instant().plusSeconds(3_600)));
        change.accept(claims);
        return claims.build();
    }

    private static Date at(Instant moment) {
        return Date.from(moment);
    }

    private void publish(JWKSet set) {
        published = set.toString(true);
    }

    private static String fetch(URI address) throws IOException {
        try (HttpClient client = HttpClient.newHttpClient()) {
            HttpResponse<String> answer =
                    client.send(
                            HttpRequest.newBuilder(address).build(),
                            HttpResponse.BodyHandlers.ofString());
            if (answer.statusCode() != 200) {
                throw new IOException("the issuer answered with status " + answer.statusCode());
            }
            return answer.body();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }
}
