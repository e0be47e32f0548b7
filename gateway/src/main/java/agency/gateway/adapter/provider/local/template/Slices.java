package agency.gateway.adapter.provider.local.template;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Python's slices: {@code [from:to:step]} with ends counted from either side. */
final class Slices {
    private Slices() {}

    static Object of(Object value, @Nullable Long from, @Nullable Long to, @Nullable Long step) {
        List<Object> items = Values.items(value);
        long by = step == null ? 1 : step;
        if (by == 0) {
            throw TemplateProblem.faulty("a slice with step 0");
        }
        int size = items.size();
        long first = from == null ? (by > 0 ? 0 : size - 1) : placed(from, size, by);
        long end = to == null ? (by > 0 ? size : -1) : placed(to, size, by);
        List<Object> out = new ArrayList<>();
        for (long i = first; by > 0 ? i < end : i > end; i += by) {
            out.add(items.get((int) i));
        }
        return value instanceof String
                ? String.join("", out.stream().map(Values::text).toList())
                : out;
    }

    private static long placed(long index, int size, long by) {
        long at = index < 0 ? index + size : index;
        return by > 0 ? Math.clamp(at, 0, size) : Math.clamp(at, -1, size - 1);
    }
}
