package agency.gateway.adapter.provider.local.template;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** What values mean, as Python means them: truth, equality, order, text. */
final class Values {
    private Values() {}

    static boolean truth(Object value) {
        return switch (value) {
            case Nothing _ -> false;
            case Boolean b -> b;
            case Long n -> n != 0;
            case Double d -> d != 0;
            case String s -> !s.isEmpty();
            case Collection<?> c -> !c.isEmpty();
            case Map<?, ?> m -> !m.isEmpty();
            default -> true;
        };
    }

    static boolean same(Object left, Object right) {
        if (left instanceof Number a && right instanceof Number b) {
            return a.doubleValue() == b.doubleValue();
        }
        return Objects.equals(left, right);
    }

    static int order(Object left, Object right) {
        if (left instanceof Number a && right instanceof Number b) {
            return Double.compare(a.doubleValue(), b.doubleValue());
        }
        if (left instanceof String a && right instanceof String b) {
            return a.compareTo(b);
        }
        throw TemplateProblem.faulty(kind(left) + " and " + kind(right) + " have no order");
    }

    static boolean contains(Object container, Object item) {
        return switch (container) {
            case String s -> s.contains(text(item));
            case Map<?, ?> m -> m.containsKey(text(item));
            case Collection<?> c -> c.stream().anyMatch(one -> same(one, item));
            default -> false;
        };
    }

    /** The value as it is printed. */
    static String text(Object value) {
        return switch (value) {
            case Nothing.NONE -> "None";
            case Nothing.UNDEFINED -> "";
            case String s -> s;
            case Boolean b -> b ? "True" : "False";
            case Long n -> n.toString();
            case Double d -> d.toString();
            default -> {
                StringBuilder out = new StringBuilder();
                represent(out, value, 0);
                yield out.toString();
            }
        };
    }

    private static void represent(StringBuilder out, Object value, int depth) {
        if (depth > Json.MAX_DEPTH) {
            throw TemplateProblem.faulty("a value is nested deeper than " + Json.MAX_DEPTH);
        }
        switch (value) {
            case String s ->
                    out.append('\'')
                            .append(
                                    s.replace("\\", "\\\\")
                                            .replace("'", "\\'")
                                            .replace("\n", "\\n"))
                            .append('\'');
            case List<?> list -> {
                out.append('[');
                for (int i = 0; i < list.size(); i++) {
                    out.append(i == 0 ? "" : ", ");
                    represent(out, list.get(i), depth + 1);
                }
                out.append(']');
            }
            case Map<?, ?> map -> {
                out.append('{');
                String between = "";
                for (Map.Entry<?, ?> entry : map.entrySet()) {
                    out.append(between);
                    represent(out, entry.getKey(), depth + 1);
                    out.append(": ");
                    represent(out, entry.getValue(), depth + 1);
                    between = ", ";
                }
                out.append('}');
            }
            case Function _ -> out.append("<function>");
            default -> out.append(text(value));
        }
    }

    /** What the value is called in a message. */
    static String kind(Object value) {
        return switch (value) {
            case Nothing.NONE -> "none";
            case Nothing.UNDEFINED -> "an undefined value";
            case Boolean _ -> "a boolean";
            case Number _ -> "a number";
            case String _ -> "a string";
            case List<?> _ -> "a list";
            case Map<?, ?> _ -> "a mapping";
            default -> "a function";
        };
    }

    static long integer(Object value) {
        return switch (value) {
            case Long n -> n;
            case Double d -> d.longValue();
            case Boolean b -> b ? 1 : 0;
            case String s when s.strip().matches("-?[0-9]{1,18}") -> Long.parseLong(s.strip());
            default -> throw TemplateProblem.faulty(kind(value) + " is not a whole number");
        };
    }

    /**
     * The items of anything that has items; of a mapping, its keys; of a string, its characters.
     */
    static List<Object> items(Object value) {
        return switch (value) {
            case Nothing _ -> List.of();
            case Map<?, ?> map -> new ArrayList<Object>(map.keySet());
            case Collection<?> all -> new ArrayList<Object>(all);
            case String s -> {
                List<Object> characters = new ArrayList<>();
                s.codePoints().forEach(c -> characters.add(Character.toString(c)));
                yield characters;
            }
            default -> throw TemplateProblem.faulty(kind(value) + " cannot be looped over");
        };
    }
}
