package agency.platform.config;

import agency.kernel.fault.Fault;
import agency.kernel.name.Nearest;
import agency.platform.crypto.Secret;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The settings of a program as one record of records, each value from the source that counts most.
 *
 * @param <R> the record; its components are settings ({@link Setting}) or sections (records)
 */
public final class Configuration<R extends Record> {
    private static final int MAX_SECRET_FILE_BYTES = 64 * 1024;

    private final R values;
    private final List<Effective> effective;

    /**
     * One setting as it counts.
     *
     * @param key its key, as {@code server.port}
     * @param shown its value, stars for a secret, empty for none
     * @param source who gave it: a flag, a variable, a file and line, {@code default}
     */
    public record Effective(String key, String shown, String source) {}

    private Configuration(R values, List<Effective> effective) {
        this.values = values;
        this.effective = List.copyOf(effective);
    }

    /**
     * Reads all settings. Throws one {@link Fault} {@code config.invalid} that lists everything
     * that is wrong: unknown keys and variables with the one that may be meant, values of the wrong
     * form, settings without a value.
     */
    public static <R extends Record> Configuration<R> load(Class<R> type, Sources sources) {
        Loader loader = new Loader(sources);
        List<Leaf> leaves = Leaf.of(type);
        loader.refuseUnknown(leaves);
        Object root = loader.record(type, "");
        if (root == null || !loader.errors.isEmpty()) {
            throw invalid(loader.errors);
        }
        return new Configuration<>(type.cast(root), loader.effective);
    }

    /** The settings. */
    public R values() {
        return values;
    }

    /** Every setting with its value (secrets as stars) and where it came from, in order. */
    public List<Effective> effective() {
        return effective;
    }

    /** The same as an aligned text for people. */
    public String shown() {
        int keys = effective.stream().mapToInt(e -> e.key().length()).max().orElse(0);
        int shown = effective.stream().mapToInt(e -> e.shown().length()).max().orElse(0);
        String form = "%-" + Math.max(1, keys) + "s  %-" + Math.clamp(shown, 1, 48) + "s  %s%n";
        StringBuilder text = new StringBuilder();
        for (Effective e : effective) {
            text.append(form.formatted(e.key(), e.shown().isEmpty() ? "-" : e.shown(), e.source()));
        }
        return text.toString();
    }

    private static Fault invalid(Set<String> errors) {
        String list = String.join("\n  ", errors);
        String count = errors.size() == 1 ? "One setting is" : errors.size() + " settings are";
        return Fault.lasting(
                "config.invalid",
                count + " not right:\n  " + list,
                Map.of("errors", String.valueOf(errors.size())),
                null);
    }

    /** Reads one tree of settings and gathers what is wrong. */
    private static final class Loader {
        private final Sources sources;
        private final Set<String> errors = new LinkedHashSet<>();
        private final List<Effective> effective = new ArrayList<>();

        Loader(Sources sources) {
            this.sources = sources;
            errors.addAll(sources.errors());
        }

        void refuseUnknown(List<Leaf> leaves) {
            Set<String> keys = new LinkedHashSet<>();
            Map<String, String> variables = new HashMap<>();
            for (Leaf leaf : leaves) {
                keys.add(leaf.key());
                if (leaf.secret()) {
                    keys.add(leaf.key() + Leaf.FILE_SUFFIX);
                }
            }
            keys.forEach(key -> variables.put(Leaf.variable(key), key));
            sources.flagsAndKeys()
                    .forEach((key, source) -> {
                        if (!keys.contains(key)) {
                            errors.add(
                                    source
                                            + ": "
                                            + key
                                            + " is not a setting."
                                            + Nearest.hint(key, keys));
                        }
                    });
            sources.ourVariables()
                    .forEach((name, source) -> {
                        if (!variables.containsKey(name)) {
                            errors.add(
                                    source
                                            + ": "
                                            + name
                                            + " is not a setting."
                                            + Nearest.hint(name, variables.keySet()));
                        }
                    });
        }

        @Nullable Object record(Class<?> type, String prefix) {
            RecordComponent[] components = type.getRecordComponents();
            @Nullable Object[] arguments = new @Nullable Object[components.length];
            int before = errors.size();
            for (int i = 0; i < components.length; i++) {
                String key = prefix + Leaf.snake(components[i].getName());
                Setting setting = components[i].getAnnotation(Setting.class);
                arguments[i] =
                        setting == null
                                ? record(components[i].getType(), key + ".")
                                : value(new Leaf(key, components[i], setting));
            }
            return errors.size() > before ? null : made(type, prefix, components, arguments);
        }

        private @Nullable Object made(
                Class<?> type,
                String prefix,
                RecordComponent[] components,
                @Nullable Object[] arguments) {
            try {
                var constructor =
                        type.getDeclaredConstructor(
                                Arrays.stream(components)
                                        .map(RecordComponent::getType)
                                        .toArray(Class<?>[]::new));
                constructor.setAccessible(true);
                return constructor.newInstance(arguments);
            } catch (InvocationTargetException e) {
                if (e.getCause() instanceof IllegalArgumentException refusal) {
                    String section =
                            prefix.isEmpty()
                                    ? "settings"
                                    : prefix.substring(0, prefix.length() - 1);
                    errors.add(section + ": " + refusal.getMessage());
                    return null;
                }
                throw new IllegalStateException("cannot make " + type, e);
            } catch (ReflectiveOperationException e) {
                throw new IllegalStateException("cannot make " + type, e);
            }
        }

        private @Nullable Object value(Leaf leaf) {
            Given given = given(leaf);
            if (given == null && !leaf.setting().def().isEmpty()) {
                given = Given.text(leaf.setting().def(), "default");
            }
            if (given == null) {
                return absent(leaf);
            }
            Object value = parsed(leaf, given);
            if (value != null) {
                String shown = leaf.secret() ? Secret.SHOWN : String.join(", ", given.values());
                effective.add(new Effective(leaf.key(), shown, given.source()));
            }
            return leaf.component().getType() == Optional.class
                    ? Optional.ofNullable(value)
                    : value;
        }

        private @Nullable Object absent(Leaf leaf) {
            effective.add(new Effective(leaf.key(), "", "default"));
            if (leaf.list()) {
                return List.of();
            }
            if (leaf.component().getType() == Optional.class) {
                return Optional.empty();
            }
            if (leaf.component().getType() == String.class && !leaf.optional()) {
                return "";
            }
            if (!leaf.optional()) {
                errors.add(
                        leaf.key()
                                + " must be set: "
                                + Leaf.flag(leaf.key())
                                + "=…, "
                                + Leaf.variable(leaf.key())
                                + " or in "
                                + Sources.FILE);
            }
            return null;
        }

        private @Nullable Given given(Leaf leaf) {
            Given direct = sources.find(leaf.key());
            if (!leaf.secret()) {
                return direct;
            }
            String fileKey = leaf.key() + Leaf.FILE_SUFFIX;
            Given file = sources.find(fileKey);
            if (file == null) {
                return direct;
            }
            if (direct != null) {
                errors.add(
                        leaf.key()
                                + " is given twice: by "
                                + direct.source()
                                + " and by "
                                + file.source());
                return direct;
            }
            Path path = Path.of(file.values().getFirst());
            try {
                if (Files.size(path) > MAX_SECRET_FILE_BYTES) {
                    errors.add(file.source() + ": " + path + " is too large for a secret");
                    return null;
                }
                String text = Files.readString(path, StandardCharsets.UTF_8).strip();
                return Given.text(text, file.source() + " (" + path + ")");
            } catch (IOException e) {
                errors.add(
                        file.source()
                                + ": "
                                + fileKey
                                + " names "
                                + path
                                + ", which cannot be read");
                return null;
            }
        }

        private @Nullable Object parsed(Leaf leaf, Given given) {
            try {
                if (!leaf.list()) {
                    if (given.list()) {
                        throw new IllegalArgumentException("must be one value, not a list");
                    }
                    return Values.parse(given.values().getFirst(), leaf.valueType());
                }
                List<String> texts =
                        given.list()
                                ? given.values()
                                : Arrays.stream(given.values().getFirst().split(",", -1))
                                        .map(String::strip)
                                        .filter(text -> !text.isEmpty())
                                        .toList();
                return texts.stream().map(text -> Values.parse(text, leaf.valueType())).toList();
            } catch (IllegalArgumentException e) {
                String shown =
                        leaf.secret() ? "" : ", not `" + String.join(", ", given.values()) + "`";
                errors.add(given.source() + ": " + leaf.key() + " " + e.getMessage() + shown);
                return null;
            }
        }
    }
}
