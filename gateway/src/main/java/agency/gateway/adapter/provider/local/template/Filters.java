package agency.gateway.adapter.provider.local.template;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The filters and tests that templates use. */
final class Filters {
    private Filters() {}

    @SuppressWarnings("unchecked") // mappings in here are made by us or by the JSON reader
    static Object apply(
            String name, Object value, List<Object> arguments, Map<String, Object> named) {
        return switch (name) {
            case "trim" -> Values.text(value).strip();
            case "upper" -> Values.text(value).toUpperCase(Locale.ROOT);
            case "lower" -> Values.text(value).toLowerCase(Locale.ROOT);
            case "title" -> Methods.title(Values.text(value));
            case "capitalize" -> Methods.capitalized(Values.text(value));
            case "string" -> Values.text(value);
            case "safe", "escape", "e" -> value;
            case "length", "count" -> length(value);
            case "tojson" -> Json.of(value, indent(named));
            case "join" ->
                    String.join(
                            arguments.isEmpty() ? "" : Values.text(arguments.get(0)),
                            Values.items(value).stream().map(Values::text).toList());
            case "items" -> Methods.pairs((Map<String, Object>) mapping(value));
            case "list" -> Values.items(value);
            case "first" ->
                    Values.items(value).isEmpty()
                            ? Nothing.UNDEFINED
                            : Values.items(value).getFirst();
            case "last" ->
                    Values.items(value).isEmpty()
                            ? Nothing.UNDEFINED
                            : Values.items(value).getLast();
            case "reverse" -> reversed(value);
            case "unique" -> new ArrayList<>(new LinkedHashSet<>(Values.items(value)));
            case "sort" -> Values.items(value).stream().sorted(Values::order).toList();
            case "int" -> integer(value);
            case "float" ->
                    value instanceof Number n
                            ? n.doubleValue()
                            : Double.valueOf(Values.text(value));
            case "abs" -> value instanceof Double d ? Math.abs(d) : Math.abs(Values.integer(value));
            case "default", "d" -> otherwise(value, arguments, named);
            case "replace" ->
                    Values.text(value)
                            .replace(Values.text(arguments.get(0)), Values.text(arguments.get(1)));
            case "indent" -> indented(Values.text(value), arguments, named);
            case "map" -> mapped(value, arguments, named);
            case "select", "reject" -> chosen(name.equals("select"), value, null, arguments);
            case "selectattr", "rejectattr" ->
                    chosen(
                            name.equals("selectattr"),
                            value,
                            Values.text(arguments.get(0)),
                            arguments.subList(1, arguments.size()));
            case "dictsort" -> Methods.pairs(new TreeMap<>((Map<String, Object>) mapping(value)));
            default -> throw TemplateProblem.faulty("the filter '" + name + "' is not known");
        };
    }

    private static Map<?, ?> mapping(Object value) {
        return value instanceof Map<?, ?> map ? map : Map.of();
    }

    static long length(Object value) {
        return value instanceof String s
                ? s.codePointCount(0, s.length())
                : Values.items(value).size();
    }

    private static int indent(Map<String, Object> named) {
        Object indent = named.get("indent");
        return indent == null ? 0 : Math.clamp(Values.integer(indent), 0, 16);
    }

    private static long integer(Object value) {
        try {
            return Values.integer(value);
        } catch (TemplateProblem notANumber) {
            return 0;
        }
    }

    private static Object reversed(Object value) {
        return value instanceof String s
                ? new StringBuilder(s).reverse().toString()
                : new ArrayList<>(Values.items(value).reversed());
    }

    private static Object otherwise(
            Object value, List<Object> arguments, Map<String, Object> named) {
        boolean falseToo =
                Values.truth(
                        arguments.size() > 1
                                ? arguments.get(1)
                                : named.getOrDefault("boolean", false));
        boolean missing = value == Nothing.UNDEFINED || (falseToo && !Values.truth(value));
        return missing ? (arguments.isEmpty() ? "" : arguments.get(0)) : value;
    }

    private static String indented(String text, List<Object> arguments, Map<String, Object> named) {
        int width = arguments.isEmpty() ? 4 : Math.clamp(Values.integer(arguments.get(0)), 0, 64);
        boolean first =
                Values.truth(named.getOrDefault("first", false))
                        || (arguments.size() > 1 && Values.truth(arguments.get(1)));
        String blanks = " ".repeat(width);
        return (first ? blanks : "") + text.replace("\n", "\n" + blanks);
    }

    private static List<Object> mapped(
            Object value, List<Object> arguments, Map<String, Object> named) {
        List<Object> out = new ArrayList<>();
        Object attribute = named.get("attribute");
        for (Object item : Values.items(value)) {
            if (attribute != null) {
                out.add(attribute(item, Values.text(attribute)));
            } else {
                out.add(
                        apply(
                                Values.text(arguments.get(0)),
                                item,
                                arguments.subList(1, arguments.size()),
                                Map.of()));
            }
        }
        return out;
    }

    private static List<Object> chosen(
            boolean wanted, Object value, @Nullable String attribute, List<Object> test) {
        List<Object> out = new ArrayList<>();
        for (Object item : Values.items(value)) {
            Object looked = attribute == null ? item : attribute(item, attribute);
            boolean holds =
                    test.isEmpty()
                            ? Values.truth(looked)
                            : holds(Values.text(test.get(0)), looked, test.subList(1, test.size()));
            if (holds == wanted) {
                out.add(item);
            }
        }
        return out;
    }

    static Object attribute(Object item, String name) {
        Object found = item instanceof Map<?, ?> map ? map.get(name) : null;
        return found == null ? Nothing.UNDEFINED : found;
    }

    static boolean holds(String name, Object value, List<Object> arguments) {
        return switch (name) {
            case "defined" -> value != Nothing.UNDEFINED;
            case "undefined" -> value == Nothing.UNDEFINED;
            case "none" -> value == Nothing.NONE;
            case "string" -> value instanceof String;
            case "mapping" -> value instanceof Map;
            case "number" -> value instanceof Number;
            case "integer" -> value instanceof Long;
            case "float" -> value instanceof Double;
            case "boolean" -> value instanceof Boolean;
            case "true" -> Boolean.TRUE.equals(value);
            case "false" -> Boolean.FALSE.equals(value);
            case "callable" -> value instanceof Function;
            case "iterable", "sequence" ->
                    value instanceof List || value instanceof Map || value instanceof String;
            case "odd" -> Values.integer(value) % 2 != 0;
            case "even" -> Values.integer(value) % 2 == 0;
            case "divisibleby" -> Values.integer(value) % Values.integer(arguments.get(0)) == 0;
            case "equalto", "eq", "sameas" -> Values.same(value, arguments.get(0));
            case "ne" -> !Values.same(value, arguments.get(0));
            case "in" -> Values.contains(arguments.get(0), value);
            default -> throw TemplateProblem.faulty("the test '" + name + "' is not known");
        };
    }
}
