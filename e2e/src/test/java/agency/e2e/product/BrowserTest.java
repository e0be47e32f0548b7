package agency.e2e.product;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import agency.e2e.browser.Browsing;
import com.microsoft.playwright.Browser;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Response;
import com.microsoft.playwright.options.ColorScheme;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The page of the first run and the API reference, in a real browser. */
class BrowserTest {
    private static final int PHONE_WIDTH = 360;
    private static final int PHONE_HEIGHT = 740;

    private final AgencyFixture fixture = AgencyFixture.shared();
    private final String origin = "http://127.0.0.1:" + fixture.agency().port();
    private Browsing browsing;

    @BeforeEach
    void open() {
        Optional<Path> installed = Browsing.installed();
        if (installed.isEmpty() && "true".equals(System.getenv("CI"))) {
            throw new AssertionError("CI skips nothing: install Chromium (Debian: chromium)");
        }
        assumeTrue(
                installed.isPresent(),
                "skipped: there is no Chromium on this machine (Debian: apt-get install chromium)");
        browsing = Browsing.with(installed.orElseThrow());
    }

    @AfterEach
    void close() {
        if (browsing != null) browsing.close();
    }

    @Test
    void aOneTimeLinkSignsABrowserInAndOpensNoSecond() {
        String link = link();
        Page page = browsing.stranger();
        page.navigate(link);
        assertThat(page.locator("#signed-in")).isVisible();
        assertThat(page.locator("#notice")).hasText("You are signed in.");
        assertThat(page.url()).as("the link is out of the address bar").isEqualTo(origin + "/");
        assertThat(page.locator("#models li strong").getByText("scripted/scripted").first())
                .isVisible();
        page.reload();
        assertThat(page.locator("#signed-in")).isVisible();
        assertThat(browsing.complaints()).isEmpty();

        Page another = browsing.stranger();
        another.navigate(link);
        assertThat(another.locator("#signed-out")).isVisible();
        assertThat(another.locator("#signed-in")).isHidden();
        assertThat(another.locator("#notice.bad")).isVisible();
        assertThat(browsing.asked()).allMatch(url -> url.startsWith(origin + "/"));
    }

    @Test
    void aKeyIsMadeByKeyboardAloneAndItsCurlLineNamesAModelThatChats() {
        Page page = browsing.stranger();
        page.navigate(link());
        assertThat(page.locator("#signed-in")).isVisible();
        page.keyboard().press("Tab");
        assertThat(page.locator(".skip")).isFocused();
        page.locator("#name").focus();
        page.keyboard().type("made by keyboard");
        page.keyboard().press("Enter");
        assertThat(page.locator("#fresh-title")).isFocused();
        String key = page.locator("#fresh-key").textContent();
        assertThat(key).matches("sk-agency-[A-Za-z0-9_-]{43}");
        assertThat(page.locator("#fresh-curl").textContent())
                .contains(origin + "/v1/chat/completions", key)
                .contains("\"model\":\"scripted/")
                .doesNotContain("embedding");

        page.onDialog(dialog -> dialog.accept());
        Locator card =
                page.locator("#keys li")
                        .filter(new Locator.FilterOptions().setHasText("made by keyboard"));
        card.getByText("Revoke").focus();
        page.keyboard().press("Enter");
        assertThat(card).containsText("revoked");
        assertThat(browsing.complaints()).isEmpty();
    }

    @Test
    void aGuestComesInByAnInvitationAndAgainByPassword() {
        String password = "correct horse battery";
        Page page = browsing.stranger();
        page.navigate(invitation("Guest@acme.example", "analyst"));
        assertThat(page.locator("#invited-to"))
                .hasText("My organisation invites Guest@acme.example as analyst.");
        assertThat(page.url()).as("the token is out of the address bar").isEqualTo(origin + "/");
        page.locator("#guest-name").fill("Gail");
        page.locator("#guest-password").fill(password);
        page.keyboard().press("Enter");
        assertThat(page.locator("#who")).hasText("Gail, My organisation");
        // An analyst makes no keys, and his e-mail is known.
        assertThat(page.locator("#create-section")).isHidden();
        assertThat(page.locator("#own-email")).isHidden();

        page.locator("#sign-out").click();
        page.locator("#email").fill("guest@ACME.example");
        page.locator("#password").fill("wrong horse battery");
        page.keyboard().press("Enter");
        assertThat(page.locator("#notice.bad"))
                .hasText("No member has this e-mail and this password.");
        page.locator("#password").fill(password);
        page.keyboard().press("Enter");
        assertThat(page.locator("#who")).hasText("Gail, My organisation");

        page.locator("#old-password").fill(password);
        page.locator("#new-password").fill("another horse battery");
        page.keyboard().press("Enter");
        assertThat(page.locator("#notice")).containsText("Your password is set.");
        assertThat(widest(page)).isLessThanOrEqualTo(page.viewportSize().width);
    }

    @Test
    void theAdministratorOfAFirstStartNamesAnEmailWithHisPassword() {
        Page page = browsing.stranger();
        page.navigate(link());
        assertThat(page.locator("#sign-out")).isVisible();
        page.locator("#own-email").fill("founder@acme.example");
        page.locator("#new-password").fill("correct horse battery");
        page.keyboard().press("Enter");
        assertThat(page.locator("#notice")).containsText("Your password is set.");
        assertThat(page.locator("#own-email")).isHidden();

        page.locator("#sign-out").click();
        page.locator("#email").fill("founder@acme.example");
        page.locator("#password").fill("correct horse battery");
        page.keyboard().press("Enter");
        assertThat(page.locator("#who")).hasText("Administrator, My organisation");
    }

    @Test
    void theReferenceShowsTheRoutesAndAsksNobodyElse() {
        Page page = browsing.stranger();
        page.navigate(origin + "/docs");
        assertThat(page.locator(".opblock").getByText("/v1/chat/completions").first()).isVisible();
        assertThat(page.locator(".opblock").count()).isGreaterThan(20);
        page.locator(".opblock-summary-control").first().press("Enter");
        assertThat(page.locator(".opblock.is-open")).hasCount(1);
        assertThat(browsing.asked())
                .contains(origin + "/openapi.yaml")
                .allMatch(url -> url.startsWith(origin + "/") || url.startsWith("data:"));
        assertThat(browsing.complaints()).isEmpty();
    }

    @Test
    void noScriptOfAnotherOriginRunsAndNothingGoesOut() {
        for (String path : new String[] {"/", "/docs"}) {
            Page page = browsing.stranger();
            Response answer = Objects.requireNonNull(page.navigate(origin + path));
            assertThat(answer.headerValue("content-security-policy")).contains("'self'");
            assertThat(violation(page, "fetch('http://127.0.0.1:9/').catch(() => {})"))
                    .isEqualTo("connect-src");
            assertThat(
                            violation(
                                    page,
                                    "document.head.append(Object.assign("
                                            + "document.createElement('script'),"
                                            + " {textContent: 'window.ran = true'}))"))
                    .isEqualTo("script-src-elem");
            assertThat(page.evaluate("window.ran === undefined")).isEqualTo(true);
        }
        assertThat(browsing.asked()).noneMatch(url -> url.startsWith("http://127.0.0.1:9/"));
    }

    @ParameterizedTest
    @EnumSource(names = {"LIGHT", "DARK"})
    void everythingFitsOnAPhone(ColorScheme scheme) {
        Page page =
                browsing.stranger(
                        new Browser.NewContextOptions()
                                .setViewportSize(PHONE_WIDTH, PHONE_HEIGHT)
                                .setColorScheme(scheme));
        page.navigate(link());
        assertThat(page.locator("#keys li").first()).isVisible();
        assertThat(page.locator("#models li").first()).isVisible();
        assertThat(widest(page)).isLessThanOrEqualTo(PHONE_WIDTH);
        assertThat(brightness(page) > 128).isEqualTo(scheme == ColorScheme.LIGHT);

        page.navigate(origin + "/docs");
        assertThat(page.locator(".opblock").first()).isVisible();
        assertThat(widest(page)).isLessThanOrEqualTo(PHONE_WIDTH);
        assertThat(brightness(page) > 128).isEqualTo(scheme == ColorScheme.LIGHT);
        assertThat(browsing.complaints()).isEmpty();
    }

    private String invitation(String email, String role) {
        String token =
                fixture.agency()
                        .manage(
                                "POST",
                                "/api/v1/invitations",
                                "{\"email\": \"" + email + "\", \"role\": \"" + role + "\"}")
                        .path("token")
                        .asString();
        return origin + "/#invitation=" + token;
    }

    private String link() {
        String token =
                fixture.agency().manage("POST", "/api/v1/admin-links", "").path("token").asString();
        return origin + "/#link=" + token;
    }

    /** Which directive of the page's policy this script runs into. */
    private static String violation(Page page, String script) {
        return String.valueOf(
                page.evaluate(
                        """
                        () => new Promise((resolve, reject) => {
                          document.addEventListener('securitypolicyviolation',
                            (event) => resolve(event.effectiveDirective), {once: true});
                          setTimeout(() => reject(new Error('nothing was refused')), 10000);
                          %s;
                        })
                        """
                                .formatted(script)));
    }

    private static int widest(Page page) {
        return ((Number) page.evaluate("document.documentElement.scrollWidth")).intValue();
    }

    /** Of the page's ground, 0 to 255. */
    private static double brightness(Page page) {
        return ((Number)
                        page.evaluate(
                                """
                                () => {
                                  const grounds = [document.body, document.documentElement]
                                    .map((one) => getComputedStyle(one).backgroundColor);
                                  const ground = grounds.find((one) => one !== 'rgba(0, 0, 0, 0)')
                                    ?? 'rgb(255, 255, 255)';
                                  const [red, green, blue] = ground.match(/\\d+/g).map(Number);
                                  return (red + green + blue) / 3;
                                }
                                """))
                .doubleValue();
    }
}
