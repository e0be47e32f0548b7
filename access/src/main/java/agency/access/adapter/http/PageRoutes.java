package agency.access.adapter.http;

import agency.kernel.fault.Fault;
import agency.platform.http.Answer;
import agency.platform.http.Permission;
import agency.platform.http.Route;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The first-run page: a small door until the console comes. Three files, nothing inline, nothing
 * from elsewhere.
 */
final class PageRoutes {
    private static final String POLICY =
            "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self';"
                    + " base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    /** The routes of the page and its files. */
    List<Route> routes() {
        return List.of(
                file("/", "readPage", "index.html", "text/html"),
                file("/page.js", "readPageScript", "page.js", "text/javascript"),
                file("/page.css", "readPageStyle", "page.css", "text/css"));
    }

    private static Route file(String path, String operation, String name, String type) {
        Buffer bytes = Buffer.buffer(resource("/agency/access/page/" + name));
        Answer answer =
                new Answer(
                        200,
                        Map.of("content-security-policy", POLICY, "cache-control", "no-cache"),
                        new Answer.Raw(type + "; charset=utf-8", bytes));
        return Route.of(HttpMethod.GET, path, operation, Permission.PUBLIC, call -> answer);
    }

    private static byte[] resource(String name) {
        try (InputStream file = PageRoutes.class.getResourceAsStream(name)) {
            if (file == null) {
                throw missing(name, null);
            }
            return file.readAllBytes();
        } catch (IOException unreadable) {
            throw missing(name, unreadable);
        }
    }

    private static Fault missing(String name, @Nullable IOException cause) {
        return Fault.lasting(
                "access.page-missing",
                "This build lacks " + name + ".",
                Map.of("resource", name),
                cause);
    }
}
