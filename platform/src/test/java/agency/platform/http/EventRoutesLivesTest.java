package agency.platform.http;

import static org.assertj.core.api.Assertions.assertThat;

import agency.platform.json.Json;
import agency.platform.log.Append;
import agency.platform.log.LogKit;
import agency.platform.log.LogKit.Counted;
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
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** The log over real HTTP when it has several lanes, and when it begins another life. */
class EventRoutesLivesTest {
    private static final int LANES = 4;
    private static final int TENANTS = 20;

    @TempDir private Path folder;
    private Database database;
    private PostgresEventLog log;
    private Serving serving;

    @BeforeEach
    void start() {
        database = PostgresFixture.fresh(LogKit.SCHEMA);
        log = LogKit.started(database.runtime(), LANES);
        LogVerifier verifier = new LogVerifier(database::runtime, new Checkpoints(folder));
        serving = new Serving(new EventRoutes(log, verifier).routes());
        for (int version = 0; version < 3; version++) {
            for (int tenant = 1; tenant <= TENANTS; tenant++) {
                log.append(
                                Append.at(
                                        LogKit.stream(tenant, "s"),
                                        version,
                                        List.of(new Counted(version)),
                                        LogKit.meta()))
                        .join();
            }
        }
    }

    @AfterEach
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

    private void rebirth() throws Exception {
        try (var connection = database.owner().getConnection();
                var statement = connection.createStatement()) {
            statement.execute("SELECT log.begin_life()");
        }
    }

    /** Waits until this process knows of the life that the database knows of. */
    private void noticed() throws Exception {
        Semaphore commits = new Semaphore(0);
        try (AutoCloseable listening = log.onCommit(commits::release)) {
            while (!log.incarnation().equals(log.head(0).incarnation())) {
                assertThat(commits.tryAcquire(30, TimeUnit.SECONDS)).isTrue();
            }
        }
    }

    @Test
    void pagesThroughEveryLane() throws Exception {
        int facts = 0;
        for (int lane = 0; lane < LANES; lane++) {
            String next = "0";
            int page;
            do {
                JsonNode answer =
                        Json.mapper()
                                .readTree(
                                        get("/api/v1/events?limit=2&lane="
                                                        + lane
                                                        + "&after="
                                                        + next)
                                                .body());
                page = answer.path("items").size();
                facts += page;
                next = answer.path("next_after").asString();
                assertThat(next).startsWith(lane + ":");
            } while (page > 0);
        }
        assertThat(facts).isEqualTo(3 * TENANTS);
    }

    @Test
    void refusesAPositionOfTheLifeBeforeAtOnce() throws Exception {
        for (int lane = 0; lane < LANES; lane++) {
            JsonNode page =
                    Json.mapper().readTree(get("/api/v1/events?limit=1&lane=" + lane).body());
            String next = page.path("next_after").asString();
            assertThat(get("/api/v1/events?after=" + next).statusCode()).isEqualTo(200);
            rebirth();
            // However soon it is asked: the database knows before this process does.
            HttpResponse<String> refused = get("/api/v1/events?after=" + next);
            assertThat(refused.statusCode()).isEqualTo(409);
            assertThat(refused.body()).contains("position-of-another-life");
            noticed();
        }
    }

    @Test
    void endsALiveTailInsteadOfGoingOnInAnotherLife() throws Exception {
        String after = log.head(2).toString();
        HttpResponse<InputStream> answer =
                serving.client.send(
                        request("/api/v1/events?after=" + after)
                                .header("Accept", "text/event-stream")
                                .build(),
                        HttpResponse.BodyHandlers.ofInputStream());
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(answer.body(), StandardCharsets.UTF_8))) {
            assertThat(lines.readLine()).isEqualTo(": live");
            rebirth();
            assertThat(lines.lines().toList())
                    .contains("event: problem", "data: {\"code\":\"position-of-another-life\"}")
                    .doesNotContain("event: fact");
        }
    }
}
