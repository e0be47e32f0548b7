package agency.gateway.domain.wire;

import java.util.Random;

/** JSON by chance: every kind of value, odd white space, escapes, many scripts. */
final class RandomJson {
    private final Random random;

    RandomJson(long seed) {
        this.random = new Random(seed);
    }

    /** A request with the model of this name somewhere among fields nobody knows. */
    String request(String model, boolean stream) {
        StringBuilder out = new StringBuilder("{");
        int at = random.nextInt(4);
        int options = random.nextInt(5);
        for (int i = 0; i < 5; i++) {
            if (i > 0) out.append(space()).append(',');
            out.append(space());
            if (i == at) out.append("\"model\"").append(space()).append(':').append(string(model));
            else if (i == at + 1 && stream)
                out.append("\"stream\":").append(space()).append("true");
            else if (options == i && i > at + 1)
                out.append("\"stream_options\":").append(options());
            else out.append(string("x" + i + word())).append(':').append(value(4));
        }
        return out.append(space()).append('}').toString();
    }

    private String options() {
        return switch (random.nextInt(5)) {
            case 0 -> "null";
            case 1 -> "{" + space() + "}";
            case 2 -> "{\"include_usage\":" + random.nextBoolean() + "}";
            case 3 -> "{\"other\":" + value(2) + ",\"include_usage\" : null}";
            default -> "{\"include_obfuscation\":false}";
        };
    }

    String value(int depth) {
        int kinds = depth > 0 ? 8 : 6;
        return space()
                + switch (random.nextInt(kinds)) {
                    case 0 -> "null";
                    case 1 -> random.nextBoolean() ? "true" : "false";
                    case 2 -> Integer.toString(random.nextInt() >> random.nextInt(31));
                    case 3 ->
                            "-0." + random.nextInt(1000) + (random.nextBoolean() ? "e-7" : "E+12");
                    case 4, 5 -> string(word());
                    case 6 -> array(depth);
                    default -> object(depth);
                };
    }

    private String array(int depth) {
        StringBuilder out = new StringBuilder("[");
        int n = random.nextInt(4);
        for (int i = 0; i < n; i++) out.append(i > 0 ? "," : "").append(value(depth - 1));
        return out.append(space()).append(']').toString();
    }

    private String object(int depth) {
        StringBuilder out = new StringBuilder("{");
        int n = random.nextInt(4);
        for (int i = 0; i < n; i++) {
            out.append(i > 0 ? "," : "").append(space());
            out.append(string("k" + i + word())).append(space()).append(':');
            out.append(value(depth - 1));
        }
        return out.append(space()).append('}').toString();
    }

    String word() {
        String[] words = {
            "", "a", "model", "stream", "usage", "ü", "Ελ", "日本", "😀", "\"", "\\", "\n", "\t{",
            "}]", "/"
        };
        StringBuilder out = new StringBuilder();
        int n = random.nextInt(5);
        for (int i = 0; i < n; i++) out.append(words[random.nextInt(words.length)]);
        return out.toString();
    }

    /** A text as a JSON string, some characters escaped that need not be. */
    String string(String text) {
        StringBuilder out = new StringBuilder("\"");
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean must = c == '"' || c == '\\' || c < 0x20;
            if (must || (!Character.isSurrogate(c) && random.nextInt(12) == 0))
                out.append(String.format("\\u%04x", (int) c));
            else out.append(c);
        }
        return out.append('"').toString();
    }

    private String space() {
        return switch (random.nextInt(8)) {
            case 0 -> " ";
            case 1 -> "\n";
            case 2 -> "\r\n\t";
            default -> "";
        };
    }
}
