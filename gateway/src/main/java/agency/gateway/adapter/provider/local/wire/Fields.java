package agency.gateway.adapter.provider.local.wire;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A request's JSON, read with bounds on every value. */
public final class Fields {
    /** The one JSON mapper of this adapter. */
    public static final JsonMapper JSON = JsonMapper.shared();

    private final JsonNode body;

    private Fields(JsonNode body) {
        this.body = body;
    }

    /**
     * Reads a body.
     *
     * @throws NotServed if it is not a JSON object
     */
    public static Fields of(byte[] bytes) {
        try {
            JsonNode body = JSON.readTree(bytes);
            if (body == null || !body.isObject()) {
                throw NotServed.invalid("", "The request's body must be a JSON object.");
            }
            return new Fields(body);
        } catch (JacksonException e) {
            throw NotServed.invalid("", "The request's body is not JSON.");
        }
    }

    /** The field, or null if it is missing or null. */
    public @Nullable JsonNode find(String name) {
        JsonNode node = body.get(name);
        return node == null || node.isNull() ? null : node;
    }

    /** A number within bounds. */
    public double number(String name, double otherwise, double least, double most) {
        JsonNode node = find(name);
        if (node == null) {
            return otherwise;
        }
        if (!node.isNumber() || !(node.asDouble() >= least && node.asDouble() <= most)) {
            throw NotServed.invalid(
                    name,
                    "'%s' must be a number from %s to %s."
                            .formatted(name, plain(least), plain(most)));
        }
        return node.asDouble();
    }

    /** A whole number within bounds. */
    public long integer(String name, long otherwise, long least, long most) {
        JsonNode node = find(name);
        if (node == null) {
            return otherwise;
        }
        if (!node.isIntegralNumber()
                || !node.canConvertToLong()
                || node.asLong() < least
                || node.asLong() > most) {
            throw NotServed.invalid(
                    name,
                    "'%s' must be a whole number from %d to %d.".formatted(name, least, most));
        }
        return node.asLong();
    }

    /** True or false. */
    public boolean flag(String name) {
        JsonNode node = find(name);
        if (node != null && !node.isBoolean()) {
            throw NotServed.invalid(name, "'%s' must be true or false.".formatted(name));
        }
        return node != null && node.asBoolean();
    }

    private static String plain(double number) {
        return number == Math.rint(number) ? Long.toString((long) number) : Double.toString(number);
    }

    /**
     * A value as plain Java: text, {@code Long}, {@code Double}, {@code Boolean}, lists, mappings;
     * {@code none} stands for null.
     */
    public static Object plain(JsonNode node, Object none) {
        if (node.isObject()) {
            Map<String, Object> map = new LinkedHashMap<>();
            node.forEachEntry((name, value) -> map.put(name, plain(value, none)));
            return map;
        }
        if (node.isArray()) {
            List<Object> list = new ArrayList<>(node.size());
            node.values().forEach(value -> list.add(plain(value, none)));
            return list;
        }
        if (node.isString()) {
            return node.stringValue();
        }
        if (node.isBoolean()) {
            return node.booleanValue();
        }
        if (node.isIntegralNumber() && node.canConvertToLong()) {
            return node.asLong();
        }
        return node.isNumber() ? (Object) node.asDouble() : none;
    }
}
