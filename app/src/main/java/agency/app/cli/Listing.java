package agency.app.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** A whole list of the management API as a table, page after page. */
final class Listing {
    private static final int PAGE = 100;

    private Listing() {}

    /**
     * Prints a list.
     *
     * @param path of the list, without a query
     * @param fields of its items, which head the columns too
     * @param asOf as of which moment or position; null for now
     */
    static void print(
            PrintWriter out,
            AgencyClient client,
            String path,
            List<String> fields,
            @Nullable String asOf) {
        String then = asOf == null ? "" : "&as_of=" + Text.encoded(asOf);
        List<List<String>> rows = new ArrayList<>();
        String cursor = "";
        do {
            String query = "?limit=" + PAGE + (cursor.isEmpty() ? "" : "&cursor=" + cursor) + then;
            JsonNode page = client.read(path + query);
            for (JsonNode item : page.path("items")) {
                rows.add(fields.stream().map(field -> item.path(field).asString("")).toList());
            }
            cursor = page.path("next_cursor").asString("");
        } while (!cursor.isEmpty());
        List<String> heads =
                fields.stream()
                        .map(field -> field.replace("_at", "").replace('_', ' '))
                        .map(field -> field.toUpperCase(Locale.ROOT))
                        .toList();
        Text.table(out, heads, rows);
    }
}
