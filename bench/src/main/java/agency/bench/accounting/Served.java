package agency.bench.accounting;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * One request in the upstream's own books.
 *
 * @param id the upstream's id of it
 * @param tag what the caller marked it with
 * @param prompt prompt tokens billed
 * @param completion completion tokens produced
 * @param toldPrompt prompt tokens that the answer claimed, if it claimed any
 * @param toldCompletion completion tokens that the answer claimed, if it claimed any
 * @param end how it ended: complete, cut, left, open
 */
record Served(
        String id,
        String tag,
        long prompt,
        long completion,
        OptionalLong toldPrompt,
        OptionalLong toldCompletion,
        String end) {

    /** Everything that the upstream on this port has served. */
    static List<Served> all(int upstreamPort) {
        try (HttpClient http = HttpClient.newHttpClient()) {
            URI counts = URI.create("http://127.0.0.1:" + upstreamPort + "/_counts");
            String body =
                    http.send(
                                    HttpRequest.newBuilder(counts).build(),
                                    HttpResponse.BodyHandlers.ofString())
                            .body();
            JsonNode root = new JsonMapper().readTree(body);
            if (root.path("forgotten").asLong(0) > 0)
                throw new IllegalStateException("the upstream forgot requests");
            List<Served> all = new ArrayList<>();
            for (JsonNode node : root.path("served")) {
                all.add(
                        new Served(
                                node.path("id").asString(),
                                node.path("tag").asString(),
                                node.path("promptTokens").asLong(),
                                node.path("completionTokens").asLong(),
                                optional(node.path("toldPrompt")),
                                optional(node.path("toldCompletion")),
                                node.path("end").asString()));
            }
            return all;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    private static OptionalLong optional(JsonNode node) {
        return node.isNumber() ? OptionalLong.of(node.asLong()) : OptionalLong.empty();
    }
}
