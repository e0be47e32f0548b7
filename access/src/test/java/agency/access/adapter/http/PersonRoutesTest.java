package agency.access.adapter.http;

import static org.assertj.core.api.Assertions.assertThat;

import agency.access.adapter.http.Server.Got;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What is kept about a person, and that nothing is any more. */
class PersonRoutesTest {
    private static final String BOB =
            "{\"name\": \"Bob Brown\", \"email\": \"bob@acme.example\", \"role\": \"admin\"}";

    private final Server server = new Server();

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void showAllThatIsKeptAboutHim() throws Exception {
        String bob = person();
        key(bob);
        Got export = server.ask("GET", "/api/v1/users/" + bob + "/export", null);
        assertThat(export.status()).as(export.raw().body()).isEqualTo(200);
        assertThat(export.json().path("name").asString()).isEqualTo("Bob Brown");
        assertThat(export.json().path("email").asString()).isEqualTo("bob@acme.example");
        assertThat(export.json().path("membership").path("role").asString()).isEqualTo("admin");
        assertThat(export.json().path("sessions")).hasSize(1);
        assertThat(export.json().path("keys").path(0).path("name").asString())
                .isEqualTo("bobs app");
        assertThat(export.json().path("texts").path("access.person.registered").asInt())
                .isEqualTo(1);
        assertThat(export.json().path("more").path("deeds").asString()).contains(bob);
        assertThat(server.ask("GET", "/api/v1/users/" + new UUID(0, 1) + "/export", null).status())
                .isEqualTo(404);
    }

    @Test
    void eraseHimEverywhereAndProveIt() throws Exception {
        String bob = person();
        String[] browser = key(bob);
        Got proof = server.ask("POST", "/api/v1/users/" + bob + "/erase", null);
        assertThat(proof.status()).as(proof.raw().body()).isEqualTo(200);
        assertThat(proof.json().path("unreadable_texts").path("access.person.registered").asInt())
                .isEqualTo(1);
        assertThat(proof.json().path("unreadable_texts").path("access.project-key.issued").asInt())
                .isEqualTo(1);
        assertThat(proof.json().path("ended_sessions").asInt()).isEqualTo(1);
        assertThat(proof.json().path("ended_membership").asBoolean()).isTrue();
        assertThat(proof.json().path("released_email").asBoolean()).isTrue();
        assertThat(proof.json().path("stays")).isNotEmpty();
        assertThat(server.house.textKeys.destroyed).containsExactly(UUID.fromString(bob));
        assertThat(server.house.textKeys.forgotten).as("before and after").isEqualTo(2);

        assertThat(server.ask("GET", "/api/v1/session", null, browser).status()).isEqualTo(401);
        assertThat(server.ask("GET", "/api/v1/users/" + bob, null).status()).isEqualTo(404);
        for (String path : new String[] {"/api/v1/users", "/api/v1/keys", "/api/v1/invitations"}) {
            assertThat(server.ask("GET", path, null).raw().body())
                    .doesNotContain("Bob Brown")
                    .doesNotContain("bobs app")
                    .doesNotContain("bob@acme.example");
        }
        Got export = server.ask("GET", "/api/v1/users/" + bob + "/export", null);
        assertThat(export.json().has("name")).isFalse();
        assertThat(export.json().has("email")).isFalse();
        Got another = server.ask("POST", "/api/v1/users", BOB);
        assertThat(another.status()).as("the e-mail is free again").isEqualTo(201);
        assertThat(another.json().path("id").asString()).isNotEqualTo(bob);
    }

    @Test
    void goOnWhenAskedAgain() throws Exception {
        String bob = person();
        server.ask("POST", "/api/v1/users/" + bob + "/erase", null);
        Got again = server.ask("POST", "/api/v1/users/" + bob + "/erase", null);
        assertThat(again.status()).isEqualTo(200);
        assertThat(again.json().path("ended_membership").asBoolean()).isFalse();
        assertThat(again.json().path("unreadable_texts")).isNotEmpty();
    }

    @Test
    void eraseNobodyWhoMustStayOrWhoIsNotThere() throws Exception {
        Got local =
                server.ask(
                        "POST", "/api/v1/users/" + server.opened.administrator() + "/erase", null);
        assertThat(local.status()).isEqualTo(409);
        assertThat(local.raw().body()).contains("local-administrator");
        assertThat(server.ask("POST", "/api/v1/users/" + new UUID(0, 1) + "/erase", null).status())
                .isEqualTo(404);
    }

    private String person() throws Exception {
        Got made = server.ask("POST", "/api/v1/users", BOB);
        assertThat(made.status()).as(made.raw().body()).isEqualTo(201);
        return made.json().path("id").asString();
    }

    /** Bob signs in and makes a key; his browser's headers. */
    private String[] key(String bob) throws Exception {
        Got link = server.ask("POST", "/api/v1/users/" + bob + "/links", null);
        Got in =
                server.ask(
                        "POST",
                        "/api/v1/admin-links/consume",
                        "{\"token\": \"" + link.json().path("token").asString() + "\"}",
                        new String[0]);
        String[] headers = {
            "cookie",
            in.header("set-cookie").split(";", 2)[0],
            "x-csrf-token",
            in.json().path("csrf_token").asString()
        };
        Got key = server.ask("POST", "/api/v1/keys", "{\"name\": \"bobs app\"}", headers);
        assertThat(key.status()).as(key.raw().body()).isEqualTo(201);
        return headers;
    }
}
