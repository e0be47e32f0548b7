package agency.access.adapter.http;

import static org.assertj.core.api.Assertions.assertThat;

import agency.access.adapter.http.Server.Got;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** All lists are narrowed, ordered and cut into pages in one way. */
class ListsTest {
    private final Server server = new Server();

    @AfterEach
    void stop() {
        server.close();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "''                     | c,A,b,First project",
                "sort=-created_at       | c,A,b,First project",
                "sort=created_at        | First project,b,A,c",
                "sort=name              | A,b,c,First project",
                "sort=-name             | First project,c,b,A",
                "state=closed           | A",
                "state=open&sort=name   | b,c,First project",
                "q=PROJ                 | First project",
                "q=none                 | ''"
            })
    void areNarrowedAndOrdered(String query, String expected) throws Exception {
        project("b");
        String closed = project("A");
        project("c");
        server.ask("DELETE", closed, null);
        assertThat(String.join(",", names("/api/v1/projects?" + query, 50))).isEqualTo(expected);
        assertThat(String.join(",", names("/api/v1/projects?" + query, 1)))
                .as("page by page the same")
                .isEqualTo(expected);
    }

    @Test
    void goOnWhereTheyWereWhenTheLastOneIsNotWantedAnyMore() throws Exception {
        for (String name : List.of("a", "b", "c", "d")) {
            project(name);
        }
        for (String sort : List.of("sort=name", "sort=-created_at")) {
            Got page = server.ask("GET", "/api/v1/projects?state=open&limit=2&" + sort, null);
            String last = page.json().path("items").path(1).path("id").asString();
            server.ask("DELETE", "/api/v1/projects/" + last, null);
            Got next =
                    server.ask(
                            "GET",
                            "/api/v1/projects?state=open&limit=200&"
                                    + sort
                                    + "&cursor="
                                    + page.json().path("next_cursor").asString(),
                            null);
            assertThat(next.status()).as(next.raw().body()).isEqualTo(200);
            assertThat(next.json().path("items").path(0).path("id").asString())
                    .isNotEqualTo(page.json().path("items").path(0).path("id").asString());
        }
    }

    @Test
    void filterByWhatTheirThingsHave() throws Exception {
        server.ask("POST", "/api/v1/keys", "{\"name\": \"k\", \"kind\": \"administrator\"}");
        assertThat(names("/api/v1/keys?kind=administrator", 50))
                .containsExactly("k", "local profile");
        assertThat(names("/api/v1/keys?kind=project&state=active", 50))
                .containsExactly("first key");
        assertThat(names("/api/v1/keys?project=" + server.opened.project(), 50))
                .containsExactly("first key");
        server.ask("POST", "/api/v1/users", "{\"name\": \"Bob\", \"role\": \"viewer\"}");
        assertThat(names("/api/v1/users?role=viewer", 50)).containsExactly("Bob");
        assertThat(names("/api/v1/users?installation_role=operator", 50))
                .containsExactly("Administrator");
        assertThat(names("/api/v1/organizations?q=my", 50)).containsExactly("My organisation");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "keys?sort=cap          | -created_at, created_at, name, -name",
                "keys?state=dead        | active, expired, revoked",
                "keys?kind=x            | project, administrator",
                "users?role=king        | owner, admin",
                "invitations?state=x    | open, accepted, withdrawn, expired",
                "projects?q=            | 1 to 254",
                "projects?cursor=x      | next_cursor",
                "organizations?cursor=x | next_cursor",
                "projects?cursor=00000000-0000-0000-0000-000000000001 | next_cursor"
            })
    void sayWhatWouldBeRight(String query, String says) throws Exception {
        Got got = server.ask("GET", "/api/v1/" + query, null);
        assertThat(got.status()).as(query).isEqualTo(400);
        assertThat(got.json().path("detail").asString()).contains(says);
    }

    private String project(String name) throws Exception {
        return server.ask("POST", "/api/v1/projects", "{\"name\": \"" + name + "\"}")
                .header("location");
    }

    private List<String> names(String path, int limit) throws Exception {
        List<String> names = new ArrayList<>();
        String cursor = "";
        do {
            Got page = server.ask("GET", path + "&limit=" + limit + cursor, null);
            assertThat(page.status()).as(page.raw().body()).isEqualTo(200);
            page.json().path("items").forEach(item -> names.add(item.path("name").asString()));
            String next = page.json().path("next_cursor").asString("");
            cursor = next.isEmpty() ? "" : "&cursor=" + next;
        } while (!cursor.isEmpty());
        return names;
    }
}
