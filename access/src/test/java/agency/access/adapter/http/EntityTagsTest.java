package agency.access.adapter.http;

import static org.assertj.core.api.Assertions.assertThat;

import agency.access.adapter.http.Server.Got;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Every document says which version it is, and is changed by whoever has seen the last one only.
 */
class EntityTagsTest {
    private final Server server = new Server();

    @AfterEach
    void stop() {
        server.close();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "/api/v1/keys            | {'name': 'k'}",
                "/api/v1/projects        | {'name': 'p'}",
                "/api/v1/users           | {'name': 'u', 'role': 'viewer'}",
                "/api/v1/service-accounts| {'name': 's', 'project': 'PROJECT'}",
                "/api/v1/organizations   | {'name': 'o', 'owner_email': 'o@other.example'}"
            })
    void letOneOfTwoChangeWhatBothHaveSeen(String path, String body) throws Exception {
        String at = server.ask("POST", path.strip(), json(body)).header("location");
        Got seen = server.ask("GET", at, null);
        String tag = seen.header("etag");
        assertThat(tag).as(seen.raw().body()).isNotEmpty();
        assertThat(ask("GET", at, null, "if-none-match", tag).status()).isEqualTo(304);

        Got changed = ask("PATCH", at, "{\"name\": \"first\"}", "if-match", tag);
        assertThat(changed.status()).as(changed.raw().body()).isEqualTo(200);
        assertThat(changed.header("etag")).isNotEmpty().isNotEqualTo(tag);
        assertThat(ask("GET", at, null, "if-none-match", tag).status()).isEqualTo(200);
        Got late = ask("PATCH", at, "{\"name\": \"second\"}", "if-match", tag);
        assertThat(late.status()).isEqualTo(412);
        assertThat(late.raw().body()).contains("changed-meanwhile");
        assertThat(server.ask("GET", at, null).json().path("name").asString()).isEqualTo("first");
        assertThat(ask("DELETE", at, null, "if-match", tag).status()).isEqualTo(412);
        String newest = server.ask("GET", at, null).header("etag");
        assertThat(ask("DELETE", at, null, "if-match", newest).status()).isEqualTo(204);
    }

    @Test
    void letExactlyOneOfManyThroughAtTheSameTime() throws Exception {
        String at = server.ask("POST", "/api/v1/keys", "{\"name\": \"k\"}").header("location");
        for (int round = 0; round < 5; round++) {
            String tag = server.ask("GET", at, null).header("etag");
            CountDownLatch ready = new CountDownLatch(1);
            List<Future<Integer>> asked = new ArrayList<>();
            try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
                for (int i = 0; i < 8; i++) {
                    String name = "{\"name\": \"r" + round + "n" + i + "\"}";
                    Callable<Integer> one =
                            () -> {
                                ready.await();
                                return ask("PATCH", at, name, "if-match", tag).status();
                            };
                    asked.add(threads.submit(one));
                }
                ready.countDown();
                List<Integer> statuses = new ArrayList<>();
                for (Future<Integer> one : asked) {
                    statuses.add(one.get());
                }
                assertThat(statuses).containsOnlyOnce(200).containsOnly(200, 412);
            }
        }
    }

    @Test
    void changeWithTheDocumentAndNotWithItsNeighbours() throws Exception {
        String bob = user("Bob");
        String eve = user("Eve");
        String tag = server.ask("GET", bob, null).header("etag");
        server.ask("PATCH", eve, "{\"role\": \"admin\"}");
        assertThat(server.ask("GET", bob, null).header("etag")).isEqualTo(tag);
        Got role = ask("PATCH", bob, "{\"role\": \"analyst\"}", "if-match", tag);
        assertThat(role.status()).isEqualTo(200);
        assertThat(role.header("etag")).isNotEqualTo(tag);
        Got both =
                ask(
                        "PATCH",
                        bob,
                        "{\"role\": \"viewer\", \"name\": \"Robert\"}",
                        "if-match",
                        role.header("etag"));
        assertThat(both.status()).as(both.raw().body()).isEqualTo(200);
        String own = server.ask("GET", "/api/v1/organization", null).header("etag");
        assertThat(
                        ask("PATCH", "/api/v1/organization", "{\"name\": \"A\"}", "if-match", own)
                                .status())
                .isEqualTo(200);
        assertThat(
                        ask("PATCH", "/api/v1/organization", "{\"name\": \"B\"}", "if-match", own)
                                .status())
                .isEqualTo(412);
    }

    @Test
    void guardInvitationsAndRotations() throws Exception {
        String at =
                server.ask(
                                "POST",
                                "/api/v1/invitations",
                                "{\"email\": \"b@acme.example\", \"role\": \"viewer\"}")
                        .header("location");
        assertThat(ask("DELETE", at, null, "if-match", "\"9\"").status()).isEqualTo(412);
        String tag = server.ask("GET", at, null).header("etag");
        assertThat(ask("DELETE", at, null, "if-match", tag).status()).isEqualTo(204);
        String key = server.ask("POST", "/api/v1/keys", "{\"name\": \"k\"}").header("location");
        String first = server.ask("GET", key, null).header("etag");
        assertThat(ask("POST", key + "/rotate", "{}", "if-match", first).status()).isEqualTo(200);
        assertThat(ask("POST", key + "/rotate", "{}", "if-match", first).status()).isEqualTo(412);
    }

    private String user(String name) throws Exception {
        return server.ask(
                        "POST",
                        "/api/v1/users",
                        "{\"name\": \"" + name + "\", \"role\": \"viewer\"}")
                .header("location");
    }

    private Got ask(String method, String path, String body, String header, String value)
            throws Exception {
        return server.ask(method, path, body, "authorization", server.administrator, header, value);
    }

    private String json(String text) {
        return text.replace('\'', '"').replace("PROJECT", server.opened.project().toString());
    }
}
