package agency.bench.upstream;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The upstream's own count of what it served and billed: the other half of every accounting test.
 * Used on one event loop only.
 */
final class Tally {

    /**
     * How many single requests are remembered; beyond it only the sums grow and the count says so.
     */
    static final int REMEMBERED_REQUESTS = 500_000;

    private static final JsonMapper JSON = new JsonMapper();

    private final Map<String, Sum> sums = new TreeMap<>();
    private final List<Serving> servings = new ArrayList<>();
    private long forgotten;

    /**
     * Sums of one key and model. Tokens count what was produced, whether or not the caller stayed
     * to read it.
     */
    private static final class Sum {
        final String key;
        final String model;
        long requests;
        long promptTokens;
        long completionTokens;

        Sum(String key, String model) {
            this.key = key;
            this.model = model;
        }
    }

    /** How a request ended. */
    enum End {
        /** Still being answered. */
        OPEN,
        /** The whole answer was written. */
        COMPLETE,
        /** Cut short by its own script. */
        CUT,
        /** The caller left before the end. */
        LEFT,
        /** Answered with an error; nothing billed. */
        REFUSED
    }

    /** One request: what was billed for it, what the answer said about usage, how it ended. */
    static final class Serving {
        final String id;
        final String key;
        final String model;
        final String route;
        final String tag;
        int promptTokens;
        int completionTokens;
        @Nullable Integer toldPrompt;
        @Nullable Integer toldCompletion;
        End end = End.OPEN;

        Serving(String id, String key, String model, String route, String tag) {
            this.id = id;
            this.key = key;
            this.model = model;
            this.route = route;
            this.tag = tag;
        }
    }

    /** Opens the record of a request whose prompt has been accepted and is billed from now on. */
    Serving open(String id, String key, String model, String route, String tag, int promptTokens) {
        Serving serving = new Serving(id, key, model, route, tag);
        serving.promptTokens = promptTokens;
        Sum sum = sum(key, model);
        sum.requests++;
        sum.promptTokens += promptTokens;
        if (servings.size() < REMEMBERED_REQUESTS) servings.add(serving);
        else forgotten++;
        return serving;
    }

    /** Adds tokens that have been produced for a request. */
    void produced(Serving serving, int tokens) {
        serving.completionTokens += tokens;
        sum(serving.key, serving.model).completionTokens += tokens;
    }

    /** Counts a request of the benchmark: sums only, nothing remembered. */
    void counted(String key, String model, int promptTokens, int completionTokens) {
        Sum sum = sum(key, model);
        sum.requests++;
        sum.promptTokens += promptTokens;
        sum.completionTokens += completionTokens;
    }

    void reset() {
        sums.clear();
        servings.clear();
        forgotten = 0;
    }

    /** Everything counted so far, as JSON; single requests only when asked for. */
    byte[] json(boolean withRequests) {
        ObjectNode root = JSON.createObjectNode();
        long requests = 0;
        long prompt = 0;
        long completion = 0;
        ArrayNode by = JSON.createArrayNode();
        for (Sum sum : sums.values()) {
            requests += sum.requests;
            prompt += sum.promptTokens;
            completion += sum.completionTokens;
            by.addObject()
                    .put("key", sum.key)
                    .put("model", sum.model)
                    .put("requests", sum.requests)
                    .put("promptTokens", sum.promptTokens)
                    .put("completionTokens", sum.completionTokens);
        }
        root.put("requests", requests)
                .put("promptTokens", prompt)
                .put("completionTokens", completion);
        root.put("open", servings.stream().filter(s -> s.end == End.OPEN).count());
        root.put("forgotten", forgotten);
        root.set("by", by);
        if (withRequests) {
            ArrayNode each = root.putArray("served");
            for (Serving s : servings) {
                ObjectNode node =
                        each.addObject()
                                .put("id", s.id)
                                .put("key", s.key)
                                .put("model", s.model)
                                .put("route", s.route)
                                .put("tag", s.tag)
                                .put("promptTokens", s.promptTokens)
                                .put("completionTokens", s.completionTokens)
                                .put("end", s.end.name().toLowerCase(java.util.Locale.ROOT));
                if (s.toldPrompt != null) node.put("toldPrompt", s.toldPrompt);
                if (s.toldCompletion != null) node.put("toldCompletion", s.toldCompletion);
            }
        }
        return JSON.writeValueAsBytes(root);
    }

    private Sum sum(String key, String model) {
        return sums.computeIfAbsent(key + "\n" + model, k -> new Sum(key, model));
    }
}
