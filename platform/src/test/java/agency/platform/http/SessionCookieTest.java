package agency.platform.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class SessionCookieTest {
    @Test
    void isBoundToThisHostOverTls() {
        assertThat(SessionCookie.set("abc", true, Duration.ofMinutes(2)))
                .isEqualTo(
                        "__Host-agency-session=abc; Path=/; HttpOnly; SameSite=Strict; Max-Age=120;"
                                + " Secure");
    }

    @Test
    void goesByItsPlainNameOnLoopback() {
        assertThat(SessionCookie.set("abc", false, Duration.ofMinutes(2)))
                .isEqualTo("agency-session=abc; Path=/; HttpOnly; SameSite=Strict; Max-Age=120");
    }

    @Test
    void isTakenAwayByAnAgeOfNothing() {
        assertThat(SessionCookie.clear(true))
                .startsWith("__Host-agency-session=;")
                .contains("Max-Age=0");
    }

    @Test
    void isFoundAmongOthers() {
        assertThat(SessionCookie.read("a=1; agency-session=xyz; b=2", false)).contains("xyz");
        assertThat(SessionCookie.read("__Host-agency-session=s", true)).contains("s");
    }

    @Test
    void isNotConfusedWithTheOtherConnectionsOrLongerNames() {
        assertThat(SessionCookie.read("agency-session=xyz", true)).isEmpty();
        assertThat(SessionCookie.read("my-agency-session=xyz; agency-session=", false)).isEmpty();
        assertThat(SessionCookie.read("agency-session=" + "x".repeat(9000), false)).isEmpty();
    }
}
