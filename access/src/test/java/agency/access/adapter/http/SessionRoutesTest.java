package agency.access.adapter.http;

import static org.assertj.core.api.Assertions.assertThat;

import agency.access.adapter.http.Server.Got;
import agency.access.domain.role.Standing;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SessionRoutesTest {
    private final Server server = new Server();

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void signABrowserInByALinkAndOutAgain() throws Exception {
        Got in = signIn();
        String cookie = cookie(in);
        String csrf = in.json().path("csrf_token").asString();
        assertThat(in.header("set-cookie"))
                .startsWith("agency-session=")
                .contains("HttpOnly", "SameSite=Strict", "Max-Age=43200");
        assertThat(in.json().path("name").asString()).isEqualTo("Administrator");
        assertThat(in.json().path("role").asString()).isEqualTo("owner");
        assertThat(in.json().path("installation_role").asString()).isEqualTo("operator");
        assertThat(in.json().path("permissions").toString())
                .contains("\"keys.write\"", "\"providers.write\"");

        Got read = server.ask("GET", "/api/v1/session", null, "cookie", cookie);
        assertThat(read.json()).isEqualTo(in.json());
        Got created =
                server.ask(
                        "POST",
                        "/api/v1/keys",
                        "{\"name\": \"by browser\"}",
                        "cookie",
                        cookie,
                        "x-csrf-token",
                        csrf);
        assertThat(created.status()).isEqualTo(201);

        Got out =
                server.ask(
                        "DELETE", "/api/v1/session", null, "cookie", cookie, "x-csrf-token", csrf);
        assertThat(out.status()).isEqualTo(204);
        assertThat(out.header("set-cookie")).contains("Max-Age=0");
        assertThat(server.ask("GET", "/api/v1/session", null, "cookie", cookie).status())
                .isEqualTo(401);
    }

    @Test
    void refuseAChangeWithoutTheSessionsOwnToken() throws Exception {
        String cookie = cookie(signIn());
        String other = signIn().json().path("csrf_token").asString();
        for (String[] headers :
                new String[][] {{"cookie", cookie}, {"cookie", cookie, "x-csrf-token", other}}) {
            assertThat(server.ask("POST", "/api/v1/keys", "{\"name\": \"x\"}", headers).status())
                    .isEqualTo(403);
        }
    }

    @Test
    void takeALinkOnce() throws Exception {
        String token = token();
        assertThat(consume(token).status()).isEqualTo(200);
        Got again = consume(token);
        assertThat(again.status()).isEqualTo(410);
        assertThat(again.json().path("detail").asString())
                .contains("used before")
                .contains("agency admin link");
    }

    @Test
    void takeALinkWithinItsHourOnly() throws Exception {
        String token = token();
        server.house.ticking.move(Duration.ofHours(1));
        assertThat(consume(token).json().path("detail").asString()).contains("was good until");
    }

    @Test
    void limitTriesByAddressForSomeTime() throws Exception {
        for (int i = 0; i < Tries.MOST; i++) {
            assertThat(consume("wrong").status()).isEqualTo(410);
        }
        Got refused = consume(token());
        assertThat(refused.status()).isEqualTo(429);
        assertThat(refused.header("retry-after")).isEqualTo("600");
        server.house.ticking.move(Tries.WINDOW);
        assertThat(consume(token()).status()).isEqualTo(200);
    }

    @Test
    void refuseATokenLongerThanAnyLinks() throws Exception {
        Got got = consume("x".repeat(101));
        assertThat(got.status()).isEqualTo(400);
        assertThat(got.json().path("field").asString()).isEqualTo("token");
    }

    @Test
    void sayWhoBearsAnAdministratorsKey() throws Exception {
        Got read = server.ask("GET", "/api/v1/session", null);
        assertThat(read.json().path("person").asString())
                .isEqualTo(server.opened.administrator().toString());
        assertThat(read.json().path("permissions").size())
                .isEqualTo(Standing.FOUNDER.permissions().size());
        assertThat(read.json().has("csrf_token")).isFalse();
        assertThat(server.ask("DELETE", "/api/v1/session", null).status()).isEqualTo(400);
    }

    @Test
    void nameTheOrganisationAndItsProject() throws Exception {
        Got got = server.ask("GET", "/api/v1/organization", null);
        assertThat(got.json().path("name").asString()).isEqualTo("My organisation");
        assertThat(got.json().path("project").path("name").asString()).isEqualTo("First project");
    }

    @Test
    void showThePageUnderAStrictPolicy() throws Exception {
        for (String path : new String[] {"/", "/page.js", "/page.css"}) {
            Got got = server.ask("GET", path, null, new String[0]);
            assertThat(got.status()).isEqualTo(200);
            assertThat(got.header("content-security-policy"))
                    .contains("default-src 'none'")
                    .doesNotContain("unsafe");
            assertThat(got.raw().body())
                    .doesNotContainPattern("https?://")
                    .doesNotContainPattern(" on[a-z]+=")
                    .doesNotContain("<style", "style=", "innerHTML");
        }
    }

    @Test
    void countAnIpv6NetworkAsOneAddress() {
        assertThat(Tries.network("2001:db8:1:2:3::4"))
                .isEqualTo(Tries.network("2001:db8:1:2:5::6"))
                .isNotEqualTo(Tries.network("2001:db8:1:3::4"));
        assertThat(Tries.network("192.0.2.1")).isEqualTo("192.0.2.1");
        assertThat(Tries.network("un:known")).isEqualTo("un:known");
    }

    @Test
    void forgetTheOldestAddressesWhenThereAreTooMany() {
        Tries tries = new Tries(server.house.ticking);
        for (int i = 0; i < Tries.MOST; i++) {
            assertThat(tries.count("first")).isZero();
        }
        assertThat(tries.count("first")).isPositive();
        for (int i = 0; i < Tries.MAX_ADDRESSES; i++) {
            tries.count("other " + i);
        }
        assertThat(tries.count("first")).isZero();
    }

    private String token() throws Exception {
        return server.ask("POST", "/api/v1/admin-links", null).json().path("token").asString();
    }

    private Got consume(String token) throws Exception {
        return server.ask(
                "POST",
                "/api/v1/admin-links/consume",
                "{\"token\": \"" + token + "\"}",
                new String[0]);
    }

    private Got signIn() throws Exception {
        Got in = consume(token());
        assertThat(in.status()).isEqualTo(200);
        return in;
    }

    private static String cookie(Got in) {
        return in.header("set-cookie").split(";")[0];
    }
}
