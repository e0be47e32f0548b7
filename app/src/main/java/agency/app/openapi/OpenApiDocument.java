package agency.app.openapi;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.dataformat.yaml.YAMLMapper;
import tools.jackson.dataformat.yaml.YAMLWriteFeature;

/**
 * The OpenAPI 3.1 document of the whole program, merged from those of its contexts. What several of
 * them use, such as {@code Problem}, stands in {@code app.yaml} alone: a path or a component that
 * two of them define, be it alike, is a mistake of ours and throws {@link IllegalStateException}.
 */
public final class OpenApiDocument {
    /**
     * Whose documents are merged, in the order in which they are shown; files under {@code
     * contracts/openapi}.
     */
    public static final List<String> CONTEXTS =
            List.of(
                    "gateway",
                    "access",
                    "ledger",
                    "platform-log",
                    "platform-audit",
                    "platform",
                    "app");

    private static final YAMLMapper YAML =
            YAMLMapper.builder().disable(YAMLWriteFeature.WRITE_DOC_START_MARKER).build();

    private final ObjectNode merged;

    private OpenApiDocument(ObjectNode merged) {
        this.merged = merged;
    }

    /** Reads and merges the documents from the class path. */
    public static OpenApiDocument load() {
        ObjectNode whole = (ObjectNode) read("app");
        for (String context : CONTEXTS) {
            if (!context.equals("app")) {
                merge(context, whole, read(context));
            }
        }
        doneOnce(whole);
        return new OpenApiDocument(whole);
    }

    /** What the server does for every POST of a known caller is said here for all of them. */
    private static void doneOnce(ObjectNode whole) {
        for (var path : whole.path("paths").properties()) {
            if (path.getKey().startsWith("/api/")
                    && path.getValue().get("post") instanceof ObjectNode post
                    && !post.has("security")) {
                post.withArray("parameters")
                        .addObject()
                        .put("$ref", "#/components/parameters/IdempotencyKey");
                ObjectNode responses = post.withObject("/responses");
                for (String status : List.of("409", "422")) {
                    if (!responses.has(status)) {
                        responses.putObject(status).put("$ref", "#/components/responses/Problem");
                    }
                }
            }
        }
    }

    /** The document as YAML. */
    public String yaml() {
        return YAML.writeValueAsString(merged);
    }

    /** The document as a tree; not a copy, so only to be read. */
    public JsonNode tree() {
        return merged;
    }

    static void merge(String context, ObjectNode whole, JsonNode part) {
        for (JsonNode tag : part.path("tags")) {
            whole.withArray("tags").add(tag);
        }
        take(context, "path", whole.withObject("/paths"), part.path("paths"));
        for (var kind : part.path("components").properties()) {
            take(
                    context,
                    kind.getKey(),
                    whole.withObject("/components").withObject("/" + kind.getKey()),
                    kind.getValue());
        }
    }

    private static void take(String context, String kind, ObjectNode into, JsonNode from) {
        for (var entry : from.properties()) {
            if (into.has(entry.getKey())) {
                throw new IllegalStateException(
                        context
                                + ".yaml defines the "
                                + kind
                                + " "
                                + entry.getKey()
                                + " that another document has defined already");
            }
            into.set(entry.getKey(), entry.getValue());
        }
    }

    private static JsonNode read(String context) {
        String resource = "/agency/openapi/" + context + ".yaml";
        try (InputStream file = OpenApiDocument.class.getResourceAsStream(resource)) {
            if (file == null) {
                throw new IllegalStateException("there is no " + resource);
            }
            return YAML.readTree(file);
        } catch (IOException unreadable) {
            throw new IllegalStateException(resource + " cannot be read", unreadable);
        }
    }
}
