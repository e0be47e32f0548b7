package agency.app.openapi;

import agency.kernel.fault.Fault;
import agency.platform.http.Answer;
import agency.platform.http.Handler;
import agency.platform.http.Permission;
import agency.platform.http.Problem;
import agency.platform.http.Route;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** {@code /openapi.yaml} and {@code /docs}: nothing here is fetched from anywhere else. */
public final class DocumentRoutes {
    private static final String POLICY =
            "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src"
                    + " 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none';"
                    + " frame-ancestors 'none'";

    /** Which file of the viewer answers which name; no other can be asked for. */
    private static final Map<String, String> VIEWER =
            Map.of(
                    "swagger-ui.css", "text/css; charset=utf-8",
                    "swagger-ui-bundle.js", "text/javascript; charset=utf-8");

    private final Supplier<OpenApiDocument> document;
    private volatile byte @Nullable [] yaml;

    /**
     * Serves this document, put together when it is first asked for: six documents to parse and one
     * to write would be a sixth of a start.
     */
    public DocumentRoutes(Supplier<OpenApiDocument> document) {
        this.document = document;
    }

    /** The routes. */
    public List<Route> routes() {
        return List.of(
                Route.of(
                        HttpMethod.GET, "/openapi.yaml", "readOpenApi", Permission.PUBLIC, whole()),
                Route.of(
                        HttpMethod.GET,
                        "/docs",
                        "readDocs",
                        Permission.PUBLIC,
                        page("index.html", "text/html")),
                Route.of(
                        HttpMethod.GET,
                        "/docs/{file}",
                        "readDocsFile",
                        Permission.PUBLIC,
                        call -> file(call.path("file"))));
    }

    private Handler.Blocking whole() {
        return call -> raw("application/yaml; charset=utf-8", yaml());
    }

    /** Two who ask first at once both write it, and it is the same. */
    private byte[] yaml() {
        byte[] known = yaml;
        if (known == null) {
            known = document.get().yaml().getBytes(java.nio.charset.StandardCharsets.UTF_8);
            yaml = known;
        }
        return known;
    }

    private static Handler.Blocking page(String name, String type) {
        return call -> raw(type + "; charset=utf-8", resource("/agency/docs/" + name));
    }

    private static Answer file(String name) {
        if (name.equals("start.js")) {
            return raw("text/javascript; charset=utf-8", resource("/agency/docs/start.js"));
        }
        String type = VIEWER.get(name);
        if (type == null) {
            throw new Problem(
                    404,
                    "not-found",
                    "Not found",
                    "There is no /docs/" + name + ". Read on at /docs.");
        }
        return raw(
                type,
                resource("/META-INF/resources/webjars/swagger-ui/" + viewerVersion() + "/" + name));
    }

    private static Answer raw(String type, byte[] bytes) {
        return new Answer(
                200,
                Map.of("content-security-policy", POLICY, "cache-control", "no-cache"),
                new Answer.Raw(type, Buffer.buffer(bytes)));
    }

    private static String viewerVersion() {
        Properties pom = new Properties();
        try (InputStream file =
                DocumentRoutes.class.getResourceAsStream(
                        "/META-INF/maven/org.webjars/swagger-ui/pom.properties")) {
            if (file != null) {
                pom.load(file);
            }
        } catch (IOException unreadable) {
            throw missing("the viewer's version", unreadable);
        }
        return pom.getProperty("version", "");
    }

    private static byte[] resource(String name) {
        try (InputStream file = DocumentRoutes.class.getResourceAsStream(name)) {
            if (file == null) {
                throw missing(name, null);
            }
            return file.readAllBytes();
        } catch (IOException unreadable) {
            throw missing(name, unreadable);
        }
    }

    private static Fault missing(String what, @org.jspecify.annotations.Nullable Exception cause) {
        return Fault.lasting(
                "docs.missing", "This build lacks " + what + ".", Map.of("resource", what), cause);
    }
}
