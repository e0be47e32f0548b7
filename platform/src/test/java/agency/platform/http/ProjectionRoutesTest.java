package agency.platform.http;

import static org.assertj.core.api.Assertions.assertThat;

import agency.kernel.fact.Recorded;
import agency.platform.json.Json;
import agency.platform.log.Append;
import agency.platform.log.LogKit;
import agency.platform.log.LogKit.Counted;
import agency.platform.log.PostgresEventLog;
import agency.platform.postgres.Database;
import agency.platform.projection.LogInstances;
import agency.platform.projection.LogProjections;
import agency.platform.projection.MemoryView;
import agency.platform.projection.Projection;
import agency.platform.projection.http.ProjectionRoutes;
import agency.platform.testing.PostgresFixture;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jdbi.v3.core.Handle;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** How projections stand, over real HTTP. */
class ProjectionRoutesTest {
    private static final Duration SOON = Duration.ofMinutes(1);

    private final AtomicBoolean broken = new AtomicBoolean(true);
    private Database database;
    private PostgresEventLog log;
    private LogInstances instances;
    private LogProjections projections;
    private Serving serving;

    private final class Picky implements Projection {
        @Override
        public String name() {
            return "test.picky";
        }

        @Override
        public int revision() {
            return 1;
        }

        @Override
        public Set<String> categories() {
            return Set.of("test");
        }

        @Override
        public void apply(List<Recorded> facts, Handle sql, int generation) {
            if (broken.get()) {
                throw new ArithmeticException("quotes a secret");
            }
        }

        @Override
        public void forget(Handle sql, int generation) {}
    }

    private static final class Nothing implements MemoryView {
        @Override
        public String name() {
            return "test.nothing";
        }

        @Override
        public Set<String> categories() {
            return Set.of("test");
        }

        @Override
        public void reset() {}

        @Override
        public void apply(Recorded fact) {}
    }

    @BeforeEach
    void start() {
        database = PostgresFixture.fresh(LogKit.SCHEMA);
        log = LogKit.started(database.runtime());
        instances = new LogInstances(database::runtime, log, LogKit.IDS, true);
        instances.start();
        projections = new LogProjections(log, database::jdbi, instances);
        projections.add(new Picky());
        projections.add(new Nothing());
        projections.start();
        serving = new Serving(new ProjectionRoutes(projections).routes());
        var appended =
                log.append(Append.at(LogKit.stream("s"), 0, List.of(new Counted(1)), LogKit.meta()))
                        .join();
        var last = ((agency.platform.log.Appended.Ok) appended).last();
        assertThat(projections.await(last, List.of("test.picky"), SOON)).isTrue();
    }

    @AfterEach
    void stop() throws Exception {
        serving.close();
        projections.close();
        instances.close();
        log.close();
        database.close();
    }

    private HttpResponse<String> ask(String method, String path) throws Exception {
        return ask(method, path, "");
    }

    private HttpResponse<String> ask(String method, String path, String body) throws Exception {
        return serving.client.send(
                HttpRequest.newBuilder(
                                URI.create("http://127.0.0.1:" + serving.server.port() + path))
                        .header("Authorization", "Bearer admin")
                        .header("Content-Type", "application/json")
                        .method(method, HttpRequest.BodyPublishers.ofString(body))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private JsonNode read(String path) throws Exception {
        HttpResponse<String> answer = ask("GET", path);
        assertThat(answer.statusCode()).isEqualTo(200);
        return Json.mapper().readTree(answer.body());
    }

    @Test
    void showsWhatWasSetAsideWithoutQuotingItAndTriesItAgain() throws Exception {
        JsonNode listed = read("/api/v1/projections").path("items");
        assertThat(listed.valueStream().map(each -> each.path("state").asString()))
                .containsExactlyInAnyOrder("running", "limping");
        String whole = read("/api/v1/projections/test.picky").toString();
        assertThat(whole)
                .contains("\"position\":\"0:1\"", "ArithmeticException", "\"set_aside_in_all\":1")
                .doesNotContain("secret");

        broken.set(false);
        HttpResponse<String> retried = ask("POST", "/api/v1/projections/test.picky/retry");
        assertThat(retried.statusCode()).isEqualTo(202);
        assertThat(retried.body()).isEqualTo("{\"facts\":1}");
        long end = System.nanoTime() + SOON.toNanos();
        while (read("/api/v1/projections/test.picky").path("set_aside_in_all").asInt() > 0) {
            assertThat(System.nanoTime()).isLessThan(end);
            TimeUnit.MILLISECONDS.sleep(10);
        }
        assertThat(read("/api/v1/projections/test.picky").path("projection").toString())
                .contains("\"state\":\"running\"", "\"stopped_streams\":0");
    }

    @Test
    void saysWhatCannotBeTriedAgain() throws Exception {
        HttpResponse<String> view = ask("POST", "/api/v1/projections/test.nothing/retry");
        assertThat(view.statusCode()).isEqualTo(409);
        assertThat(view.body()).contains("projection-in-memory", "at each start");
        HttpResponse<String> unknown = ask("GET", "/api/v1/projections/nobody");
        assertThat(unknown.statusCode()).isEqualTo(404);
        assertThat(unknown.body()).contains("no-such-projection", "/api/v1/projections");
    }

    @Test
    void buildsAnewGoesBackAndSaysWhatItCannot() throws Exception {
        String one = "/api/v1/projections/test.picky";
        HttpResponse<String> early = ask("POST", one + "/rollback", "{}");
        assertThat(early.statusCode()).isEqualTo(409);
        assertThat(early.body()).contains("nothing-to-roll-back-to", "earlier generation");
        broken.set(false);
        HttpResponse<String> begun = ask("POST", one + "/rebuild");
        assertThat(begun.statusCode()).isEqualTo(202);
        assertThat(begun.body()).isEqualTo("{\"generation\":2}");
        long end = System.nanoTime() + SOON.toNanos();
        while (read(one).path("projection").path("generation").asInt() != 2) {
            assertThat(System.nanoTime()).isLessThan(end);
            TimeUnit.MILLISECONDS.sleep(10);
        }
        assertThat(read(one).path("projection").path("stopped_streams").asInt()).isZero();
        assertThat(read(one).path("generations").toString())
                .contains("\"state\":\"live\"", "\"state\":\"replaced\"", "kept_until");
        HttpResponse<String> back = ask("POST", one + "/rollback", "{}");
        assertThat(back.body()).isEqualTo("{\"generation\":1,\"revision\":1}");
        assertThat(ask("POST", one + "/rollback", "{\"generation\":7}").body())
                .contains("nothing-to-roll-back-to", "generation 7");
        assertThat(ask("POST", one + "/rollback", "{\"generation\":2}").body())
                .isEqualTo("{\"generation\":2,\"revision\":1}");
        assertThat(ask("POST", one + "/rollback", "{\"generation\":\"x\"}").statusCode())
                .isEqualTo(400);
        assertThat(ask("POST", "/api/v1/projections/test.nothing/rebuild").body())
                .contains("projection-in-memory");
        assertThat(ask("POST", "/api/v1/projections/nobody/rollback", "{}").statusCode())
                .isEqualTo(404);
    }
}
