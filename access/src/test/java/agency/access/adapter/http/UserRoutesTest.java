package agency.access.adapter.http;

import static org.assertj.core.api.Assertions.assertThat;

import agency.access.adapter.http.Server.Got;
import agency.access.domain.role.InstallationRole;
import agency.access.domain.role.Role;
import agency.access.domain.role.Standing;
import agency.platform.http.Permission;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class UserRoutesTest {
    private static final String USERS = "/api/v1/users";
    private static final String KEYS = "/api/v1/keys";

    private final Server server = new Server();

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void letSomebodyInAndShowHim() throws Exception {
        Got created =
                server.ask(
                        "POST",
                        USERS,
                        """
                        {"name": " Bob ", "email": "Bob@acme.example", "role": "developer",
                         "installation_role": "auditor"}\
                        """);
        assertThat(created.status()).as(created.raw().body()).isEqualTo(201);
        Got read = server.ask("GET", created.header("location"), null);
        assertThat(read.json().path("name").asString()).isEqualTo("Bob");
        assertThat(read.json().path("email").asString()).isEqualTo("Bob@acme.example");
        assertThat(read.json().path("role").asString()).isEqualTo("developer");
        assertThat(read.json().path("installation_role").asString()).isEqualTo("auditor");
        assertThat(read.json().has("member_since")).isTrue();
    }

    @Test
    void listInPages() throws Exception {
        for (int i = 0; i < 4; i++) {
            create("Bob " + i, "viewer");
        }
        List<String> names = new ArrayList<>();
        String cursor = "";
        do {
            Got page = server.ask("GET", USERS + "?limit=2" + cursor, null);
            page.json().path("items").forEach(user -> names.add(user.path("name").asString()));
            String next = page.json().path("next_cursor").asString("");
            cursor = next.isEmpty() ? "" : "&cursor=" + next;
        } while (!cursor.isEmpty());
        assertThat(names).containsExactly("Bob 3", "Bob 2", "Bob 1", "Bob 0", "Administrator");
    }

    @Test
    void giveAnEmailToOneOnlyAndBringItsPersonBack() throws Exception {
        String bob = "{\"name\": \"Bob\", \"email\": \"bob@acme.example\", \"role\": \"viewer\"}";
        Got first = server.ask("POST", USERS, bob);
        Got taken = server.ask("POST", USERS, bob.replace("bob@", "BOB@"));
        assertThat(taken.status()).isEqualTo(409);
        assertThat(taken.raw().body()).contains("email-taken").doesNotContain("acme");
        assertThat(server.ask("DELETE", first.header("location"), null).status()).isEqualTo(204);
        assertThat(server.ask("GET", first.header("location"), null).status()).isEqualTo(404);
        Got back = server.ask("POST", USERS, bob.replace("viewer", "admin"));
        assertThat(back.status()).isEqualTo(201);
        assertThat(back.header("location")).isEqualTo(first.header("location"));
        assertThat(back.json().path("role").asString()).isEqualTo("admin");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"name\": \" \", \"role\": \"viewer\"}                      | name  | blank",
                "{\"name\": \"B\", \"role\": \"king\"}                        | role  | owner,"
                        + " admin",
                "{\"name\": \"B\"}                                            | role  | missing",
                "{\"name\": \"B\", \"role\": \"viewer\", \"email\": \"b\"}    | email | name@domain"
            })
    void sayWhatWasWrong(String body, String field, String says) throws Exception {
        Got got = server.ask("POST", USERS, body);
        assertThat(got.status()).isEqualTo(400);
        assertThat(got.json().path("field").asString()).isEqualTo(field);
        assertThat(got.json().path("detail").asString()).contains(says);
    }

    @Test
    void keepTheLastOwner() throws Exception {
        String founder = USERS + "/" + server.opened.administrator();
        Got removed = server.ask("DELETE", founder, null);
        assertThat(removed.status()).isEqualTo(409);
        assertThat(removed.raw().body()).contains("last-owner");
        assertThat(server.ask("PATCH", founder, "{\"role\": \"admin\"}").status()).isEqualTo(409);
        create("Bob", "owner");
        Got demoted = server.ask("PATCH", founder, "{\"role\": \"viewer\"}");
        assertThat(demoted.status()).isEqualTo(200);
        assertThat(demoted.json().path("role").asString()).isEqualTo("viewer");
    }

    @Test
    void narrowTheKeysOfWhoeverIsDemotedAtOnce() throws Exception {
        create("Bob", "owner");
        server.ask("PATCH", USERS + "/" + server.opened.administrator(), "{\"role\": \"viewer\"}");
        Got refused = server.ask("POST", KEYS, "{\"name\": \"app\"}");
        assertThat(refused.status()).isEqualTo(403);
        assertThat(refused.json().path("permission").asString()).isEqualTo("keys.write");
        assertThat(refused.json().path("role").asString())
                .isEqualTo("viewer and installation operator");
    }

    @Test
    void endKeysAndSessionsWithTheMembership() throws Exception {
        create("Bob", "owner");
        String key = "Bearer " + key("{\"name\": \"job\", \"kind\": \"administrator\"}");
        String token =
                server.ask("POST", "/api/v1/admin-links", null).json().path("token").asString();
        String cookie =
                server.ask(
                                "POST",
                                "/api/v1/admin-links/consume",
                                "{\"token\": \"" + token + "\"}",
                                new String[0])
                        .header("set-cookie")
                        .split(";", 2)[0];
        assertThat(server.ask("GET", KEYS, null, "cookie", cookie).status()).isEqualTo(200);
        Got ended = server.ask("DELETE", USERS + "/" + server.opened.administrator(), null);
        assertThat(ended.status()).isEqualTo(204);
        assertThat(server.ask("GET", KEYS, null).status()).isEqualTo(401);
        assertThat(server.ask("GET", KEYS, null, "authorization", key).status()).isEqualTo(401);
        assertThat(server.ask("GET", KEYS, null, "cookie", cookie).status()).isEqualTo(401);
        assertThat(
                        server.house
                                .access
                                .keys()
                                .lookup(
                                        server.opened.firstKey().orElseThrow().reveal(),
                                        server.house.ticking.instant()))
                .as("a project's key stays")
                .isInstanceOf(agency.access.api.KeyDirectory.Answer.Known.class);
        var again = server.house.restarted().open(server.opened.profile().orElseThrow());
        assertThat(again.profile()).as("whoever may write the data directory").isPresent();
    }

    @Test
    void letKeysActWithTheirRoleAndMakeNoneThatMayMore() throws Exception {
        String made =
                "Bearer "
                        + key(
                                "{\"name\": \"a\", \"kind\": \"administrator\", \"role\":"
                                        + " \"admin\"}");
        assertThat(server.ask("GET", USERS, null, "authorization", made).status()).isEqualTo(200);
        Got beyond =
                server.ask(
                        "POST",
                        KEYS,
                        "{\"name\": \"b\", \"kind\": \"administrator\", \"role\": \"owner\"}",
                        "authorization",
                        made);
        assertThat(beyond.status()).isEqualTo(403);
        assertThat(beyond.json().path("missing").toString())
                .isEqualTo("[\"events.read\",\"organization.write\",\"people.erase\"]");
        assertThat(
                        server.ask(
                                        "POST",
                                        USERS,
                                        "{\"name\": \"C\", \"role\": \"owner\"}",
                                        "authorization",
                                        made)
                                .status())
                .isEqualTo(403);
        Got same =
                server.ask(
                        "POST",
                        KEYS,
                        "{\"name\": \"c\", \"kind\": \"administrator\"}",
                        "authorization",
                        made);
        assertThat(same.json().path("role").asString()).as("its own").isEqualTo("admin");
        assertThat(same.json().has("installation_role")).isFalse();
        Got link = server.ask("POST", "/api/v1/admin-links", null, "authorization", made);
        assertThat(link.status()).as("would sign in as the owner").isEqualTo(403);
    }

    @ParameterizedTest
    @EnumSource(Role.class)
    void giveKeysExactlyWhatTheTableGivesTheirRole(Role role) throws Exception {
        for (InstallationRole more : InstallationRole.values()) {
            String text =
                    key(
                            "{\"name\": \"k\", \"kind\": \"administrator\", \"role\": \""
                                    + role
                                    + "\", \"installation_role\": \""
                                    + more
                                    + "\"}");
            Set<String> may = new Standing(role, more).permissions();
            var principal = server.house.access.authenticator().bearer(text, "127.0.0.1");
            assertThat(principal).isNotNull();
            assertThat(principal.permissions())
                    .extracting(Permission::name)
                    .containsExactlyInAnyOrderElementsOf(may);
        }
        String alone =
                key("{\"name\": \"k\", \"kind\": \"administrator\", \"role\": \"" + role + "\"}");
        var principal = server.house.access.authenticator().bearer(alone, "127.0.0.1");
        assertThat(principal).isNotNull();
        assertThat(principal.permissions())
                .extracting(Permission::name)
                .containsExactlyInAnyOrderElementsOf(new Standing(role, null).permissions());
    }

    @Test
    void letNobodyRevokeTheKeyOfOneWhoMayMore() throws Exception {
        String admin =
                "Bearer "
                        + key(
                                "{\"name\": \"a\", \"kind\": \"administrator\", \"role\":"
                                        + " \"admin\"}");
        Got owner = server.ask("POST", KEYS, "{\"name\": \"o\", \"kind\": \"administrator\"}");
        assertThat(
                        server.ask("DELETE", owner.header("location"), null, "authorization", admin)
                                .status())
                .isEqualTo(403);
        assertThat(server.ask("DELETE", owner.header("location"), null).status()).isEqualTo(204);
    }

    @Test
    void giveNoRoleToAProjectsKey() throws Exception {
        Got got = server.ask("POST", KEYS, "{\"name\": \"a\", \"role\": \"viewer\"}");
        assertThat(got.status()).isEqualTo(400);
        assertThat(got.json().path("field").asString()).isEqualTo("role");
        Got other =
                server.ask("POST", KEYS, "{\"name\": \"a\", \"installation_role\": \"auditor\"}");
        assertThat(other.json().path("field").asString()).isEqualTo("installation_role");
    }

    @ParameterizedTest
    @CsvSource({"GET", "DELETE", "PATCH"})
    void areNotThereWhenTheyAreNot(String method) throws Exception {
        String body = method.equals("PATCH") ? "{\"role\": \"viewer\"}" : null;
        String nobody = USERS + "/00000000-0000-0000-0000-000000000009";
        assertThat(server.ask(method, nobody, body).status()).isEqualTo(404);
    }

    private void create(String name, String role) throws Exception {
        Got got =
                server.ask(
                        "POST", USERS, "{\"name\": \"" + name + "\", \"role\": \"" + role + "\"}");
        assertThat(got.status()).isEqualTo(201);
    }

    private String key(String body) throws Exception {
        return server.ask("POST", KEYS, body).json().path("key").asString();
    }
}
