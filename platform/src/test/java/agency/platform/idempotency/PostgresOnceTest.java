package agency.platform.idempotency;

import static org.assertj.core.api.Assertions.assertThat;

import agency.platform.config.Configuration;
import agency.platform.config.Sources;
import agency.platform.crypto.SealedBox;
import agency.platform.crypto.SecretSource;
import agency.platform.http.Answer;
import agency.platform.http.Authenticator;
import agency.platform.http.BytesInFlight;
import agency.platform.http.EventLoops;
import agency.platform.http.HttpServerPart;
import agency.platform.http.Permission;
import agency.platform.http.Problem;
import agency.platform.http.Refusals;
import agency.platform.http.Route;
import agency.platform.http.ServerSettings;
import agency.platform.postgres.Database;
import agency.platform.postgres.Schema;
import agency.platform.testing.PostgresFixture;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.http.HttpMethod;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Repeated requests over a real server and a real PostgreSQL. */
class PostgresOnceTest {
    private static final SealedBox BOX = new SealedBox(new byte[32], SecretSource.system());
    private static final Permission WRITE = Permission.of("things.write");

    private static final Authenticator AUTHENTICATOR =
            new Authenticator() {
                @Override
                public Principal bearer(String token, String clientAddress) {
                    UUID actor = UUID.nameUUIDFromBytes(token.getBytes());
                    return new Principal(actor, 1, "owner", Set.of(WRITE), null);
                }

                @Override
                public @Nullable Principal session(String cookie) {
                    return null;
                }
            };

    record Root(ServerSettings server) {}

    private final AtomicInteger done = new AtomicInteger();
    private final CountDownLatch entered = new CountDownLatch(1);
    private final CountDownLatch go = new CountDownLatch(1);
    private final EventLoops loops = new EventLoops(1);
    private final HttpClient client = HttpClient.newHttpClient();
    private Database database;
    private HttpServerPart first;
    private HttpServerPart second;

    @BeforeEach
    void start() {
        database = PostgresFixture.fresh(Schema.of(PostgresOnce.SCHEMA, "db/idempotency"));
        first = server();
        second = server();
    }

    /** Two processes over one database, as far as this is concerned. */
    private HttpServerPart server() {
        ServerSettings settings =
                Configuration.load(Root.class, Sources.none().flags(List.of("--server.port=0")))
                        .values()
                        .server();
        HttpServerPart server =
                new HttpServerPart(
                        settings,
                        loops,
                        List.of(
                                route("/api/v1/things", call -> made()),
                                route(
                                        "/api/v1/refused",
                                        call -> {
                                            done.incrementAndGet();
                                            throw new Problem(409, "no", "No", "No.");
                                        }),
                                route(
                                        "/api/v1/broken",
                                        call -> {
                                            done.incrementAndGet();
                                            throw new IllegalStateException("a bug of this test");
                                        }),
                                route(
                                        "/api/v1/slow",
                                        call -> {
                                            entered.countDown();
                                            go.await();
                                            return made();
                                        }),
                                route(
                                        "/api/v1/nothing",
                                        call -> {
                                            done.incrementAndGet();
                                            return Answer.nothing();
                                        })),
                        AUTHENTICATOR,
                        new BytesInFlight(1 << 20),
                        new SimpleMeterRegistry(),
                        Refusals.UNHEARD,
                        new PostgresOnce(database.jdbi(), () -> BOX),
                        List.of());
        server.start();
        return server;
    }

    private static Route route(String path, agency.platform.http.Handler.Blocking handler) {
        return Route.of(HttpMethod.POST, path, "make" + path.hashCode(), WRITE, handler);
    }

    private Answer made() {
        int number = done.incrementAndGet();
        return Answer.created(
                "/api/v1/things/" + number, Map.of("number", number, "key", "s3cr3t"));
    }

    @AfterEach
    void stop() {
        go.countDown();
        first.close();
        second.close();
        loops.close();
        database.close();
    }

    @Test
    void doesOnceWhatIsAskedTwiceAndAnswersTheSame() throws Exception {
        HttpResponse<String> one = post(first, "/api/v1/things", "a", "k1", "{}");
        HttpResponse<String> two = post(second, "/api/v1/things", "a", "k1", "{}");
        assertThat(done).hasValue(1);
        assertThat(two.statusCode()).isEqualTo(201);
        assertThat(two.body()).isEqualTo(one.body());
        assertThat(two.headers().firstValue("location"))
                .isEqualTo(one.headers().firstValue("location"));
        assertThat(one.headers().firstValue("idempotent-replayed")).isEmpty();
        assertThat(two.headers().firstValue("idempotent-replayed")).contains("true");
        assertThat(post(first, "/api/v1/nothing", "a", "k2", "").statusCode()).isEqualTo(204);
        assertThat(post(first, "/api/v1/nothing", "a", "k2", "").statusCode()).isEqualTo(204);
        assertThat(done).hasValue(2);
    }

    @Test
    void keepsCallersKeysAndRoutesApart() throws Exception {
        post(first, "/api/v1/things", "a", "k1", "{}");
        post(first, "/api/v1/things", "b", "k1", "{}");
        post(first, "/api/v1/things", "a", "k2", "{}");
        post(first, "/api/v1/nothing", "a", "k1", "{}");
        post(first, "/api/v1/things", "a", null, "{}");
        post(first, "/api/v1/things", "a", null, "{}");
        assertThat(done).hasValue(6);
    }

    @Test
    void refusesAKeyThatWasUsedForSomethingElse() throws Exception {
        post(first, "/api/v1/things", "a", "k1", "{}");
        HttpResponse<String> other = post(first, "/api/v1/things", "a", "k1", "{ }");
        assertThat(other.statusCode()).isEqualTo(422);
        assertThat(other.body()).contains("idempotency-key-reused");
        assertThat(done).hasValue(1);
    }

    @Test
    void refusesASecondWhileTheFirstIsUnderWay() throws Exception {
        CompletableFuture<HttpResponse<String>> one =
                client.sendAsync(
                        request(first, "/api/v1/slow", "a", "k1", "{}"),
                        HttpResponse.BodyHandlers.ofString());
        entered.await();
        HttpResponse<String> two = post(second, "/api/v1/slow", "a", "k1", "{}");
        assertThat(two.statusCode()).isEqualTo(409);
        assertThat(two.body()).contains("request-under-way");
        go.countDown();
        assertThat(one.get().statusCode()).isEqualTo(201);
        assertThat(post(second, "/api/v1/slow", "a", "k1", "{}").statusCode()).isEqualTo(201);
        assertThat(done).hasValue(1);
    }

    @Test
    void letsAClearNoBePutRight() throws Exception {
        assertThat(post(first, "/api/v1/refused", "a", "k1", "{}").statusCode()).isEqualTo(409);
        assertThat(post(first, "/api/v1/refused", "a", "k1", "{ }").statusCode()).isEqualTo(409);
        assertThat(done).hasValue(2);
    }

    @Test
    void doesNotDoAgainWhatMayHaveBeenDone() throws Exception {
        assertThat(post(first, "/api/v1/broken", "a", "k1", "{}").statusCode()).isEqualTo(500);
        HttpResponse<String> again = post(first, "/api/v1/broken", "a", "k1", "{}");
        assertThat(again.statusCode()).isEqualTo(409);
        assertThat(again.body()).contains("outcome-unknown");
        assertThat(done).hasValue(1);
    }

    @Test
    void saysOfARequestThatACrashCutOffThatItsOutcomeIsUnknown() throws Exception {
        post(first, "/api/v1/things", "a", "k1", "{}");
        database.jdbi()
                .useHandle(sql ->
                        sql.execute(
                                "UPDATE idempotency.request SET ended = false, answer = NULL, begun"
                                        + " = now() - interval '3 minutes'"));
        assertThat(post(second, "/api/v1/things", "a", "k1", "{}").body())
                .contains("outcome-unknown");
        assertThat(done).hasValue(1);
    }

    @Test
    void forgetsAfterADay() throws Exception {
        post(first, "/api/v1/things", "a", "k1", "{}");
        database.jdbi()
                .useHandle(sql ->
                        sql.execute(
                                "UPDATE idempotency.request SET begun = begun - interval '25"
                                        + " hours'"));
        assertThat(post(first, "/api/v1/things", "a", "k1", "{ }").statusCode()).isEqualTo(201);
        assertThat(done).hasValue(2);
        database.jdbi()
                .useHandle(sql ->
                        sql.execute(
                                "UPDATE idempotency.request SET begun = begun - interval '25"
                                        + " hours'"));
        for (int i = 0; i < 100; i++) {
            post(first, "/api/v1/nothing", "a", "n" + i, "{}");
        }
        assertThat(rows("begun < now() - interval '1 day'")).isZero();
    }

    @Test
    void keepsNothingThatCanBeRead() throws Exception {
        post(first, "/api/v1/things", "a", "k1", "{}");
        assertThat(rows("position('s3cr3t'::bytea IN answer) > 0")).isZero();
        assertThat(rows("answer IS NOT NULL")).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"two words", "tab\there"})
    void refusesAKeyThatIsNone(String key) throws Exception {
        HttpResponse<String> answer = post(first, "/api/v1/things", "a", key, "{}");
        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(post(first, "/api/v1/things", "a", "k".repeat(256), "{}").statusCode())
                .isEqualTo(400);
        assertThat(done).hasValue(0);
    }

    private int rows(String where) {
        return database.jdbi()
                .withHandle(sql ->
                        sql.createQuery("SELECT count(*) FROM idempotency.request WHERE " + where)
                                .mapTo(Integer.class)
                                .one());
    }

    private HttpResponse<String> post(
            HttpServerPart server, String path, String caller, @Nullable String key, String body)
            throws Exception {
        return client.send(
                request(server, path, caller, key, body), HttpResponse.BodyHandlers.ofString());
    }

    private static HttpRequest request(
            HttpServerPart server, String path, String caller, @Nullable String key, String body) {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create(server.address() + path))
                        .header("authorization", "Bearer " + caller)
                        .POST(HttpRequest.BodyPublishers.ofString(body));
        if (key != null) {
            request.header("idempotency-key", key);
        }
        return request.build();
    }
}
