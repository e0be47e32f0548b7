package agency.gateway.adapter.provider.local.template;

import java.util.Collection;
import java.util.Map;

/**
 * Writes values as Python's {@code json.dumps} does, which is what models have seen in training.
 */
final class Json {
    /** Deepest nesting of a value. */
    static final int MAX_DEPTH = 64;

    private final StringBuilder out = new StringBuilder();
    private final int indent;

    private Json(int indent) {
        this.indent = indent;
    }

    /** The value as JSON; {@code indent} 0 for one line. */
    static String of(Object value, int indent) {
        Json json = new Json(indent);
        json.write(value, 0);
        return json.out.toString();
    }

    private void write(Object value, int depth) {
        if (depth > MAX_DEPTH) {
            throw TemplateProblem.faulty("a value is nested deeper than " + MAX_DEPTH);
        }
        switch (value) {
            case Nothing.NONE -> out.append("null");
            case String s -> string(s);
            case Boolean b -> out.append(b);
            case Number n -> out.append(n);
            case Map<?, ?> map -> {
                out.append('{');
                String between = "";
                for (Map.Entry<?, ?> entry : map.entrySet()) {
                    out.append(between);
                    line(depth + 1);
                    string(Values.text(entry.getKey()));
                    out.append(": ");
                    write(entry.getValue(), depth + 1);
                    between = indent > 0 ? "," : ", ";
                }
                end(map.isEmpty(), depth);
                out.append('}');
            }
            case Collection<?> list -> {
                out.append('[');
                String between = "";
                for (Object item : list) {
                    out.append(between);
                    line(depth + 1);
                    write(item, depth + 1);
                    between = indent > 0 ? "," : ", ";
                }
                end(list.isEmpty(), depth);
                out.append(']');
            }
            default -> throw TemplateProblem.faulty(Values.kind(value) + " has no JSON");
        }
    }

    private void end(boolean empty, int depth) {
        if (!empty) {
            line(depth);
        }
    }

    private void line(int depth) {
        if (indent > 0) {
            out.append('\n').repeat(' ', indent * depth);
        }
    }

    private void string(String text) {
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"' -> out.append("\\\"");
                case '\\' -> out.append("\\\\");
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                default -> {
                    if (c < 0x20) {
                        out.append("\\u%04x".formatted((int) c));
                    } else {
                        out.append(c);
                    }
                }
            }
        }
        out.append('"');
    }
}
