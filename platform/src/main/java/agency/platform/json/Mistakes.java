package agency.platform.json;

import agency.kernel.name.Nearest;
import agency.platform.crypto.Secret;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import tools.jackson.core.JacksonException;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.exc.InputCoercionException;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.core.exc.StreamReadException;
import tools.jackson.databind.exc.InvalidNullException;
import tools.jackson.databind.exc.MismatchedInputException;
import tools.jackson.databind.exc.UnrecognizedPropertyException;

/** Puts the parser's complaints into sentences that say what would be right. */
final class Mistakes {
    private static final int MAX_NAMES = 12;
    private static final int MAX_SENTENCE = 300;

    private Mistakes() {}

    static BadJson explained(JacksonException e) {
        return switch (e) {
            case StreamConstraintsException limit ->
                    made(BadJson.Kind.LIMIT, limit, "The JSON is beyond a limit: " + plain(limit));
            case InputCoercionException number ->
                    made(
                            BadJson.Kind.WRONG_VALUE,
                            number,
                            subject(number) + " must be " + wanted(number.getTargetType()) + ".");
            case StreamReadException syntax ->
                    made(BadJson.Kind.SYNTAX, syntax, "The text is not JSON: " + plain(syntax));
            case UnrecognizedPropertyException unknown -> unknownField(unknown);
            case InvalidNullException missing ->
                    made(
                            BadJson.Kind.MISSING_FIELD,
                            missing,
                            "The field " + quoted(path(missing)) + " must not be null.");
            case MismatchedInputException wrong -> mismatch(wrong);
            default -> refusedByRecord(e);
        };
    }

    private static BadJson unknownField(UnrecognizedPropertyException e) {
        Collection<Object> ids =
                e.getKnownPropertyIds() == null ? List.of() : e.getKnownPropertyIds();
        List<String> known = ids.stream().map(String::valueOf).toList();
        String names = known.stream().sorted().limit(MAX_NAMES).collect(Collectors.joining(", "));
        String hint = Nearest.hint(e.getPropertyName(), known);
        String help = !hint.isEmpty() || names.isEmpty() ? hint : " Known here: " + names + ".";
        return made(
                BadJson.Kind.UNKNOWN_FIELD,
                e,
                "The field " + quoted(path(e)) + " is not known." + help);
    }

    private static BadJson mismatch(MismatchedInputException e) {
        String message = plain(e);
        if (message.startsWith("Missing required creator property")) {
            String[] parts = message.split("'", 3);
            String name = parts.length > 1 ? parts[1] : "";
            String within = path(e);
            boolean named = within.equals(name) || within.endsWith("." + name);
            String full = named ? within : within.isEmpty() ? name : within + "." + name;
            return new BadJson(
                    BadJson.Kind.MISSING_FIELD,
                    "The field " + quoted(full) + " is missing.",
                    full,
                    line(e),
                    column(e));
        }
        if (message.startsWith("No content")) {
            return made(BadJson.Kind.SYNTAX, e, "There is no JSON, only nothing.");
        }
        if (message.startsWith("Trailing token")) {
            return made(BadJson.Kind.SYNTAX, e, "There is more text after the end of the JSON.");
        }
        return made(
                BadJson.Kind.WRONG_VALUE,
                e,
                subject(e) + " must be " + wanted(e.getTargetType()) + ".");
    }

    private static String subject(JacksonException e) {
        String field = path(e);
        return field.isEmpty() ? "The value" : "The field " + quoted(field);
    }

    /** A compact constructor's own refusal carries the best sentence there is. */
    private static BadJson refusedByRecord(JacksonException e) {
        String field = path(e);
        String what = field.isEmpty() ? "" : "The field " + quoted(field) + " is not right: ";
        String why =
                e.getCause() instanceof IllegalArgumentException cause && cause.getMessage() != null
                        ? cause.getMessage()
                        : "it cannot be read";
        return made(BadJson.Kind.WRONG_VALUE, e, cut(what + why) + ".");
    }

    private static String wanted(Class<?> type) {
        if (type == null) {
            return "of another type";
        }
        if (type.isEnum()) {
            return "one of "
                    + Arrays.stream(type.getEnumConstants())
                            .map(String::valueOf)
                            .collect(Collectors.joining(", "));
        }
        if (type == String.class || type == Secret.class) {
            return "a text";
        }
        if (type == int.class
                || type == long.class
                || type == Integer.class
                || type == Long.class) {
            return "a whole number within the range of its type";
        }
        if (type == double.class || type == Double.class || Number.class.isAssignableFrom(type)) {
            return "a number";
        }
        if (type == boolean.class || type == Boolean.class) {
            return "true or false";
        }
        Map<Class<?>, String> others =
                Map.of(
                        UUID.class, "a UUID",
                        Instant.class, "a moment such as 2026-01-31T12:00:00Z",
                        Duration.class, "a duration such as PT30S",
                        URI.class, "a URI");
        String other = others.get(type);
        if (other != null) {
            return other;
        }
        return Collection.class.isAssignableFrom(type) || type.isArray() ? "an array" : "an object";
    }

    private static BadJson made(BadJson.Kind kind, JacksonException e, String sentence) {
        return new BadJson(kind, sentence, path(e), line(e), column(e));
    }

    private static String path(JacksonException e) {
        StringBuilder path = new StringBuilder();
        for (JacksonException.Reference step : e.getPath()) {
            if (step.getPropertyName() != null) {
                path.append(path.isEmpty() ? "" : ".").append(step.getPropertyName());
            } else if (step.getIndex() >= 0) {
                path.append('[').append(step.getIndex()).append(']');
            }
        }
        return cut(path.toString());
    }

    private static int line(JacksonException e) {
        TokenStreamLocation location = e.getLocation();
        return location == null ? 0 : Math.max(0, location.getLineNr());
    }

    private static int column(JacksonException e) {
        TokenStreamLocation location = e.getLocation();
        return location == null ? 0 : Math.max(0, location.getColumnNr());
    }

    /** The parser's words on one line, without its classes and hints for programmers. */
    private static String plain(JacksonException e) {
        String message = e.getOriginalMessage();
        if (message == null) {
            return "it cannot be read";
        }
        String first = message.lines().findFirst().orElse("");
        int aside = first.indexOf(" (from `");
        return cut(aside > 0 ? first.substring(0, aside) : first);
    }

    private static String quoted(String field) {
        return "`" + field + "`";
    }

    private static String cut(String text) {
        return text.length() <= MAX_SENTENCE ? text : text.substring(0, MAX_SENTENCE) + "…";
    }
}
