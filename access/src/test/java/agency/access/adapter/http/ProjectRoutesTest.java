package agency.access.adapter.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import agency.access.adapter.http.Server.Got;
import agency.access.api.KeyDirectory.Answer;
import agency.platform.http.Authenticator;
import agency.platform.http.Problem;
import java.net.InetAddress;
import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Organisations, projects, service accounts and what their keys allow, through the API. */
class ProjectRoutesTest {
    private static final String PROJECTS = "/api/v1/projects";
    private static final String ACCOUNTS = "/api/v1/service-accounts";
    private static final String KEYS = "/api/v1/keys";
    private static final String ORGANISATIONS = "/api/v1/organizations";

    private final Server server = new Server();

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void openRenameAndCloseAProjectWithItsKeys() throws Exception {
        Got opened = server.ask("POST", PROJECTS, named("Support"));
        assertThat(opened.status()).as(opened.raw().body()).isEqualTo(201);
        String project = opened.json().path("id").asString();
        Got key = server.ask("POST", KEYS, "{\"name\": \"k\", \"project\": \"" + project + "\"}");
        assertThat(key.json().path("project").asString()).isEqualTo(project);
        assertThat(lookup(key)).isInstanceOf(Answer.Known.class);
        Got renamed = server.ask("PATCH", opened.header("location"), named("Sales"));
        assertThat(renamed.json().path("name").asString()).isEqualTo("Sales");

        assertThat(server.ask("DELETE", opened.header("location"), null).status()).isEqualTo(204);
        assertThat(lookup(key)).isInstanceOf(Answer.Revoked.class);
        assertThat(
                        server.ask("GET", opened.header("location"), null)
                                .json()
                                .path("state")
                                .asString())
                .isEqualTo("closed");
        assertThat(server.ask("GET", key.header("location"), null).json().path("state").asString())
                .isEqualTo("revoked");
        Got none = server.ask("POST", KEYS, "{\"name\": \"k\", \"project\": \"" + project + "\"}");
        assertThat(none.json().path("field").asString()).isEqualTo("project");
        assertThat(server.ask("PATCH", opened.header("location"), named("x")).status())
                .isEqualTo(409);
        assertThat(server.ask("GET", PROJECTS, null).json().path("items")).hasSize(2);
        assertThat(server.ask("GET", PROJECTS + "/" + new UUID(0, 1), null).status())
                .isEqualTo(404);
        assertThat(server.ask("POST", PROJECTS, named(" ")).json().path("field").asString())
                .isEqualTo("name");
    }

    @Test
    void giveKeysToAServiceAccountAndTakeThemWithIt() throws Exception {
        String project = server.opened.project().toString();
        Got account =
                server.ask(
                        "POST",
                        ACCOUNTS,
                        "{\"name\": \"robot\", \"project\": \"" + project + "\"}");
        assertThat(account.status()).as(account.raw().body()).isEqualTo(201);
        String id = account.json().path("id").asString();
        Got key =
                server.ask("POST", KEYS, "{\"name\": \"k\", \"service_account\": \"" + id + "\"}");
        assertThat(key.json().path("service_account").asString()).isEqualTo(id);
        Got renamed = server.ask("PATCH", account.header("location"), named("bot"));
        assertThat(renamed.json().path("name").asString()).isEqualTo("bot");
        assertThat(server.ask("GET", ACCOUNTS + "?project=" + project, null).json().path("items"))
                .hasSize(1);
        assertThat(
                        server.ask("GET", ACCOUNTS + "?project=" + new UUID(0, 1), null)
                                .json()
                                .path("items"))
                .isEmpty();
        assertThat(server.ask("DELETE", account.header("location"), null).status()).isEqualTo(204);
        assertThat(lookup(key)).isInstanceOf(Answer.Revoked.class);
        Got none =
                server.ask("POST", KEYS, "{\"name\": \"k\", \"service_account\": \"" + id + "\"}");
        assertThat(none.json().path("field").asString()).isEqualTo("service_account");
        Got nowhere =
                server.ask(
                        "POST",
                        ACCOUNTS,
                        "{\"name\": \"r\", \"project\": \"" + new UUID(0, 1) + "\"}");
        assertThat(nowhere.json().path("field").asString()).isEqualTo("project");
        assertThat(server.ask("PATCH", account.header("location"), named("x")).status())
                .isEqualTo(409);
        assertThat(server.ask("GET", ACCOUNTS + "/" + new UUID(0, 1), null).status())
                .isEqualTo(404);
    }

    @Test
    void changeWhatAKeyAllows() throws Exception {
        Got key =
                server.ask(
                        "POST",
                        KEYS,
                        "{\"name\": \"k\", \"networks\": [\"10.0.0.0/8\"], \"models\": [\"m\"]}");
        Answer.Known bound = (Answer.Known) lookup(key);
        assertThat(bound.from().test(InetAddress.ofLiteral("10.9.9.9"))).isTrue();
        assertThat(bound.from().test(InetAddress.ofLiteral("11.9.9.9"))).isFalse();
        assertThat(bound.from().test(InetAddress.ofLiteral("::1"))).isFalse();
        Got changed =
                server.ask(
                        "PATCH",
                        key.header("location"),
                        "{\"name\": \"other\", \"networks\": [], \"models\": [], \"expires_at\":"
                                + " \"2999-01-01T00:00:00Z\"}");
        assertThat(changed.status()).as(changed.raw().body()).isEqualTo(200);
        assertThat(changed.json().path("name").asString()).isEqualTo("other");
        assertThat(changed.json().has("networks")).isFalse();
        assertThat(changed.json().has("models")).isFalse();
        assertThat(((Answer.Known) lookup(key)).from()).isNull();
        Got never = server.ask("PATCH", key.header("location"), "{\"never_expires\": true}");
        assertThat(never.json().has("expires_at")).isFalse();
        Got both =
                server.ask(
                        "PATCH",
                        key.header("location"),
                        "{\"never_expires\": true, \"expires_at\": \"2999-01-01T00:00:00Z\"}");
        assertThat(both.status()).isEqualTo(400);
        Got network = server.ask("PATCH", key.header("location"), "{\"networks\": [\"acme\"]}");
        assertThat(network.json().path("field").asString()).isEqualTo("networks[0]");
        server.ask("DELETE", key.header("location"), null);
        assertThat(server.ask("PATCH", key.header("location"), "{\"name\": \"x\"}").status())
                .isEqualTo(409);
    }

    @Test
    void rotateAKeyWithAnOverlap() throws Exception {
        Got first = server.ask("POST", KEYS, named("k"));
        Got second =
                server.ask(
                        "POST", first.header("location") + "/rotate", "{\"overlap_seconds\": 60}");
        assertThat(second.status()).as(second.raw().body()).isEqualTo(200);
        assertThat(second.json().path("id")).isEqualTo(first.json().path("id"));
        assertThat(second.json().has("overlap_until")).isTrue();
        assertThat(lookup(first)).isInstanceOf(Answer.Known.class);
        assertThat(lookup(second)).isInstanceOf(Answer.Known.class);
        server.house.ticking.move(Duration.ofSeconds(60));
        assertThat(lookup(first)).isInstanceOf(Answer.Expired.class);
        assertThat(lookup(second)).isInstanceOf(Answer.Known.class);
        Got third =
                server.ask(
                        "POST", first.header("location") + "/rotate", "{\"overlap_seconds\": 0}");
        assertThat(lookup(first)).isInstanceOf(Answer.Unknown.class);
        assertThat(lookup(second)).isInstanceOf(Answer.Expired.class);
        assertThat(lookup(third)).isInstanceOf(Answer.Known.class);
        server.ask("DELETE", first.header("location"), null);
        assertThat(lookup(third)).isInstanceOf(Answer.Revoked.class);
        assertThat(server.ask("POST", first.header("location") + "/rotate", "{}").status())
                .isEqualTo(409);
        Got long_ =
                server.ask(
                        "POST",
                        server.ask("POST", KEYS, named("k")).header("location") + "/rotate",
                        "{\"overlap_seconds\": 99999999999999}");
        assertThat(long_.json().path("field").asString()).isEqualTo("overlap_seconds");
    }

    @Test
    void bindAnAdministratorsKeyToItsNetworks() throws Exception {
        Got key =
                server.ask(
                        "POST",
                        KEYS,
                        "{\"name\": \"k\", \"kind\": \"administrator\", \"networks\":"
                                + " [\"127.0.0.0/8\"]}");
        String bearer = "Bearer " + key.json().path("key").asString();
        assertThat(server.ask("GET", KEYS, null, "authorization", bearer).status()).isEqualTo(200);
        server.ask("PATCH", key.header("location"), "{\"networks\": [\"10.0.0.0/8\"]}");
        Got elsewhere = server.ask("GET", KEYS, null, "authorization", bearer);
        assertThat(elsewhere.status()).isEqualTo(403);
        assertThat(elsewhere.raw().body()).contains("network-not-allowed");
        Got rotated = server.ask("POST", key.header("location") + "/rotate", "{}");
        assertThat(rotated.json().path("key").asString()).startsWith("sk-agency-admin-");
        Authenticator door = server.house.access.authenticator();
        assertThatThrownBy(() -> door.bearer(rotated.json().path("key").asString(), "unknown"))
                .as("what is no address is in no network")
                .isInstanceOf(Problem.class);
        assertThat(door.bearer(server.opened.profile().orElseThrow().reveal(), "unknown"))
                .as("a key without networks has no look at the address")
                .isNotNull();
    }

    @Test
    void openAnotherOrganisationThatIsApartFromTheFirst() throws Exception {
        Got opened =
                server.ask(
                        "POST",
                        ORGANISATIONS,
                        "{\"name\": \"Other\", \"owner_email\": \"eve@other.example\"}");
        assertThat(opened.status()).as(opened.raw().body()).isEqualTo(201);
        assertThat(opened.json().path("number").asInt()).isEqualTo(2);
        String token = opened.json().path("invitation").path("token").asString();
        Got in =
                server.ask(
                        "POST",
                        "/api/v1/invitations/accept",
                        "{\"token\": \""
                                + token
                                + "\", \"name\": \"Eve\", \"password\": \"correct horse\"}",
                        new String[0]);
        assertThat(in.json().path("role").asString()).isEqualTo("owner");
        assertThat(in.json().path("organization").asString()).isEqualTo("Other");
        String[] eve = {
            "cookie",
            in.header("set-cookie").split(";", 2)[0],
            "x-csrf-token",
            in.json().path("csrf_token").asString()
        };
        Got users = server.ask("GET", "/api/v1/users", null, eve);
        assertThat(users.json().path("items")).hasSize(1);
        Got keys = server.ask("GET", KEYS, null, eve);
        assertThat(keys.json().path("items")).isEmpty();
        Got key = server.ask("POST", KEYS, named("k"), eve);
        assertThat(key.status()).as(key.raw().body()).isEqualTo(201);
        assertThat(((Answer.Known) lookup(key)).caller().tenant()).isEqualTo(2);
        assertThat(server.ask("GET", key.header("location"), null).status()).isEqualTo(404);
        assertThat(server.ask("GET", ORGANISATIONS, null, eve).status()).isEqualTo(403);
        Got ownName = server.ask("PATCH", "/api/v1/organization", named("Others"), eve);
        assertThat(ownName.json().path("name").asString()).isEqualTo("Others");

        Got list = server.ask("GET", ORGANISATIONS + "?limit=1", null);
        assertThat(list.json().path("items").path(0).path("name").asString()).isEqualTo("Others");
        assertThat(list.json().path("next_cursor").asString()).isEqualTo("2");
        Got more =
                server.ask(
                        "POST", ORGANISATIONS + "/2/owners", "{\"email\": \"bob@other.example\"}");
        assertThat(more.status()).isEqualTo(201);

        assertThat(server.ask("DELETE", ORGANISATIONS + "/2", null).status()).isEqualTo(204);
        assertThat(lookup(key)).isInstanceOf(Answer.Revoked.class);
        assertThat(server.ask("GET", KEYS, null, eve).status()).isEqualTo(401);
        Got late =
                server.ask(
                        "POST",
                        "/api/v1/invitations/accept",
                        "{\"token\": \""
                                + more.json().path("invitation").path("token").asString()
                                + "\", \"name\": \"Bob\", \"password\": \"correct horse\"}",
                        new String[0]);
        assertThat(late.status()).as("invited before it was closed").isEqualTo(410);
        assertThat(
                        server.ask(
                                        "POST",
                                        ORGANISATIONS + "/2/owners",
                                        "{\"email\": \"joe@other.example\"}")
                                .status())
                .isEqualTo(409);
        assertThat(server.ask("DELETE", ORGANISATIONS + "/1", null).status()).isEqualTo(409);
        assertThat(server.ask("GET", ORGANISATIONS + "/9", null).status()).isEqualTo(404);
        assertThat(server.ask("GET", ORGANISATIONS + "/x", null).status()).isEqualTo(404);
        assertThat(server.ask("PATCH", ORGANISATIONS + "/2", named("x")).status()).isEqualTo(409);
        assertThat(
                        server.ask(
                                        "POST",
                                        ORGANISATIONS,
                                        "{\"name\": \"N\", \"owner_email\": \"nowhere\"}")
                                .json()
                                .path("field")
                                .asString())
                .isEqualTo("owner_email");
        assertThat(
                        server.ask("PATCH", ORGANISATIONS + "/1", named("First"))
                                .json()
                                .path("name")
                                .asString())
                .isEqualTo("First");
    }

    private Answer lookup(Got key) {
        return server.house
                .access
                .keys()
                .lookup(key.json().path("key").asString(), server.house.ticking.instant());
    }

    private static String named(String name) {
        return "{\"name\": \"" + name + "\"}";
    }
}
