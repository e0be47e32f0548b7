package agency.platform.config;

import agency.platform.crypto.Secret;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One setting of a tree of settings records.
 *
 * @param key its key, as {@code server.port}
 * @param component the record component that holds it
 * @param setting its documentation and default
 */
record Leaf(String key, RecordComponent component, Setting setting) {
    /** What a secret's key ends with when a file holds its value. */
    static final String FILE_SUFFIX = "_file";

    /** Deepest nesting of sections. */
    private static final int MAX_DEPTH = 6;

    /** All settings of a record and its sections, in the order they are written. */
    static List<Leaf> of(Class<?> root) {
        List<Leaf> leaves = new ArrayList<>();
        collect(root, "", 0, leaves);
        return leaves;
    }

    private static void collect(Class<?> type, String prefix, int depth, List<Leaf> leaves) {
        if (!type.isRecord() || depth > MAX_DEPTH) {
            throw new IllegalArgumentException(type + " is no record of settings, or too deep");
        }
        for (RecordComponent component : type.getRecordComponents()) {
            String key = prefix + snake(component.getName());
            Setting setting = component.getAnnotation(Setting.class);
            if (setting != null) {
                leaves.add(new Leaf(key, component, setting));
            } else {
                collect(component.getType(), key + ".", depth + 1, leaves);
            }
        }
    }

    static String snake(String name) {
        StringBuilder snake = new StringBuilder();
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if (Character.isUpperCase(c)) {
                snake.append('_').append(Character.toLowerCase(c));
            } else {
                snake.append(c);
            }
        }
        return snake.toString();
    }

    /** The environment variable for a key. */
    static String variable(String key) {
        return Sources.PREFIX + key.replace('.', '_').toUpperCase(Locale.ROOT);
    }

    /** The flag for a key. */
    static String flag(String key) {
        return "--" + key.replace('_', '-');
    }

    boolean optional() {
        return component.getType() == Optional.class
                || component.getAnnotatedType().isAnnotationPresent(Nullable.class);
    }

    boolean list() {
        return component.getType() == List.class;
    }

    boolean secret() {
        return valueType() == Secret.class;
    }

    /** The type of the value itself, inside an Optional or a list. */
    Class<?> valueType() {
        if (component.getType() == Optional.class || list()) {
            Type inner =
                    ((ParameterizedType) component.getGenericType()).getActualTypeArguments()[0];
            return (Class<?>) inner;
        }
        return component.getType();
    }
}
