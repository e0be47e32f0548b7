package agency.platform.config;

import agency.kernel.fault.Fault;
import agency.kernel.fault.Reason;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Where settings come from: flags over environment over {@code .env} over {@code agency.yaml}. */
public final class Sources {
    /** What the name of every variable of ours begins with. */
    public static final String PREFIX = "AGENCY_";

    /** The usual name of the settings file. */
    public static final String FILE = "agency.yaml";

    private static final int MAX_DOT_ENV_BYTES = 64 * 1024;

    private final Map<String, String> flags = new LinkedHashMap<>();
    private final Map<String, String> environment = new HashMap<>();
    private final Map<String, Given> dotEnv = new LinkedHashMap<>();
    private final Map<String, Given> file = new LinkedHashMap<>();
    private final Set<String> ignored = new LinkedHashSet<>();
    private final List<String> errors = new ArrayList<>();

    private Sources() {}

    /** No source at all: defaults only. */
    public static Sources none() {
        return new Sources();
    }

    /** Flags such as {@code --server.port=8081}; a flag without a value means {@code true}. */
    public Sources flags(List<String> arguments) {
        for (String argument : arguments) {
            if (!argument.startsWith("--")) {
                errors.add(
                        "`" + argument + "` is no setting: settings look like --server.port=8081");
                continue;
            }
            int equals = argument.indexOf('=');
            String name = argument.substring(2, equals < 0 ? argument.length() : equals);
            flags.put(name.replace('-', '_'), equals < 0 ? "true" : argument.substring(equals + 1));
        }
        return this;
    }

    /** The process's environment; only variables that begin with {@link #PREFIX} are settings. */
    public Sources environment(Map<String, String> variables) {
        environment.putAll(variables);
        return this;
    }

    /** Variables of ours that are not settings (the launcher's own, say). */
    public Sources ignoring(Set<String> variables) {
        ignored.addAll(variables);
        return this;
    }

    /** A file of {@code NAME=value} lines, when it exists. */
    public Sources dotEnv(Path path) {
        byte @Nullable [] bytes = read(path, MAX_DOT_ENV_BYTES, false);
        if (bytes == null) {
            return this;
        }
        int number = 0;
        for (String raw : new String(bytes, StandardCharsets.UTF_8).lines().toList()) {
            number++;
            String line = raw.strip();
            if (line.isEmpty() || line.startsWith("#")) {
                continue;
            }
            String bare = line.startsWith("export ") ? line.substring(7).strip() : line;
            int equals = bare.indexOf('=');
            String source = path.getFileName() + ":" + number;
            if (equals < 1) {
                errors.add(source + ": must be NAME=value");
                continue;
            }
            String value = unquoted(bare.substring(equals + 1).strip());
            dotEnv.put(bare.substring(0, equals).strip(), Given.text(value, source));
        }
        return this;
    }

    /**
     * The settings file.
     *
     * @param required whether it is an error when it does not exist
     */
    public Sources yaml(Path path, boolean required) {
        byte @Nullable [] bytes = read(path, YamlFile.MAX_BYTES, required);
        if (bytes != null) {
            file.putAll(YamlFile.read(path, bytes, errors));
        }
        return this;
    }

    /** The environment as it counts: the process's own over {@code .env}. */
    public Map<String, String> variables() {
        Map<String, String> all = new HashMap<>();
        dotEnv.forEach((name, given) -> all.put(name, given.values().getFirst()));
        all.putAll(environment);
        return all;
    }

    /** What was given for a key, by the source that counts most. */
    @Nullable Given find(String key) {
        String flag = flags.get(key);
        if (flag != null) {
            return Given.text(flag, Leaf.flag(key));
        }
        String variable = Leaf.variable(key);
        String value = environment.get(variable);
        if (value != null) {
            return Given.text(value, variable);
        }
        Given line = dotEnv.get(variable);
        return line != null ? line : file.get(key);
    }

    List<String> errors() {
        return errors;
    }

    /** Every key or variable that was given, with where. */
    Map<String, String> flagsAndKeys() {
        Map<String, String> names = new LinkedHashMap<>();
        flags.keySet().forEach(key -> names.put(key, Leaf.flag(key)));
        file.forEach((key, given) -> names.put(key, given.source()));
        return names;
    }

    Map<String, String> ourVariables() {
        Map<String, String> names = new LinkedHashMap<>();
        dotEnv.forEach((name, given) -> names.put(name, given.source()));
        environment.keySet().stream().sorted().forEach(n -> names.put(n, "the environment"));
        names.keySet().removeIf(name -> !name.startsWith(PREFIX) || ignored.contains(name));
        return names;
    }

    private byte @Nullable [] read(Path path, int maxBytes, boolean required) {
        if (Files.notExists(path)) {
            if (required) {
                errors.add(path + ": does not exist");
            }
            return null;
        }
        try {
            if (Files.size(path) > maxBytes) {
                errors.add(path + ": is larger than " + maxBytes + " bytes");
                return null;
            }
            return Files.readAllBytes(path);
        } catch (IOException e) {
            throw Fault.lasting(
                    "config.unreadable",
                    "The settings file " + path + " cannot be read: " + Reason.of(e),
                    Map.of("path", path.toString()),
                    e);
        }
    }

    private static String unquoted(String value) {
        if (value.length() >= 2) {
            char first = value.charAt(0);
            if ((first == '"' || first == '\'') && value.charAt(value.length() - 1) == first) {
                return value.substring(1, value.length() - 1);
            }
        }
        return value;
    }
}
