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
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
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

    private HttpResponse<InputStream> tail(String query, String... headers) throws Exception {
        HttpRequest asked =
                HttpRequest.newBuilder(
                                URI.create(serving.server.address() + "/api/v1/events?" + query))
                        .header("Accept", "text/event-stream")
                        .headers(headers)
                        .build();
        return serving.client.send(asked, HttpResponse.BodyHandlers.ofInputStream());
    }

    private static BufferedReader lines(HttpResponse<InputStream> answer) {
        return new BufferedReader(new InputStreamReader(answer.body(), StandardCharsets.UTF_8));
    }

    private static Authenticator.Principal guest(Permission... rights) {
        return new Authenticator.Principal(
                UUID.randomUUID(), 1, "auditor", Set.of(rights), "csrf-of-guest");
    }

    @Timeout(60) // a stream that does not end is one that is read for ever
    @ParameterizedTest
    @CsvSource({
        "Authorization, Bearer guest-1, guest-1",
        "Cookie, agency-session=guest-2, guest-2"
    })
    void endsALiveTailWithTheKeyOrSessionThatReadsIt(String header, String value, String who)
            throws Exception {
        Serving.GUESTS.put(who, guest(Permission.of("events.read")));
        String after = log.head(0).toString();
        try (BufferedReader lines = lines(tail("after=" + after, header, value))) {
            assertThat(lines.readLine()).isEqualTo(": live");
            append(who, 0, new LogKit.Counted(1));
            String line = lines.readLine();
            while (!line.contains("\"by\":1")) {
                line = lines.readLine();
            }
            Serving.GUESTS.remove(who);
            append(who, 1, new LogKit.Counted(2));
            assertThat(lines.lines().toList())
                    .contains("event: problem", "data: {\"code\":\"no-longer-allowed\"}")
                    .doesNotContain("event: fact");
        }
        assertThat(tail("after=" + after, header, value).statusCode()).isEqualTo(401);
    }

    @Timeout(60)
    @Test
    void endsALiveTailOfWhoMayLessThanBefore() throws Exception {
        Authenticator.Principal before =
                guest(Permission.of("events.read"), Permission.INSTALLATION);
        Serving.GUESTS.put("guest-3", before);
        try (BufferedReader lines = lines(tail("", "Authorization", "Bearer guest-3"))) {
            assertThat(lines.readLine()).isEqualTo(": live");
            Serving.GUESTS.put(
                    "guest-3",
                    new Authenticator.Principal(
                            before.actor(), 1, "x", Set.of(Permission.of("events.read")), null));
            assertThat(lines.lines().toList()).contains("data: {\"code\":\"no-longer-allowed\"}");
        }
    }

    @Test
    void resumesBehindTheLastIdThatWasRead() throws Exception {
        String last = "";
        try (BufferedReader lines =
                lines(tail("after=0&stream=1/test/page", "Authorization", "Bearer admin"))) {
            for (int facts = 0; facts < 3; ) {
                String line = lines.readLine();
                last = line.startsWith("id: ") ? line.substring("id: ".length()) : last;
                facts += line.startsWith("data: ") ? 1 : 0;
            }
        }
        try (BufferedReader lines =
                lines(
                        tail(
                                "after=0&stream=1/test/page",
                                "Authorization",
                                "Bearer admin",
                                "Last-Event-ID",
                                last))) {
            String line = lines.readLine();
            while (!line.startsWith("data: ")) {
                line = lines.readLine();
            }
            JsonNode next = Json.mapper().readTree(line.substring("data: ".length()));
            assertThat(next.path("version").asInt()).isEqualTo(4);
        }
    }

    @Test
    void letsOneCallerReadSixteenStreamsAtOnce() throws Exception {
        Serving.GUESTS.put("guest-4", guest(Permission.of("events.read")));
        List<BufferedReader> open = new ArrayList<>();
        try {
            for (int i = 0; i < 16; i++) {
                HttpResponse<InputStream> tail = tail("", "Authorization", "Bearer guest-4");
                open.add(lines(tail));
                assertThat(open.getLast().readLine()).isEqualTo(": live");
            }
            HttpResponse<InputStream> oneMore = tail("", "Authorization", "Bearer guest-4");
            assertThat(oneMore.statusCode()).isEqualTo(503);
            assertThat(lines(oneMore).readLine()).contains("too-many-tails", "16 by one caller");
        } finally {
            for (BufferedReader reader : open) {
                reader.close();
            }
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
