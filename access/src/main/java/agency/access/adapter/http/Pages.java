package agency.access.adapter.http;

import agency.platform.http.Answer;
import agency.platform.http.Call;
import agency.platform.http.Paging;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Lists of things that are known by id, the newest first, page by page. */
final class Pages {
    private Pages() {}

    /** A page; {@code nextCursor} is the cursor of the page after it, absent on the last. */
    record Page(List<?> items, @Nullable String nextCursor) {}

    /** Finds the newest, at most {@code limit}, from before the one with this id. */
    interface Finder<C> {
        /** What is found, in order. */
        List<C> newest(@Nullable UUID before, int limit);
    }

    /** The page that a call asks for. */
    static <C> Answer page(
            Call call, Finder<C> finder, Function<C, UUID> id, Function<C, ?> document) {
        int limit = Paging.limit(call);
        UUID before = call.query("cursor").map(Pages::cursor).orElse(null);
        List<C> found = finder.newest(before, limit + 1);
        List<C> page = found.subList(0, Math.min(limit, found.size()));
        return Answer.ok(
                new Page(
                        page.stream().map(document).toList(),
                        found.size() > limit ? id.apply(page.getLast()).toString() : null));
    }

    private static UUID cursor(String text) {
        try {
            return UUID.fromString(text);
        } catch (IllegalArgumentException e) {
            throw Paging.wrongCursor();
        }
    }
}
