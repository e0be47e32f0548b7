package agency.gateway.adapter.provider.local.store;

import agency.gateway.adapter.provider.local.wire.Fields;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * Asks the Hugging Face hub what a repository holds. Source: Hub API, {@code GET
 * /api/models/{repo}?blobs=true}, where large files carry their SHA-256.
 */
final class HubLookup {
    private static final int MAX_ANSWER_BYTES = 8 << 20;
    private static final List<String> PREFERRED =
            List.of("q4_k_m", "q4_k_s", "q4_0", "q5_k_m", "q8_0");

    private final Downloads downloads;
    private final URI hub;

    HubLookup(Downloads downloads, URI hub) {
        this.downloads = downloads;
        this.hub = hub;
    }

    /**
     * A file on the hub.
     *
     * @param uri where to fetch it
     * @param file its path in the repository
     * @param sha256 its checksum
     * @param bytes its size
     * @param licence the repository's licence, or empty
     */
    record Found(URI uri, String file, String sha256, long bytes, String licence) {}

    /** Where a file of a known repository, revision and name lies. */
    URI uri(ModelSource.Hub source) {
        String file =
                URLEncoder.encode(source.file(), StandardCharsets.UTF_8)
                        .replace("%2F", "/")
                        .replace("+", "%20");
        return hub.resolve(
                "/" + source.repository() + "/resolve/" + source.revision() + "/" + file);
    }

    /**
     * The file that {@code source} means.
     *
     * @throws PullProblem if there is none, or it cannot be told which
     */
    Found find(ModelSource.Hub source) throws PullProblem, IOException, InterruptedException {
        JsonNode repository = read(source.repository());
        List<JsonNode> models = new ArrayList<>();
        for (JsonNode one : repository.path("siblings").values()) {
            if (one.path("rfilename").asString("").toLowerCase(Locale.ROOT).endsWith(".gguf")) {
                models.add(one);
            }
        }
        JsonNode chosen = source.file().isEmpty() ? chosen(models, source) : named(models, source);
        String file = chosen.path("rfilename").asString("");
        String sha256 = chosen.at("/lfs/sha256").asString("");
        long bytes = chosen.path("size").asLong(chosen.at("/lfs/size").asLong(0));
        if (!sha256.matches("[0-9a-f]{64}") || bytes <= 0) {
            throw new PullProblem("The hub does not tell the checksum of %s.".formatted(file));
        }
        String commit = repository.path("sha").asString("");
        String revision = commit.matches("[0-9a-f]{40}") ? commit : source.revision();
        String licence = repository.at("/cardData/license").asString("");
        return new Found(
                uri(new ModelSource.Hub(source.repository(), revision, file)),
                file,
                sha256,
                bytes,
                licence);
    }

    private JsonNode read(String repository) throws PullProblem, IOException, InterruptedException {
        URI uri = hub.resolve("/api/models/" + repository + "?blobs=true");
        try (Downloads.Opened opened = downloads.open(uri, 0)) {
            if (opened.status() == 404 || opened.status() == 401) {
                throw new PullProblem("The hub has no public repository %s.".formatted(repository));
            }
            if (opened.status() != 200) {
                throw new PullProblem(
                        "The hub answered with status %d.".formatted(opened.status()));
            }
            byte[] bytes = opened.body().readNBytes(MAX_ANSWER_BYTES + 1);
            if (bytes.length > MAX_ANSWER_BYTES) {
                throw new PullProblem(
                        "The hub's answer is longer than %d bytes.".formatted(MAX_ANSWER_BYTES));
            }
            return Fields.JSON.readTree(bytes);
        } catch (JacksonException e) {
            throw new PullProblem("The hub's answer is not JSON.");
        }
    }

    private static JsonNode named(List<JsonNode> models, ModelSource.Hub source)
            throws PullProblem {
        for (JsonNode model : models) {
            if (model.path("rfilename").asString("").equals(source.file())) {
                return model;
            }
        }
        throw new PullProblem(
                "%s has no file %s; its models are: %s."
                        .formatted(source.repository(), source.file(), names(models)));
    }

    private static JsonNode chosen(List<JsonNode> models, ModelSource.Hub source)
            throws PullProblem {
        return models.stream()
                .filter(model ->
                        !model.path("rfilename").asString("").matches(".*-\\d{5}-of-\\d{5}\\.gguf"))
                .filter(model -> preference(model) < PREFERRED.size() || models.size() == 1)
                .min(Comparator.comparingInt(HubLookup::preference))
                .orElseThrow(() ->
                        new PullProblem(
                                "Name a file of %s, as in hf:%s:FILE; its models are: %s."
                                        .formatted(
                                                source.repository(),
                                                source.repository(),
                                                names(models))));
    }

    private static int preference(JsonNode model) {
        String file = model.path("rfilename").asString("").toLowerCase(Locale.ROOT);
        for (int i = 0; i < PREFERRED.size(); i++) {
            if (file.contains(PREFERRED.get(i))) {
                return i;
            }
        }
        return PREFERRED.size();
    }

    private static String names(List<JsonNode> models) {
        List<String> names =
                models.stream()
                        .limit(20)
                        .map(model -> model.path("rfilename").asString(""))
                        .toList();
        return names.isEmpty() ? "none" : String.join(", ", names);
    }
}
