package agency.platform.http;

import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Lists of things in memory: narrowed, put in order and cut into pages in the one way that all
 * lists have.
 */
public final class Pages {
    private static final String NEWEST = "-created_at";
    private static final List<String> ORDERS = List.of(NEWEST, "created_at", "name", "-name");
    private static final int MAX_TEXT = 254;

    private Pages() {}

    /** A page; {@code nextCursor} is the cursor of the page after it, absent on the last. */
    public record Page(List<?> items, @Nullable String nextCursor) {}

    /**
     * What things of a kind are listed by.
     *
     * @param id in the order of which they were made
     * @param readId reads what {@code id} is written as; throws IllegalArgumentException
     * @param name what they are called; absent when erased
     * @param filters by the parameter of the query that narrows by them
     */
    public record Shape<C, K extends Comparable<K>>(
            Function<C, K> id,
            Function<String, K> readId,
            Function<C, Optional<String>> name,
            Map<String, Filter<C>> filters) {
        /** Of things whose ids are UUIDs of version 7. */
        public static <C> Shape<C, UUID> of(
                Function<C, UUID> id,
                Function<C, Optional<String>> name,
                Map<String, Filter<C>> filters) {
            return new Shape<>(id, UUID::fromString, name, filters);
        }
    }

    /**
     * One way to narrow a list.
     *
     * @param of what a thing has; null when it has none
     * @param values the only ones there are; empty for any
     */
    public record Filter<C>(Function<C, @Nullable Object> of, List<String> values) {
        /** By one of the values of an enumeration, as the API writes them. */
        public static <C, V extends Enum<V>> Filter<C> by(
                Class<V> values, Function<C, @Nullable V> of) {
            return new Filter<>(
                    card -> of.apply(card),
                    Stream.of(values.getEnumConstants()).map(Pages::written).toList());
        }

        /** By an id. */
        public static <C> Filter<C> byId(Function<C, @Nullable UUID> of) {
            return new Filter<>(card -> of.apply(card), List.of());
        }

        private boolean holds(C card, String wanted) {
            return wanted.equals(written(of.apply(card)));
        }
    }

    /** A value as the API writes it. */
    public static String written(@Nullable Object value) {
        return Objects.toString(value, "").toLowerCase(Locale.ROOT);
    }

    /**
     * The page that a call asks for.
     *
     * @param all everything that the caller may see
     */
    public static <C, K extends Comparable<K>> Answer page(
            Call call, Stream<C> all, Shape<C, K> shape, Function<C, ?> document) {
        int limit = Paging.limit(call);
        List<C> seen = all.toList();
        Comparator<C> order = order(call, shape);
        List<C> wanted = wanted(call, seen.stream(), shape).sorted(order).toList();
        int from =
                call.query("cursor")
                        .map(cursor -> after(id(cursor, shape), seen, wanted, shape, order))
                        .orElse(0);
        int to = Math.min(wanted.size(), from + limit);
        List<C> page = wanted.subList(from, to);
        return Answer.ok(
                new Page(
                        page.stream().map(document).toList(),
                        to < wanted.size() ? shape.id.apply(page.getLast()).toString() : null));
    }

    private static <C, K extends Comparable<K>> Stream<C> wanted(
            Call call, Stream<C> all, Shape<C, K> shape) {
        Stream<C> wanted = all;
        for (Map.Entry<String, Filter<C>> one : shape.filters.entrySet()) {
            String value = text(call, one.getKey());
            List<String> values = one.getValue().values;
            if (value == null) {
                continue;
            }
            if (!values.isEmpty() && !values.contains(value)) {
                throw Paging.wrong(one.getKey(), "must be one of " + String.join(", ", values));
            }
            wanted = wanted.filter(card -> one.getValue().holds(card, value));
        }
        String part = text(call, "q");
        return part == null
                ? wanted
                : wanted.filter(card ->
                        shape.name
                                .apply(card)
                                .filter(name -> written(name).contains(written(part)))
                                .isPresent());
    }

    private static @Nullable String text(Call call, String parameter) {
        String text = call.query(parameter).orElse(null);
        if (text != null && (text.isEmpty() || text.length() > MAX_TEXT)) {
            throw Paging.wrong(parameter, "must have 1 to " + MAX_TEXT + " characters");
        }
        return text;
    }

    private static <C, K extends Comparable<K>> Comparator<C> order(Call call, Shape<C, K> shape) {
        String order = call.query("sort").orElse(NEWEST);
        Comparator<C> made = Comparator.comparing(shape.id);
        Comparator<C> called =
                Comparator.comparing((C card) -> written(shape.name.apply(card).orElse("")))
                        .thenComparing(made);
        return switch (order) {
            case NEWEST -> made.reversed();
            case "created_at" -> made;
            case "name" -> called;
            case "-name" -> called.reversed();
            default -> throw Paging.wrong("sort", "must be one of " + String.join(", ", ORDERS));
        };
    }

    private static <C, K extends Comparable<K>> K id(String cursor, Shape<C, K> shape) {
        try {
            return shape.readId.apply(cursor);
        } catch (IllegalArgumentException e) {
            throw Paging.wrongCursor();
        }
    }

    /**
     * Where the page after this one begins: behind where it stands or, when it is not wanted any
     * more, would stand.
     */
    private static <C, K extends Comparable<K>> int after(
            K last, List<C> seen, List<C> wanted, Shape<C, K> shape, Comparator<C> order) {
        C anchor =
                seen.stream()
                        .filter(card -> shape.id.apply(card).equals(last))
                        .findFirst()
                        .orElseThrow(Paging::wrongCursor);
        int from = 0;
        while (from < wanted.size() && order.compare(wanted.get(from), anchor) <= 0) {
            from++;
        }
        return from;
    }
}
