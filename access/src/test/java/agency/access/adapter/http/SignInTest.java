package agency.access.adapter.http;

import static org.assertj.core.api.Assertions.assertThat;

import agency.access.adapter.http.Server.Got;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Invitations, signing in, passwords and sessions, as a browser lives through them. */
class SignInTest {
    private static final String PASSWORD = "correct horse battery";
    private static final String INVITATIONS = "/api/v1/invitations";
    private static final String SESSIONS = "/api/v1/sessions";

    private final Server server = new Server();

    /** A signed-in browser. */
    private record Browser(String cookie, String csrf) {
        String[] headers() {
            return new String[] {"cookie", cookie, "x-csrf-token", csrf};
        }
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void comeInByAnInvitationAndAgainByPassword() throws Exception {
        Got offered = invite("Bob@acme.example", "developer");
        assertThat(offered.status()).as(offered.raw().body()).isEqualTo(201);
        String token = offered.json().path("token").asString();
        assertThat(server.ask("GET", offered.header("location"), null).json().has("token"))
                .isFalse();
        Got seen = server.ask("POST", INVITATIONS + "/look", body("token", token), new String[0]);
        assertThat(seen.json().path("organization").asString()).isEqualTo("My organisation");
        assertThat(seen.json().path("email").asString()).isEqualTo("Bob@acme.example");

        Got in = accept(token, "Bob", PASSWORD);
        assertThat(in.status()).as(in.raw().body()).isEqualTo(201);
        assertThat(in.json().path("name").asString()).isEqualTo("Bob");
        assertThat(in.json().path("role").asString()).isEqualTo("developer");
        assertThat(ask(browser(in), "GET", "/api/v1/keys", null).status()).isEqualTo(200);
        assertThat(accept(token, "Eve", PASSWORD).status()).isEqualTo(410);
        assertThat(
                        server.ask("GET", offered.header("location"), null)
                                .json()
                                .path("state")
                                .asString())
                .isEqualTo("accepted");

        Got again = signIn("bob@ACME.example", PASSWORD);
        assertThat(again.status()).as(again.raw().body()).isEqualTo(201);
        assertThat(again.header("set-cookie")).contains("HttpOnly").contains("SameSite");
        assertThat(again.json().path("person").asString())
                .isEqualTo(in.json().path("person").asString());
    }

    @Test
    void tellNobodyWhetherEmailOrPasswordWasWrong() throws Exception {
        enter("bob@acme.example", "viewer");
        Got wrong = signIn("bob@acme.example", "wrong horse battery");
        Got unknown = signIn("eve@acme.example", PASSWORD);
        Got noneYet = signIn("nobody", PASSWORD);
        for (Got got : new Got[] {wrong, unknown, noneYet}) {
            assertThat(got.status()).isEqualTo(401);
            assertThat(got.json().path("detail")).isEqualTo(wrong.json().path("detail"));
            assertThat(got.raw().headers().map()).doesNotContainKey("set-cookie");
        }
    }

    @Test
    void letNobodyTryForEver() throws Exception {
        enter("bob@acme.example", "viewer");
        for (int i = 0; i < Tries.MOST; i++) {
            assertThat(signIn("bob@acme.example", "x").status()).isEqualTo(401);
        }
        Got tooMany = signIn("bob@acme.example", PASSWORD);
        assertThat(tooMany.status()).isEqualTo(429);
        assertThat(tooMany.header("retry-after")).isNotEmpty();
        server.house.ticking.move(Tries.WINDOW);
        assertThat(signIn("bob@acme.example", PASSWORD).status()).isEqualTo(201);
    }

    @Test
    void letNobodyGuessAtOthersByComingInAsHimselfInBetween() throws Exception {
        enter("bob@acme.example", "viewer");
        for (int i = 0; i < Tries.MOST - 1; i++) {
            assertThat(signIn("guest" + i + "@acme.example", PASSWORD).status()).isEqualTo(401);
        }
        assertThat(signIn("bob@acme.example", PASSWORD).status()).isEqualTo(201);
        assertThat(signIn("one@acme.example", PASSWORD).status()).isEqualTo(401);
        assertThat(signIn("more@acme.example", PASSWORD).status()).isEqualTo(429);
    }

    @Test
    void countAnEmailApartFromAnAddressThatIsWrittenLikeIt() throws Exception {
        for (int i = 0; i < Tries.MOST; i++) {
            assertThat(signIn("127.0.0.1", PASSWORD).status()).isEqualTo(401);
        }
    }

    @Test
    void changeThePasswordAndShutTheOtherBrowsersOut() throws Exception {
        enter("bob@acme.example", "viewer");
        Browser one = browser(signIn("bob@acme.example", PASSWORD));
        Browser other = browser(signIn("bob@acme.example", PASSWORD));
        String next = "another horse battery";
        Got without = ask(one, "PUT", "/api/v1/session/password", body("password", next));
        assertThat(without.status()).isEqualTo(403);
        assertThat(without.raw().body()).contains("old-password-needed");
        Got wrong =
                ask(
                        one,
                        "PUT",
                        "/api/v1/session/password",
                        "{\"old\": \"wrong horse battery\", \"password\": \"" + next + "\"}");
        assertThat(wrong.status()).isEqualTo(403);
        Got weak =
                ask(
                        one,
                        "PUT",
                        "/api/v1/session/password",
                        "{\"old\": \"" + PASSWORD + "\", \"password\": \"short\"}");
        assertThat(weak.json().path("detail").asString()).contains("at least 12");
        Got done =
                ask(
                        one,
                        "PUT",
                        "/api/v1/session/password",
                        "{\"old\": \"" + PASSWORD + "\", \"password\": \"" + next + "\"}");
        assertThat(done.status()).as(done.raw().body()).isEqualTo(204);
        assertThat(ask(one, "GET", "/api/v1/session", null).status()).isEqualTo(200);
        assertThat(ask(other, "GET", "/api/v1/session", null).status()).isEqualTo(401);
        assertThat(signIn("bob@acme.example", PASSWORD).status()).isEqualTo(401);
        assertThat(signIn("bob@acme.example", next).status()).isEqualTo(201);
    }

    @Test
    void setAForgottenPasswordByALinkOfAnAdministrator() throws Exception {
        String bob = enter("bob@acme.example", "viewer");
        Got link = server.ask("POST", "/api/v1/users/" + bob + "/links", null);
        assertThat(link.status()).as(link.raw().body()).isEqualTo(201);
        Browser browser =
                browser(
                        server.ask(
                                "POST",
                                "/api/v1/admin-links/consume",
                                body("token", link.json().path("token").asString()),
                                new String[0]));
        String next = "another horse battery";
        assertThat(ask(browser, "PUT", "/api/v1/session/password", body("password", next)).status())
                .isEqualTo(204);
        assertThat(signIn("bob@acme.example", next).status()).isEqualTo(201);
        server.house.ticking.move(Duration.ofHours(1));
        assertThat(
                        ask(browser, "PUT", "/api/v1/session/password", body("password", PASSWORD))
                                .status())
                .as("an hour later the link is no proof any more")
                .isEqualTo(403);
        String keyLess = "{\"password\": \"" + PASSWORD + "\"}";
        assertThat(server.ask("PUT", "/api/v1/session/password", keyLess).status())
                .as("keys have no password")
                .isEqualTo(400);
    }

    @Test
    void giveTheAdministratorOfAFirstStartAnEmailWithHisPassword() throws Exception {
        Browser founder =
                browser(
                        server.ask(
                                "POST",
                                "/api/v1/admin-links/consume",
                                body(
                                        "token",
                                        server.house
                                                .access
                                                .offerLink(server.opened)
                                                .token()
                                                .reveal()),
                                new String[0]));
        String path = "/api/v1/session/password";
        Got without = ask(founder, "PUT", path, body("password", PASSWORD));
        assertThat(without.status()).isEqualTo(400);
        assertThat(without.json().path("field").asString()).isEqualTo("email");
        String with = "{\"password\": \"" + PASSWORD + "\", \"email\": \"%s\"}";
        Got unfit = ask(founder, "PUT", path, with.formatted("ada"));
        assertThat(unfit.json().path("detail").asString()).contains("name@domain");
        enter("bob@acme.example", "viewer");
        Got taken = ask(founder, "PUT", path, with.formatted("BOB@acme.example"));
        assertThat(taken.status()).isEqualTo(409);
        Got done = ask(founder, "PUT", path, with.formatted(" ada@acme.example "));
        assertThat(done.status()).as(done.raw().body()).isEqualTo(204);
        Got in = signIn("Ada@acme.example", PASSWORD);
        assertThat(in.json().path("person").asString())
                .isEqualTo(server.opened.administrator().toString());
        assertThat(in.json().path("email").asString()).isEqualTo("ada@acme.example");
        Got other = ask(founder, "PUT", path, with.formatted("eve@acme.example"));
        assertThat(other.json().path("field").asString()).isEqualTo("email");
    }

    @Test
    void makeNoLinkForOneWhoMayMore() throws Exception {
        enter("bob@acme.example", "admin");
        Browser bob = browser(signIn("bob@acme.example", PASSWORD));
        Got link =
                ask(bob, "POST", "/api/v1/users/" + server.opened.administrator() + "/links", null);
        assertThat(link.status()).isEqualTo(403);
        assertThat(link.raw().body()).contains("beyond-your-role");
    }

    @Test
    void listAndEndSessions() throws Exception {
        String id = enter("bob@acme.example", "viewer");
        Browser bob = browser(signIn("bob@acme.example", PASSWORD));
        Got own = ask(bob, "GET", SESSIONS, null);
        assertThat(own.json().path("items")).hasSize(2);
        assertThat(own.json().path("items").path(0).path("current").asBoolean()).isTrue();
        assertThat(own.json().path("items").path(1).path("current").asBoolean()).isFalse();
        String other = own.json().path("items").path(1).path("id").asString();
        assertThat(ask(bob, "DELETE", SESSIONS + "/" + other, null).status()).isEqualTo(204);
        assertThat(ask(bob, "GET", SESSIONS, null).json().path("items")).hasSize(1);
        assertThat(
                        ask(bob, "GET", SESSIONS + "?user=" + server.opened.administrator(), null)
                                .status())
                .isEqualTo(403);
        assertThat(ask(bob, "GET", SESSIONS + "?user=x", null).status()).isEqualTo(400);
        Got seen = server.ask("GET", SESSIONS + "?user=" + id, null);
        String last = seen.json().path("items").path(0).path("id").asString();
        assertThat(server.ask("DELETE", SESSIONS + "/" + last, null).status()).isEqualTo(204);
        assertThat(ask(bob, "GET", "/api/v1/session", null).status()).isEqualTo(401);
        assertThat(server.ask("DELETE", SESSIONS + "/" + last, null).status()).isEqualTo(404);
    }

    @Test
    void listSessionsInPages() throws Exception {
        enter("bob@acme.example", "viewer");
        signIn("bob@acme.example", PASSWORD);
        Browser bob = browser(signIn("bob@acme.example", PASSWORD));
        Got first = ask(bob, "GET", SESSIONS + "?limit=2", null);
        assertThat(first.json().path("items")).hasSize(2);
        Got rest =
                ask(
                        bob,
                        "GET",
                        SESSIONS + "?limit=2&cursor=" + first.json().path("next_cursor").asString(),
                        null);
        assertThat(rest.json().path("items")).hasSize(1);
        assertThat(rest.json().has("next_cursor")).isFalse();
        assertThat(first.json().path("items").toString())
                .doesNotContain(rest.json().path("items").path(0).path("id").asString());
    }

    @Test
    void endNobodyElsesSession() throws Exception {
        enter("bob@acme.example", "viewer");
        enter("eve@acme.example", "admin");
        Browser bob = browser(signIn("bob@acme.example", PASSWORD));
        Browser eve = browser(signIn("eve@acme.example", PASSWORD));
        String evesId =
                ask(eve, "GET", SESSIONS, null).json().path("items").path(0).path("id").asString();
        assertThat(ask(bob, "DELETE", SESSIONS + "/" + evesId, null).status()).isEqualTo(404);
        assertThat(ask(eve, "GET", "/api/v1/session", null).status()).isEqualTo(200);
    }

    @Test
    void letNobodyInByAnInvitationThatWasTakenBackOrIsOver() throws Exception {
        Got offered = invite("bob@acme.example", "viewer");
        String token = offered.json().path("token").asString();
        assertThat(server.ask("DELETE", offered.header("location"), null).status()).isEqualTo(204);
        Got refused = accept(token, "Bob", PASSWORD);
        assertThat(refused.status()).isEqualTo(410);
        assertThat(refused.raw().body()).contains("taken back");
        Got second = invite("bob@acme.example", "viewer");
        server.house.ticking.move(Duration.ofDays(7));
        Got late = accept(second.json().path("token").asString(), "Bob", PASSWORD);
        assertThat(late.status()).isEqualTo(410);
        assertThat(late.raw().body()).contains("good until");
        assertThat(accept("nothing", "Bob", PASSWORD).status()).isEqualTo(410);
    }

    @Test
    void letNobodyInInTheNameOfOneWhoMayNot() throws Exception {
        String eve = enter("eve@acme.example", "admin");
        Browser browser = browser(signIn("eve@acme.example", PASSWORD));
        Got offered =
                ask(
                        browser,
                        "POST",
                        INVITATIONS,
                        "{\"email\": \"bob@acme.example\", \"role\": \"admin\"}");
        assertThat(offered.status()).as(offered.raw().body()).isEqualTo(201);
        Got beyond =
                ask(
                        browser,
                        "POST",
                        INVITATIONS,
                        "{\"email\": \"x@acme.example\", \"role\": \"owner\"}");
        assertThat(beyond.status()).isEqualTo(403);
        server.ask("PATCH", "/api/v1/users/" + eve, "{\"role\": \"viewer\"}");
        String token = offered.json().path("token").asString();
        Got refused = accept(token, "Bob", PASSWORD);
        assertThat(refused.status()).isEqualTo(409);
        assertThat(refused.raw().body()).contains("inviter-may-not");
        server.ask("PATCH", "/api/v1/users/" + eve, "{\"role\": \"admin\"}");
        assertThat(accept(token, "Bob", PASSWORD).status())
                .as("nothing was used up by the refusal")
                .isEqualTo(201);
    }

    @Test
    void sayWhatIsWrongWithAnInvitation() throws Exception {
        assertThat(invite("nowhere", "viewer").json().path("field").asString()).isEqualTo("email");
        Got hours =
                server.ask(
                        "POST",
                        INVITATIONS,
                        "{\"email\": \"b@c.d\", \"role\": \"viewer\", \"expires_in_hours\": 169}");
        assertThat(hours.json().path("detail").asString()).contains("from 1 to 168");
        String token = invite("bob@acme.example", "viewer").json().path("token").asString();
        assertThat(accept(token, "Bob", "short").json().path("field").asString())
                .isEqualTo("password");
        assertThat(accept(token, " ", PASSWORD).json().path("field").asString()).isEqualTo("name");
        assertThat(accept(token, "Bob", "x".repeat(1_001)).json().path("detail").asString())
                .contains("1000");
        assertThat(accept("x".repeat(101), "Bob", PASSWORD).status()).isEqualTo(400);
        assertThat(accept(token, "Bob", PASSWORD).status()).isEqualTo(201);
        Got member = invite("BOB@acme.example", "viewer");
        assertThat(member.status()).isEqualTo(409);
        assertThat(server.ask("GET", INVITATIONS + "/" + new java.util.UUID(0, 1), null).status())
                .isEqualTo(404);
    }

    @Test
    void bringAFormerMemberBackUnderTheOldIdAndANewPassword() throws Exception {
        String bob = enter("bob@acme.example", "viewer");
        server.ask("DELETE", "/api/v1/users/" + bob, null);
        assertThat(signIn("bob@acme.example", PASSWORD).status()).isEqualTo(401);
        Got offered = invite("bob@acme.example", "admin");
        String next = "another horse battery";
        Got in = accept(offered.json().path("token").asString(), "", next);
        assertThat(in.status()).as(in.raw().body()).isEqualTo(201);
        assertThat(in.json().path("person").asString()).isEqualTo(bob);
        assertThat(in.json().path("name").asString()).isEqualTo("Guest");
        assertThat(signIn("bob@acme.example", PASSWORD).status()).isEqualTo(401);
        assertThat(signIn("bob@acme.example", next).status()).isEqualTo(201);
    }

    @Test
    void listInvitations() throws Exception {
        invite("a@acme.example", "viewer");
        invite("b@acme.example", "admin");
        Got list = server.ask("GET", INVITATIONS + "?limit=1", null);
        assertThat(list.json().path("items").path(0).path("email").asString())
                .isEqualTo("b@acme.example");
        assertThat(list.json().path("items").path(0).path("state").asString()).isEqualTo("open");
        assertThat(list.raw().body()).doesNotContain("token");
        Got rest =
                server.ask(
                        "GET",
                        INVITATIONS + "?cursor=" + list.json().path("next_cursor").asString(),
                        null);
        assertThat(rest.json().path("items")).hasSize(1);
    }

    @Test
    void renameAMemberAndGiveHimARoleInTheInstallation() throws Exception {
        String bob = enter("bob@acme.example", "viewer");
        Got changed =
                server.ask(
                        "PATCH",
                        "/api/v1/users/" + bob,
                        "{\"name\": \"Robert\", \"installation_role\": \"auditor\"}");
        assertThat(changed.json().path("name").asString()).isEqualTo("Robert");
        assertThat(changed.json().path("role").asString()).isEqualTo("viewer");
        assertThat(changed.json().path("installation_role").asString()).isEqualTo("auditor");
        Got back = server.ask("PATCH", "/api/v1/users/" + bob, "{\"installation_role\": \"none\"}");
        assertThat(back.json().has("installation_role")).isFalse();
        assertThat(server.ask("PATCH", "/api/v1/users/" + bob, "{\"name\": \" \"}").status())
                .isEqualTo(400);
    }

    /** A member who came in by an invitation; his id. */
    private String enter(String email, String role) throws Exception {
        Got offered = invite(email, role);
        Got in = accept(offered.json().path("token").asString(), "Guest", PASSWORD);
        assertThat(in.status()).as(in.raw().body()).isEqualTo(201);
        return in.json().path("person").asString();
    }

    private Got invite(String email, String role) throws Exception {
        return server.ask(
                "POST", INVITATIONS, "{\"email\": \"" + email + "\", \"role\": \"" + role + "\"}");
    }

    private Got accept(String token, String name, String password) throws Exception {
        return server.ask(
                "POST",
                INVITATIONS + "/accept",
                "{\"token\": \""
                        + token
                        + "\", \"name\": \""
                        + name
                        + "\", \"password\": \""
                        + password
                        + "\"}",
                new String[0]);
    }

    private Got signIn(String email, String password) throws Exception {
        return server.ask(
                "POST",
                SESSIONS,
                "{\"email\": \"" + email + "\", \"password\": \"" + password + "\"}",
                new String[0]);
    }

    private Got ask(Browser browser, String method, String path, String body) throws Exception {
        return server.ask(method, path, body, browser.headers());
    }

    private static Browser browser(Got signedIn) {
        assertThat(signedIn.status()).as(signedIn.raw().body()).isIn(200, 201);
        String cookie =
                Stream.of(signedIn.header("set-cookie").split(";", 2)).findFirst().orElseThrow();
        return new Browser(cookie, signedIn.json().path("csrf_token").asString());
    }

    private static String body(String field, String value) {
        return "{\"" + field + "\": \"" + value + "\"}";
    }
}
