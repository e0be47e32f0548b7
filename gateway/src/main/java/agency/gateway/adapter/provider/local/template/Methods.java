package agency.gateway.adapter.provider.local.template;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The methods of strings, mappings and lists that templates call. */
final class Methods {
    private Methods() {}

    /** The method, or null if there is none of that name. */
    @SuppressWarnings(
            "unchecked") // lists and mappings in here are made by us or by the JSON reader
    static @Nullable Function of(Object value, String name) {
        return switch (value) {
            case String s -> string(s, name);
            case Map<?, ?> m -> mapping((Map<String, Object>) m, name);
            case List<?> l -> list((List<Object>) l, name);
            default -> null;
        };
    }

    private static @Nullable Function string(String s, String name) {
        return switch (name) {
            case "strip" -> (a, n) -> stripped(s, a, true, true);
            case "lstrip" -> (a, n) -> stripped(s, a, true, false);
            case "rstrip" -> (a, n) -> stripped(s, a, false, true);
            case "upper" -> (a, n) -> s.toUpperCase(Locale.ROOT);
            case "lower" -> (a, n) -> s.toLowerCase(Locale.ROOT);
            case "title" -> (a, n) -> title(s);
            case "capitalize" -> (a, n) -> capitalized(s);
            case "startswith" -> (a, n) -> anyOf(a, s::startsWith);
            case "endswith" -> (a, n) -> anyOf(a, s::endsWith);
            case "replace" -> (a, n) -> s.replace(Values.text(a.get(0)), Values.text(a.get(1)));
            case "find" -> (a, n) -> (long) s.indexOf(Values.text(a.get(0)));
            case "isdigit" -> (a, n) -> !s.isEmpty() && s.chars().allMatch(Character::isDigit);
            case "join" ->
                    (a, n) ->
                            String.join(
                                    s, Values.items(a.get(0)).stream().map(Values::text).toList());
            case "split" -> (a, n) -> split(s, a);
            default -> null;
        };
    }

    private static boolean anyOf(List<Object> arguments, Predicate<String> test) {
        Object first = arguments.get(0);
        return first instanceof List<?> several
                ? several.stream().map(Values::text).anyMatch(test)
                : test.test(Values.text(first));
    }

    private static String stripped(String s, List<Object> arguments, boolean left, boolean right) {
        String set =
                arguments.isEmpty() || arguments.get(0) == Nothing.NONE
                        ? ""
                        : Values.text(arguments.get(0));
        int from = 0;
        int to = s.length();
        while (left && from < to && strippable(s.charAt(from), set)) {
            from++;
        }
        while (right && to > from && strippable(s.charAt(to - 1), set)) {
            to--;
        }
        return s.substring(from, to);
    }

    private static boolean strippable(char c, String set) {
        return set.isEmpty() ? Character.isWhitespace(c) : set.indexOf(c) >= 0;
    }

    static String title(String s) {
        StringBuilder out = new StringBuilder();
        boolean start = true;
        for (int i = 0; i < s.length(); i++) {
            char c = s.charAt(i);
            out.append(start ? Character.toUpperCase(c) : Character.toLowerCase(c));
            start = !Character.isLetter(c);
        }
        return out.toString();
    }

    static String capitalized(String s) {
        return s.isEmpty()
                ? s
                : s.substring(0, 1).toUpperCase(Locale.ROOT)
                        + s.substring(1).toLowerCase(Locale.ROOT);
    }

    private static List<Object> split(String s, List<Object> arguments) {
        List<Object> out = new ArrayList<>();
        if (arguments.isEmpty() || arguments.get(0) == Nothing.NONE) {
            for (String word : s.strip().split("\\s+")) {
                if (!word.isEmpty()) {
                    out.add(word);
                }
            }
            return out;
        }
        String separator = Values.text(arguments.get(0));
        long most = arguments.size() > 1 ? Values.integer(arguments.get(1)) : -1;
        if (separator.isEmpty()) {
            throw TemplateProblem.faulty("split needs a separator");
        }
        int from = 0;
        for (int next = s.indexOf(separator);
                next >= 0 && most != 0;
                next = s.indexOf(separator, from)) {
            out.add(s.substring(from, next));
            from = next + separator.length();
            most--;
        }
        out.add(s.substring(from));
        return out;
    }

    private static @Nullable Function mapping(Map<String, Object> map, String name) {
        return switch (name) {
            case "get" ->
                    (a, n) -> {
                        String key = Values.text(a.get(0));
                        return map.getOrDefault(key, a.size() > 1 ? a.get(1) : Nothing.NONE);
                    };
            case "items" -> (a, n) -> pairs(map);
            case "keys" -> (a, n) -> new ArrayList<Object>(map.keySet());
            case "values" -> (a, n) -> new ArrayList<Object>(map.values());
            case "copy" -> (a, n) -> new LinkedHashMap<>(map);
            default -> null;
        };
    }

    static List<Object> pairs(Map<String, Object> map) {
        List<Object> out = new ArrayList<>();
        map.forEach((key, value) -> {
            List<Object> pair = new ArrayList<>();
            pair.add(key);
            pair.add(value);
            out.add(pair);
        });
        return out;
    }

    private static @Nullable Function list(List<Object> list, String name) {
        return switch (name) {
            case "append" ->
                    (a, n) -> {
                        list.add(a.get(0));
                        return Nothing.NONE;
                    };
            case "extend" ->
                    (a, n) -> {
                        list.addAll(Values.items(a.get(0)));
                        return Nothing.NONE;
                    };
            case "pop" ->
                    (a, n) ->
                            list.remove(
                                    a.isEmpty() ? list.size() - 1 : (int) Values.integer(a.get(0)));
            case "index" -> (a, n) -> (long) list.indexOf(a.get(0));
            default -> null;
        };
    }
}
