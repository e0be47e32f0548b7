package agency.platform.log.codec;

import agency.kernel.fact.Personal;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The shape of a fact as a JSON Schema (draft 2020-12), derived from the components of its record
 * and stored beside its name: whoever reads the log in ten years needs no class of ours.
 *
 * <p>Refuses, with an {@link IllegalArgumentException}, what cannot be written down for ever:
 * interfaces, classes that are no records, optionals, recursion.
 *
 * @param schema the schema, in one line
 * @param personal whether a personal text may stand somewhere in it
 */
public record FactShape(String schema, boolean personal) {
    /** The shape of a record. */
    public static FactShape of(Class<? extends Record> type) {
        Reading reading = new Reading();
        return new FactShape(reading.record(type), reading.personal);
    }

    private static final class Reading {
        private final Deque<Class<?>> open = new ArrayDeque<>();
        private boolean personal;

        String record(Class<?> type) {
            if (open.contains(type)) {
                throw new IllegalArgumentException("a fact cannot contain itself: " + type);
            }
            open.push(type);
            List<String> properties = new ArrayList<>();
            List<String> required = new ArrayList<>();
            for (RecordComponent component : type.getRecordComponents()) {
                String name = '"' + component.getName() + '"';
                properties.add(name + ':' + schema(component.getGenericType(), component));
                if (!component.getAnnotatedType().isAnnotationPresent(Nullable.class)) {
                    required.add(name);
                }
            }
            open.pop();
            return "{\"type\":\"object\",\"properties\":{"
                    + String.join(",", properties)
                    + "},\"required\":["
                    + String.join(",", required)
                    + "],\"additionalProperties\":false}";
        }

        private String schema(Type type, RecordComponent where) {
            if (type instanceof ParameterizedType generic) {
                Type[] arguments = generic.getActualTypeArguments();
                if (generic.getRawType() == List.class || generic.getRawType() == Set.class) {
                    return "{\"type\":\"array\",\"items\":" + schema(arguments[0], where) + "}";
                }
                if (generic.getRawType() == Map.class && isKey(arguments[0])) {
                    return "{\"type\":\"object\",\"additionalProperties\":"
                            + schema(arguments[1], where)
                            + "}";
                }
            }
            if (type instanceof Class<?> plain) {
                String known = plain(plain);
                if (known != null) {
                    return known;
                }
                if (plain.isRecord()) {
                    return record(plain);
                }
            }
            throw new IllegalArgumentException(
                    "a fact cannot carry "
                            + type.getTypeName()
                            + " (component "
                            + where.getName()
                            + " of "
                            + where.getDeclaringRecord().getName()
                            + "): use primitives, text, UUID, Instant, LocalDate, Duration,"
                            + " BigDecimal, enums, Personal, records, and List, Set or Map of"
                            + " these");
        }

        private static boolean isKey(Type type) {
            return type == String.class
                    || type == UUID.class
                    || (type instanceof Class<?> c && c.isEnum());
        }

        private @Nullable String plain(Class<?> type) {
            if (type == Personal.class) {
                personal = true;
                return "{\"type\":\"object\",\"properties\":{\"person\":{\"type\":\"string\","
                           + "\"format\":\"uuid\"},\"sealed\":{\"type\":\"string\",\"contentEncoding\":"
                           + "\"base64\"}},\"required\":[\"person\"],\"additionalProperties\":false}";
            }
            if (type.isEnum()) {
                return "{\"enum\":["
                        + Stream.of(type.getEnumConstants())
                                .map(c -> '"' + ((Enum<?>) c).name() + '"')
                                .collect(Collectors.joining(","))
                        + "]}";
            }
            return switch (type.getName()) {
                case "boolean", "java.lang.Boolean" -> "{\"type\":\"boolean\"}";
                case "int", "java.lang.Integer" -> "{\"type\":\"integer\",\"format\":\"int32\"}";
                case "long", "java.lang.Long" -> "{\"type\":\"integer\",\"format\":\"int64\"}";
                case "double", "java.lang.Double" -> "{\"type\":\"number\",\"format\":\"double\"}";
                case "java.lang.String" -> "{\"type\":\"string\"}";
                default -> formatted(type);
            };
        }

        private static @Nullable String formatted(Class<?> type) {
            String format =
                    type == UUID.class
                            ? "uuid"
                            : type == Instant.class
                                    ? "date-time"
                                    : type == LocalDate.class
                                            ? "date"
                                            : type == Duration.class ? "duration" : null;
            if (format != null) {
                return "{\"type\":\"string\",\"format\":\"" + format + "\"}";
            }
            return type == BigDecimal.class ? "{\"type\":\"number\"}" : null;
        }
    }
}
