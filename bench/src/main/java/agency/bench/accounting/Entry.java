package agency.bench.accounting;

import agency.bench.product.StartedAgency;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/**
 * One attempt in Agency's books.
 *
 * @param id Agency's id of the request
 * @param providerRequestId the provider's id, empty when it is not known
 * @param usageClass reported, estimated or assumed
 * @param input input tokens
 * @param output output tokens
 */
record Entry(String id, String providerRequestId, String usageClass, long input, long output) {

    private static final int PAGE = 200;
    private static final int MOST_PAGES = 10_000;

    /** Every attempt in the books, through the management API. */
    static List<Entry> all(StartedAgency agency) {
        List<Entry> all = new ArrayList<>();
        String cursor = "";
        for (int page = 0; page < MOST_PAGES; page++) {
            String path =
                    "/api/v1/requests?limit="
                            + PAGE
                            + (cursor.isEmpty() ? "" : "&cursor=" + cursor);
            JsonNode answer = agency.manage("GET", path, "");
            for (JsonNode item : answer.path("items")) {
                all.add(
                        new Entry(
                                item.path("request").asString(""),
                                item.path("provider_request_id").asString(""),
                                item.path("usage_class").asString(""),
                                item.path("input_tokens").asLong(0),
                                item.path("output_tokens").asLong(0)));
            }
            cursor = answer.path("next_cursor").asString("");
            if (cursor.isEmpty()) return all;
        }
        throw new IllegalStateException("more than " + MOST_PAGES + " pages of requests");
    }
}
