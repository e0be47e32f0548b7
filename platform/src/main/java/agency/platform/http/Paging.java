package agency.platform.http;

import java.util.Map;

/**
 * How every list of the management API is read in pages: {@code limit} entries of {@code items}
 * from {@code cursor} on, and {@code next_cursor} for the page after, absent on the last. The log's
 * facts alone go on from a position, for a log has no last page.
 */
public final class Paging {
    /** Entries on a page unless asked otherwise. */
    public static final int USUAL = 50;

    /** Most entries on a page. */
    public static final int MOST = 200;

    private Paging() {}

    /** How many entries are asked for; throws {@link Problem} 400 unless from 1 to 200. */
    public static int limit(Call call) {
        String text = call.query("limit").orElse(Integer.toString(USUAL));
        int limit = text.matches("\\d{1,6}") ? Integer.parseInt(text) : 0;
        if (limit < 1 || limit > MOST) {
            throw wrong("limit", "must be a number from 1 to " + MOST);
        }
        return limit;
    }

    /** The answer to a cursor that no page has given. */
    public static Problem wrongCursor() {
        return wrong("cursor", "must be the next_cursor of the page before");
    }

    /**
     * A parameter that cannot be used.
     *
     * @param parameter its name
     * @param sentence what it must be, after its name and without the full stop
     */
    public static Problem wrong(String parameter, String sentence) {
        return new Problem(
                400,
                "parameter-wrong",
                "A parameter is wrong",
                "The parameter " + parameter + " " + sentence + ".",
                Map.of("parameter", parameter));
    }
}
