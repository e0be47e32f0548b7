package agency.platform.http;

import static org.assertj.core.api.Assertions.assertThat;

import agency.kernel.fact.FactMeta;
import agency.kernel.fact.FactType;
import agency.kernel.fact.Personal;
import agency.kernel.fact.StreamName;
import agency.platform.json.Json;
import agency.platform.log.Append;
import agency.platform.log.LogKit;
import agency.platform.log.LogSettings;
import agency.platform.log.PostgresEventLog;
import agency.platform.log.http.EventRoutes;
import agency.platform.log.verify.Checkpoints;
import agency.platform.log.verify.LogVerifier;
import agency.platform.postgres.Database;
import agency.platform.testing.PostgresFixture;
import java.io.BufferedReader;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** The log over real HTTP. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class EventRoutesTest {
    private static final UUID PERSON = UUID.randomUUID();

    @TempDir private static Path folder;
    private Database database;
    private PostgresEventLog log;
    private Serving serving;

    @BeforeAll
    void start() {
        database = PostgresFixture.fresh(LogKit.SCHEMA);
        log = LogKit.started(database.runtime());
        LogVerifier verifier = new LogVerifier(database::runtime, new Checkpoints(folder));
        serving = new Serving(new EventRoutes(log, verifier).routes());
        for (int i = 0; i < 5; i++) {
            append(
                    "page",
                    i,
                    i % 2 == 0
                            ? new LogKit.Counted(i)
                            : new LogKit.Noted(
                                    "n" + i, new Personal(PERSON, "Ada"), Duration.ofMillis(i)));
        }
    }

    private void append(String key, int version, Record fact) {
        log.append(Append.at(LogKit.stream(key), version, List.of(fact), LogKit.meta())).join();
    }

    @AfterAll
    void stop() throws Exception {
        serving.close();
        log.close();
        database.close();
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + serving.server.port() + path))
                .header("Authorization", "Bearer admin");
    }

    private HttpResponse<String> get(String path) throws Exception {
        return serving.client.send(request(path).build(), HttpResponse.BodyHandlers.ofString());
    }

    @Test
    void pagesThroughFactsWithoutShowingPersonalTexts() throws Exception {
        HttpResponse<String> answer = get("/api/v1/events?limit=2");
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).contains(PERSON.toString()).doesNotContain("Ada");
        JsonNode page = Json.mapper().readTree(answer.body());
        assertThat(page.path("items").size()).isEqualTo(2);
        String next = page.path("next_after").asString();
        JsonNode second = Json.mapper().readTree(get("/api/v1/events?after=" + next).body());
        assertThat(second.path("items").path(0).path("position").asString()).startsWith("0:3@");
    }

    @Test
    void filtersByTypeAndStream() throws Exception {
        String body = get("/api/v1/events?type=test.noted&stream=1/test/page").body();
        assertThat(body).contains("test.noted").doesNotContain("test.counted");
    }

    private JsonNode items(String caller, String query) throws Exception {
        HttpRequest asked =
                HttpRequest.newBuilder(
                                URI.create(
                                        "http://127.0.0.1:"
                                                + serving.server.port()
                                                + "/api/v1/events?"
                                                + query))
                        .header("Authorization", "Bearer " + caller)
                        .build();
        HttpResponse<String> answer =
                serving.client.send(asked, HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode()).isEqualTo(200);
        return Json.mapper().readTree(answer.body()).path("items");
    }

    @Test
    void findsCauseAndEffectsAndWhatOneCallerOrRequestDid() throws Exception {
        UUID cause =
                items("admin", "limit=1").path(0).path("id").asString().transform(UUID::fromString);
        UUID request = UUID.randomUUID();
        log.append(
                        Append.at(
                                StreamName.of(1, "other", "effect"),
                                0,
                                List.of(new LogKit.Counted(7)),
                                new FactMeta("key-7", request, cause)))
                .join();
        for (String query :
                List.of("actor=key-7", "correlation=" + request, "causation=" + cause)) {
            JsonNode found = items("admin", query);
            assertThat(found.size()).as(query).isOne();
            assertThat(found.path(0).path("key").asString()).isEqualTo("effect");
        }
        JsonNode itsCause = items("admin", "id=" + cause);
        assertThat(itsCause.size()).isOne();
        assertThat(itsCause.path(0).path("position").asString()).startsWith("0:1@");
        HttpResponse<String> wrong = get("/api/v1/events?correlation=7");
        assertThat(wrong.statusCode()).isEqualTo(400);
        assertThat(wrong.body()).contains("correlation", "UUID");
    }

    @Test
    void showsAnOrganisationItsOwnFactsOnly() throws Exception {
        assertThat(items("member", "limit=200").size())
                .isEqualTo(items("admin", "limit=200").size())
                .isPositive();
        assertThat(items("neighbour", "limit=200").size()).isZero();
    }

    /** Somebody was greeted: as it was first stored. */
    private record GreetedV1(Personal whom) {
        Greeted up() {
            return new Greeted(List.of(whom), "hello");
        }
    }

    private record Greeted(List<Personal> all, String word) {}

    private static PostgresEventLog greetings(Database database, FactType<?> type) {
        PostgresEventLog log =
                new PostgresEventLog(
                        database::runtime,
                        LogSettings.DEFAULT,
                        List.of(type),
                        () -> LogKit.BOX,
                        LogKit.IDS);
        log.start();
        return log;
    }

    @Test
    void showsAnOlderFactAsTheNewestWithTheVersionItIsStoredIn() throws Exception {
        FactType<GreetedV1> first = new FactType<>("test.greeted", 1, GreetedV1.class);
        try (Database fresh = PostgresFixture.fresh(LogKit.SCHEMA)) {
            try (PostgresEventLog then = greetings(fresh, first)) {
                GreetedV1 fact = new GreetedV1(new Personal(PERSON, "Ada"));
                then.append(Append.at(LogKit.stream("door"), 0, List.of(fact), LogKit.meta()))
                        .join();
            }
            LogVerifier verifier = new LogVerifier(fresh::runtime, new Checkpoints(folder));
            try (PostgresEventLog now = greetings(fresh, first.then(Greeted.class, GreetedV1::up));
                    Serving shown = new Serving(new EventRoutes(now, verifier).routes())) {
                URI address =
                        URI.create(
                                "http://127.0.0.1:"
                                        + shown.server.port()
                                        + "/api/v1/events?type=test.greeted");
                String body =
                        shown.client
                                .send(
                                        HttpRequest.newBuilder(address)
                                                .header("Authorization", "Bearer admin")
                                                .build(),
                                        HttpResponse.BodyHandlers.ofString())
                                .body();
                JsonNode item = Json.mapper().readTree(body).path("items").path(0);
                assertThat(item.path("type_version").asInt()).isEqualTo(1);
                assertThat(item.path("fact").path("word").asString()).isEqualTo("hello");
                assertThat(item.path("fact").path("all").path(0).path("person").asString())
                        .isEqualTo(PERSON.toString());
                assertThat(body).doesNotContain("Ada");
            }
        }
    }

    @Test
    void refusesWrongParametersAndCallersWhoMayNot() throws Exception {
        assertThat(get("/api/v1/events?limit=0").statusCode()).isEqualTo(400);
        assertThat(get("/api/v1/events?after=x").statusCode()).isEqualTo(400);
        assertThat(get("/api/v1/events?after=0:1@" + UUID.randomUUID()).statusCode())
                .isEqualTo(409);
        HttpRequest project =
                request("/api/v1/events").setHeader("Authorization", "Bearer project").build();
        assertThat(serving.client.send(project, HttpResponse.BodyHandlers.ofString()).statusCode())
                .isEqualTo(403);
    }

    @Test
    void tailsLiveFromAPosition() throws Exception {
        HttpResponse<InputStream> answer =
                serving.client.send(
                        request("/api/v1/events?after=0&category=test")
                                .header("Accept", "text/event-stream")
                                .build(),
                        HttpResponse.BodyHandlers.ofInputStream());
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(answer.body(), StandardCharsets.UTF_8))) {
            append("live", 0, new LogKit.Counted(42));
            int facts = 0;
            String line = lines.readLine();
            while (line != null && !line.contains("\"by\":42")) {
                facts += line.startsWith("event: fact") ? 1 : 0;
                line = lines.readLine();
            }
            assertThat(line).isNotNull();
            assertThat(facts).isEqualTo(6);
        }
    }

    @Test
    void verifiesWithAVerdictAsTheLastLine() throws Exception {
        HttpResponse<String> answer =
                serving.client.send(
                        request("/api/v1/events/verify")
                                .POST(HttpRequest.BodyPublishers.noBody())
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
        List<String> lines = answer.body().lines().toList();
        assertThat(lines.getLast()).startsWith("{\"verdict\":").contains("\"whole\":true");
    }
}
