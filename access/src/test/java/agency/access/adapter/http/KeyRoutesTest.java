package agency.access.adapter.http;

import static org.assertj.core.api.Assertions.assertThat;

import agency.access.adapter.http.Server.Got;
import agency.access.api.KeyDirectory.Answer;
import agency.kernel.money.Nanos;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class KeyRoutesTest {
    private static final String KEYS = "/api/v1/keys";

    private Server server;

    @BeforeAll
    void start() {
        server = new Server();
    }

    @AfterAll
    void stop() {
        server.close();
    }

    @Test
    void createAKeyThatLetsInWithAllThatWasAskedFor() throws Exception {
        Got created =
                server.ask(
                        "POST",
                        KEYS,
                        """
                        {"name": " billing app ", "models": ["m1", "m2"], "cap": "2.50",
                         "expires_at": "2026-12-01T00:00:00Z"}\
                        """);
        assertThat(created.status()).isEqualTo(201);
        String text = created.json().path("key").asString();
        assertThat(server.house.access.keys().lookup(text, server.house.ticking.instant()))
                .isInstanceOfSatisfying(
                        Answer.Known.class,
                        known -> {
                            assertThat(known.models()).isEqualTo(Set.of("m1", "m2"));
                            assertThat(server.house.access.keyCap(known.caller().key()))
                                    .isEqualTo(new Nanos(2_500_000_000L));
                        });
        Got read = server.ask("GET", created.header("location"), null);
        assertThat(read.json().path("name").asString()).isEqualTo("billing app");
        assertThat(read.json().path("kind").asString()).isEqualTo("project");
        assertThat(read.json().path("state").asString()).isEqualTo("active");
        assertThat(read.json().path("cap").asString()).isEqualTo("2.5");
        assertThat(read.json().path("expires_at").asString()).isEqualTo("2026-12-01T00:00:00Z");
        assertThat(read.raw().body()).as("shown once").doesNotContain(text);
    }

    @Test
    void createAnAdministratorsKeyThatAdministers() throws Exception {
        Got created =
                server.ask("POST", KEYS, "{\"name\": \"backup\", \"kind\": \"administrator\"}");
        assertThat(created.status()).isEqualTo(201);
        String bearer = "Bearer " + created.json().path("key").asString();
        Got listed = server.ask("GET", KEYS, null, "authorization", bearer);
        assertThat(listed.status()).isEqualTo(200);
        assertThat(created.json().has("models")).isFalse();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"name\": \" \"}                                  | name       | must not be"
                        + " blank",
                "{\"name\": \"a\", \"cap\": \"0\"}                  | cap        | above 0",
                "{\"name\": \"a\", \"cap\": \"2,5\"}                | cap        | 2.50",
                "{\"name\": \"a\", \"models\": [\"m\", \"\"]}       | models[1]  | GET /v1/models",
                "{\"name\": \"a\", \"kind\": \"administrator\", \"cap\": \"1\"} | cap | kind"
                        + " `project`",
                "{\"name\": \"a\", \"kind\": \"administrator\", \"models\": []} | models | leave"
                        + " out",
                "{\"name\": \"a\", \"kind\": \"root\"}              | kind       | project,"
                        + " administrator",
                "{\"name\": \"a\", \"expires_at\": \"2020-01-01T00:00:00Z\"} | expires_at | in the"
                        + " future",
                "{\"name\": \"a\", \"model\": [\"m\"]}              | model      | models",
                "{\"models\": []}                                   | name       | missing",
                "{\"name\": \"a\", \"cap\": 2.5}                    | cap        | text"
            })
    void sayWhatWasWrongWhereAndWhatWouldBeRight(String body, String field, String says)
            throws Exception {
        Got got = server.ask("POST", KEYS, body);
        assertThat(got.status()).isEqualTo(400);
        assertThat(got.header("content-type")).isEqualTo("application/problem+json");
        assertThat(got.json().path("field").asString()).isEqualTo(field);
        assertThat(got.json().path("detail").asString()).contains(says);
    }

    @Test
    void refuseTooManyModels() throws Exception {
        String models = "\"m\",".repeat(100) + "\"m\"";
        Got got = server.ask("POST", KEYS, "{\"name\": \"a\", \"models\": [" + models + "]}");
        assertThat(got.json().path("detail").asString()).contains("101").contains("at most 100");
    }

    @Test
    void listInPagesNewestFirstWithoutGapsOrRepeats() throws Exception {
        for (int i = 0; i < 5; i++) {
            server.ask("POST", KEYS, "{\"name\": \"page " + i + "\"}");
        }
        List<String> all = new ArrayList<>();
        String cursor = "";
        do {
            Got page = server.ask("GET", KEYS + "?limit=2" + cursor, null);
            assertThat(page.json().path("items").size()).isLessThanOrEqualTo(2);
            page.json().path("items").forEach(key -> all.add(key.path("id").asString()));
            String next = page.json().path("next_cursor").asString("");
            cursor = next.isEmpty() ? "" : "&cursor=" + next;
        } while (!cursor.isEmpty());
        Got whole = server.ask("GET", KEYS, null);
        List<String> ids = new ArrayList<>();
        whole.json().path("items").forEach(key -> ids.add(key.path("id").asString()));
        assertThat(all).isEqualTo(ids).doesNotHaveDuplicates().hasSizeGreaterThan(5);
    }

    @ParameterizedTest
    @CsvSource({"limit=0,limit", "limit=201,limit", "limit=ten,limit", "cursor=no,cursor"})
    void refusePagesThatCannotBe(String query, String field) throws Exception {
        Got got = server.ask("GET", KEYS + "?" + query, null);
        assertThat(got.status()).isEqualTo(400);
        assertThat(got.json().path("parameter").asString()).isEqualTo(field);
    }

    @Test
    void revokeForEverAndHarmlesslyTwice() throws Exception {
        Got created = server.ask("POST", KEYS, "{\"name\": \"short-lived\"}");
        String path = created.header("location");
        assertThat(server.ask("DELETE", path, null).status()).isEqualTo(204);
        assertThat(server.ask("DELETE", path, null).status()).isEqualTo(204);
        Got read = server.ask("GET", path, null);
        assertThat(read.json().path("state").asString()).isEqualTo("revoked");
        assertThat(read.json().has("revoked_at")).isTrue();
        assertThat(
                        server.house
                                .access
                                .keys()
                                .lookup(
                                        created.json().path("key").asString(),
                                        server.house.ticking.instant()))
                .isInstanceOf(Answer.Revoked.class);
    }

    @Test
    void shutTheirBearerOutAtOnceWhenRevoked() throws Exception {
        Got created = server.ask("POST", KEYS, "{\"name\": \"gone\", \"kind\": \"administrator\"}");
        String bearer = "Bearer " + created.json().path("key").asString();
        server.ask("DELETE", created.header("location"), null);
        assertThat(server.ask("GET", KEYS, null, "authorization", bearer).status()).isEqualTo(401);
    }

    @Test
    void expireAtTheirMoment() throws Exception {
        String expires = server.house.ticking.instant().plusSeconds(60).toString();
        Got created =
                server.ask("POST", KEYS, "{\"name\": \"e\", \"expires_at\": \"" + expires + "\"}");
        server.house.ticking.move(Duration.ofSeconds(60));
        Got read = server.ask("GET", created.header("location"), null);
        assertThat(read.json().path("state").asString()).isEqualTo("expired");
    }

    @ParameterizedTest
    @CsvSource({
        "GET,/api/v1/keys/00000000-0000-0000-0000-000000000009",
        "DELETE,/api/v1/keys/00000000-0000-0000-0000-000000000009",
        "GET,/api/v1/keys/nonsense"
    })
    void areNotThereWhenTheyAreNot(String method, String path) throws Exception {
        assertThat(server.ask(method, path, null).status()).isEqualTo(404);
    }

    @ParameterizedTest
    @CsvSource({"GET,/api/v1/keys", "POST,/api/v1/keys", "POST,/api/v1/admin-links"})
    void areForAdministratorsOnly(String method, String path) throws Exception {
        String body = method.equals("POST") ? "{}" : null;
        assertThat(server.ask(method, path, body, new String[0]).status()).isEqualTo(401);
        String project = "Bearer " + server.opened.firstKey().orElseThrow().reveal();
        assertThat(server.ask(method, path, body, "authorization", project).status())
                .isEqualTo(403);
    }

    @Test
    void letNobodyInWhileTheInstanceIsAdrift() throws Exception {
        server.house.live.admits = false;
        try {
            Got got = server.ask("GET", KEYS, null);
            assertThat(got.status()).isEqualTo(503);
            assertThat(got.header("retry-after")).isEqualTo("1");
        } finally {
            server.house.live.admits = true;
        }
    }
}
