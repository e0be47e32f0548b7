package agency.e2e.browser;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * A browser of this machine, without a window, which writes down whatever its pages ask for and
 * complain about.
 */
public final class Browsing implements AutoCloseable {
    private static final List<Path> BROWSERS =
            List.of(
                    Path.of("/usr/bin/chromium"),
                    Path.of("/usr/bin/google-chrome"),
                    Path.of("/usr/bin/chromium-browser"));

    private final Playwright playwright;
    private final Browser browser;
    private final List<String> asked = new CopyOnWriteArrayList<>();
    private final List<String> complaints = new CopyOnWriteArrayList<>();

    private Browsing(Path executable) {
        playwright =
                Playwright.create(
                        new Playwright.CreateOptions()
                                .setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
        browser =
                playwright
                        .chromium()
                        .launch(
                                new BrowserType.LaunchOptions()
                                        .setExecutablePath(executable)
                                        .setArgs(List.of("--disable-dev-shm-usage")));
    }

    /** The browser of this machine, if it has one. */
    public static Optional<Path> installed() {
        return BROWSERS.stream().filter(Files::isExecutable).findFirst();
    }

    /** Starts it. */
    public static Browsing with(Path executable) {
        return new Browsing(executable);
    }

    /** A page of somebody who has never been here: no cookies, nothing kept. */
    public Page stranger() {
        return stranger(new Browser.NewContextOptions());
    }

    /** The same on a screen and with the tastes given. */
    public Page stranger(Browser.NewContextOptions options) {
        BrowserContext context = browser.newContext(options);
        context.onRequest(request -> asked.add(request.url()));
        context.onConsoleMessage(message -> {
            if (List.of("error", "warning").contains(message.type())) {
                complaints.add(message.text());
            }
        });
        context.onWebError(error -> complaints.add(error.error()));
        return context.newPage();
    }

    /** The address of every request that any page has made. */
    public List<String> asked() {
        return List.copyOf(asked);
    }

    /** Errors and warnings in the console, and what scripts threw. */
    public List<String> complaints() {
        return List.copyOf(complaints);
    }

    @Override
    public void close() {
        browser.close();
        playwright.close();
    }
}
