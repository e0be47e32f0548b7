package agency.platform.audit.http;

import static org.assertj.core.api.Assertions.assertThat;

import agency.kernel.fact.FactMeta;
import agency.kernel.fact.FactType;
import agency.kernel.fact.Position;
import agency.kernel.fact.Recorded;
import agency.kernel.fact.StreamName;
import agency.platform.audit.AuditQuery;
import agency.platform.audit.AuditTrail;
import agency.platform.audit.RefusalsCounted;
import agency.platform.config.Configuration;
import agency.platform.config.Sources;
import agency.platform.http.Authenticator;
import agency.platform.http.BytesInFlight;
import agency.platform.http.EventLoops;
import agency.platform.http.HttpServerPart;
import agency.platform.http.Permission;
import agency.platform.http.ServerSettings;
import agency.platform.json.Json;
import agency.platform.postgres.Database;
import agency.platform.postgres.Schema;
import agency.platform.testing.PostgresFixture;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** The trail on a real PostgreSQL, through a real server. */
class AuditRoutesTest {
    private static final Instant START = Instant.parse("2026-11-21T10:00:00Z");
    private static final UUID ADA = new UUID(7, 1);
    private static final String SESSION = new UUID(7, 2).toString();

    /** A key was made for somebody, as access would say it. */
    record KeyMade(String key) {}

    /** Somebody signed in. */
    record SignedIn(String session) {}

    private static final FactType<KeyMade> KEY_MADE =
            new FactType<>("test.key.made", 1, KeyMade.class);
    private static final FactType<SignedIn> SIGNED_IN =
            new FactType<>("test.session.opened", 1, SignedIn.class);

    record Root(ServerSettings server) {}

    private final AuditTrail trail =
            new AuditTrail(
                    Set.of("test.key", "test.session"),
                    fact -> true,
                    fact ->
                            fact instanceof SignedIn in
                                    ? Optional.of(new AuditTrail.Acting(in.session(), ADA))
                                    : Optional.empty());
    private final EventLoops loops = new EventLoops(1);
    private final HttpClient client = HttpClient.newHttpClient();
    private Database database;
    private HttpServerPart server;
    private long position;

    private static final Authenticator AUTHENTICATOR =
            new Authenticator() {
                @Override
                public @Nullable Principal bearer(String token, String clientAddress) {
                    Set<Permission> may =
                            token.equals("auditor")
                                    ? Set.of(Permission.of("audit.read"), Permission.INSTALLATION)
                                    : Set.of(Permission.of("audit.read"));
                    int tenant = token.equals("neighbour") ? 2 : 1;
                    return new Principal(new UUID(0, 1), tenant, "owner", may, null);
                }

                @Override
                public @Nullable Principal session(String cookie) {
                    return null;
                }
            };

    @BeforeEach
    void start() throws Exception {
        database = PostgresFixture.fresh(Schema.of("audit", "db/audit"));
        ServerSettings settings =
                Configuration.load(Root.class, Sources.none().flags(List.of("--server.port=0")))
                        .values()
                        .server();
        server =
                new HttpServerPart(
                        settings,
                        loops,
                        new AuditRoutes(
                                        new AuditQuery(database.jdbi(), () -> 3),
                                        person ->
                                                person.equals(ADA)
                                                        ? Optional.of("=Ada \"A\"")
                                                        : Optional.empty())
                                .routes(),
                        AUTHENTICATOR,
                        new BytesInFlight(1 << 20),
                        new SimpleMeterRegistry(),
                        List.of());
        server.start();
    }

    @AfterEach
    void stop() {
        server.close();
        loops.close();
        database.close();
    }

    @Test
    void saysWhoDidWhatNewestFirst() throws Exception {
        apply(
                fact(1, "test.session", SESSION, "link", SIGNED_IN, new SignedIn(SESSION)),
                fact(1, "test.key", "k1", SESSION, KEY_MADE, new KeyMade("k1")));
        JsonNode items = get("owner", "").path("items");
        assertThat(items).hasSize(2);
        assertThat(items.path(0).path("action").asString()).isEqualTo("test.key.made");
        assertThat(items.path(0).path("person").asString()).isEqualTo(ADA.toString());
        assertThat(items.path(0).path("name").asString()).isEqualTo("=Ada \"A\"");
        assertThat(items.path(0).path("target").path("id").asString()).isEqualTo("k1");
        assertThat(items.path(0).path("outcome").asString()).isEqualTo("done");
        assertThat(items.path(1).path("actor").asString()).isEqualTo("link");
        assertThat(items.path(1).path("person").asString())
                .as("whom the fact itself signs in")
                .isEqualTo(ADA.toString());
    }

    @Test
    void findsByWhateverIsAskedFor() throws Exception {
        apply(
                fact(1, "test.session", SESSION, "link", SIGNED_IN, new SignedIn(SESSION)),
                fact(1, "test.key", "k1", SESSION, KEY_MADE, new KeyMade("k1")),
                fact(1, "test.key", "k2", "start", KEY_MADE, new KeyMade("k2")),
                refusal(1, "createKey", SESSION));
        assertThat(targets("?action=test.key")).containsExactly("k2", "k1");
        assertThat(targets("?action=test.key.made&actor=start")).containsExactly("k2");
        assertThat(targets("?action=test.ke")).isEmpty();
        assertThat(targets("?target=k1")).containsExactly("k1");
        assertThat(get("owner", "?person=" + ADA).path("items")).hasSize(3);
        assertThat(get("owner", "?outcome=done").path("items")).hasSize(3);
        JsonNode refused = get("owner", "?outcome=refused").path("items");
        assertThat(refused).hasSize(1);
        assertThat(refused.path(0).path("reason").asString()).isEqualTo("permission-missing");
        assertThat(refused.path(0).path("times").asInt()).isEqualTo(4);
        assertThat(refused.path(0).path("network").asString()).isEqualTo("10.0.0.0/24");
        assertThat(targets("?from=" + START.plusSeconds(3) + "&to=" + START.plusSeconds(4)))
                .containsExactly("k2");
    }

    @Test
    void showsAnOrganisationItsOwnOnly() throws Exception {
        apply(
                fact(1, "test.key", "k1", "start", KEY_MADE, new KeyMade("k1")),
                fact(2, "test.key", "k2", "start", KEY_MADE, new KeyMade("k2")),
                refusal(0, "signIn", null));
        assertThat(get("owner", "?organization=2").path("items")).hasSize(1);
        assertThat(get("neighbour", "").path("items").path(0).path("target").path("id").asString())
                .isEqualTo("k2");
        assertThat(get("auditor", "").path("items")).hasSize(3);
        assertThat(get("auditor", "?organization=0").path("items").path(0).path("actor").asString())
                .isEqualTo("nobody");
    }

    @Test
    void goesThroughAllPagesOnceAndExportsTheSame() throws Exception {
        List<Recorded> many = new ArrayList<>();
        for (int i = 0; i < 1_250; i++) {
            many.add(fact(1, "test.key", "k" + i, "start", KEY_MADE, new KeyMade("k" + i)));
        }
        apply(many.toArray(Recorded[]::new));
        List<String> seen = new ArrayList<>();
        String cursor = "";
        do {
            JsonNode page = get("owner", "?limit=200" + cursor);
            page.path("items").forEach(item -> seen.add(item.path("target").path("id").asString()));
            String next = page.path("next_cursor").asString("");
            cursor = next.isEmpty() ? "" : "&cursor=" + next;
        } while (!cursor.isEmpty());
        assertThat(seen).hasSize(1_250).doesNotHaveDuplicates();
        assertThat(seen.getFirst()).isEqualTo("k1249");
        HttpResponse<String> ndjson = ask("owner", "/export");
        assertThat(ndjson.body().lines()).hasSize(1_250);
        assertThat(
                        Json.mapper()
                                .readTree(ndjson.body().lines().findFirst().orElseThrow())
                                .path("action")
                                .asString())
                .isEqualTo("test.key.made");
        HttpResponse<String> csv = ask("owner", "/export?format=csv&target=k7");
        assertThat(csv.headers().firstValue("content-disposition").orElse(""))
                .contains("audit.csv");
        assertThat(csv.body().lines()).hasSize(2);
    }

    @Test
    void defusesWhatASpreadsheetWouldRun() throws Exception {
        apply(fact(1, "test.session", SESSION, "link", SIGNED_IN, new SignedIn(SESSION)));
        String line = ask("owner", "/export?format=csv").body().lines().toList().getLast();
        assertThat(line).contains(",\"'=Ada \"\"A\"\"\",");
        assertThat(Csv.cell("a,b")).isEqualTo("\"a,b\"");
        assertThat(Csv.cell("-1")).isEqualTo("'-1");
        assertThat(Csv.cell("")).isEmpty();
    }

    @Test
    void saysWhatIsWrong() throws Exception {
        for (String wrong :
                List.of(
                        "?from=yesterday",
                        "?person=x",
                        "?outcome=maybe",
                        "?cursor=x",
                        "?cursor=YS9iL2M",
                        "?limit=0",
                        "?action=",
                        "/export?format=xml")) {
            HttpResponse<String> answer = ask("owner", wrong);
            assertThat(answer.statusCode()).as(wrong).isEqualTo(400);
            assertThat(answer.body()).contains("must");
        }
        assertThat(ask("auditor", "?organization=x").statusCode()).isEqualTo(400);
    }

    @Test
    void isForgottenByGeneration() throws Exception {
        apply(fact(1, "test.session", SESSION, "link", SIGNED_IN, new SignedIn(SESSION)));
        database.jdbi().useHandle(sql -> trail.forget(sql, 3));
        assertThat(get("owner", "").path("items")).isEmpty();
        assertThat(trail.name()).isEqualTo("audit.trail");
        assertThat(trail.categories()).contains("test.key", RefusalsCounted.CATEGORY);
    }

    private List<String> targets(String query) throws Exception {
        List<String> ids = new ArrayList<>();
        get("owner", query)
                .path("items")
                .forEach(item -> ids.add(item.path("target").path("id").asString()));
        return ids;
    }

    private JsonNode get(String caller, String query) throws Exception {
        HttpResponse<String> answer = ask(caller, query);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return Json.mapper().readTree(answer.body());
    }

    private HttpResponse<String> ask(String caller, String rest) throws Exception {
        return client.send(
                HttpRequest.newBuilder(URI.create(server.address() + "/api/v1/audit" + rest))
                        .header("authorization", "Bearer " + caller)
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private void apply(Recorded... facts) {
        database.jdbi().useTransaction(sql -> trail.apply(List.of(facts), sql, 3));
    }

    private Recorded refusal(int tenant, String operation, @Nullable String actor) {
        return fact(
                tenant,
                RefusalsCounted.CATEGORY,
                "2026-11-21",
                "refusals",
                RefusalsCounted.TYPE,
                new RefusalsCounted(
                        operation, "permission-missing", actor, "10.0.0.0/24", 4, START, START));
    }

    private <E extends Record> Recorded fact(
            int tenant, String category, String key, String actor, FactType<E> type, E fact) {
        long at = ++position;
        return new Recorded(
                new Position(new UUID(0, 1), 0, at),
                StreamName.of(tenant, category, key),
                1,
                new UUID(9, at),
                type,
                START.plusSeconds(at),
                new FactMeta(actor, new UUID(8, at), null),
                fact);
    }
}
