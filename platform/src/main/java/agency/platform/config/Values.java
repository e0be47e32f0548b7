package agency.platform.config;

import agency.kernel.name.Nearest;
import agency.kernel.network.AddressRange;
import agency.platform.crypto.Secret;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads a setting's text as its type, or throws IllegalArgumentException with what it must be. */
final class Values {
    private static final Pattern DURATION = Pattern.compile("(\\d{1,12})\\s*(ms|s|m|h|d)");

    private static final Map<Class<?>, String> NAMES =
            Map.of(String.class, "text", Bytes.class, "size", AddressRange.class, "address range");

    private Values() {}

    static Object parse(String text, Class<?> type) {
        String stripped = text.strip();
        if (type == String.class) {
            return text;
        }
        if (type == Secret.class) {
            return Secret.of(text);
        }
        if (type == int.class || type == Integer.class) {
            return (int) whole(stripped, Integer.MIN_VALUE, Integer.MAX_VALUE);
        }
        if (type == long.class || type == Long.class) {
            return whole(stripped, Long.MIN_VALUE, Long.MAX_VALUE);
        }
        if (type == double.class || type == Double.class) {
            return number(stripped);
        }
        if (type == boolean.class || type == Boolean.class) {
            return truth(stripped);
        }
        if (type == Duration.class) {
            return duration(stripped);
        }
        if (type == Bytes.class) {
            return Bytes.parse(stripped);
        }
        if (type == AddressRange.class) {
            return AddressRange.parse(stripped);
        }
        if (type == Path.class) {
            return path(stripped);
        }
        if (type == URI.class) {
            return uri(stripped);
        }
        if (type.isEnum()) {
            return choice(stripped, type);
        }
        throw new IllegalStateException("settings cannot be of " + type);
    }

    /** How a type is called in the documentation. */
    static String name(Leaf leaf) {
        Class<?> type = leaf.valueType();
        String name =
                type.isEnum()
                        ? String.join(" \\| ", choices(type))
                        : NAMES.getOrDefault(type, type.getSimpleName().toLowerCase(Locale.ROOT));
        return leaf.list() ? "list of " + name : name;
    }

    private static long whole(String text, long min, long max) {
        try {
            long value = Long.parseLong(text.replace("_", ""));
            if (value >= min && value <= max) {
                return value;
            }
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("must be a whole number", e);
        }
        throw new IllegalArgumentException("must be a whole number from " + min + " to " + max);
    }

    private static double number(String text) {
        try {
            double value = Double.parseDouble(text);
            if (Double.isFinite(value)) {
                return value;
            }
        } catch (NumberFormatException e) {
            // Said below, in our words.
        }
        throw new IllegalArgumentException("must be a number such as 0.1");
    }

    private static boolean truth(String text) {
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "true", "yes", "on", "1" -> true;
            case "false", "no", "off", "0" -> false;
            default -> throw new IllegalArgumentException("must be true or false");
        };
    }

    private static Duration duration(String text) {
        Matcher matcher = DURATION.matcher(text);
        if (matcher.matches()) {
            long amount = Long.parseLong(matcher.group(1));
            return switch (matcher.group(2)) {
                case "ms" -> Duration.ofMillis(amount);
                case "s" -> Duration.ofSeconds(amount);
                case "m" -> Duration.ofMinutes(amount);
                case "h" -> Duration.ofHours(amount);
                default -> Duration.ofDays(amount);
            };
        }
        try {
            return Duration.parse(text);
        } catch (DateTimeParseException e) {
            throw new IllegalArgumentException(
                    "must be a duration such as 250ms, 30s, 5m, 1h or 7d", e);
        }
    }

    private static Path path(String text) {
        try {
            if (text.equals("~") || text.startsWith("~/")) {
                String home = System.getProperty("user.home", "");
                return Path.of(home + text.substring(1));
            }
            return Path.of(text);
        } catch (InvalidPathException e) {
            throw new IllegalArgumentException("must be a path", e);
        }
    }

    private static URI uri(String text) {
        try {
            URI uri = new URI(text);
            if (uri.isAbsolute()) {
                return uri;
            }
        } catch (URISyntaxException e) {
            // Said below, in our words.
        }
        throw new IllegalArgumentException("must be a URI such as https://example.org/path");
    }

    private static Object choice(String text, Class<?> type) {
        String folded = text.replace('_', '-').toLowerCase(Locale.ROOT);
        List<String> choices = choices(type);
        int index = choices.indexOf(folded);
        if (index < 0) {
            throw new IllegalArgumentException(
                    "must be one of "
                            + String.join(", ", choices)
                            + "."
                            + Nearest.hint(folded, choices));
        }
        return type.getEnumConstants()[index];
    }

    private static List<String> choices(Class<?> type) {
        return Arrays.stream(type.getEnumConstants())
                .map(c -> ((Enum<?>) c).name().replace('_', '-').toLowerCase(Locale.ROOT))
                .toList();
    }
}
