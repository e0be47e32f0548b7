package agency.platform.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.dataformat.yaml.YAMLFactory;
import tools.jackson.dataformat.yaml.YAMLMapper;

/** Reads a YAML file into flat keys, each with its line. */
final class YamlFile {
    /** Largest file, in bytes. */
    static final int MAX_BYTES = 1024 * 1024;

    private static final YAMLMapper MAPPER =
            YAMLMapper.builder(
                            YAMLFactory.builder()
                                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                                    .build())
                    .build();

    private YamlFile() {}

    /** The keys of the file; what is wrong with it goes to the list of errors. */
    static Map<String, Given> read(Path file, byte[] bytes, List<String> errors) {
        Map<String, Given> keys = new LinkedHashMap<>();
        String name = String.valueOf(file.getFileName());
        try (JsonParser in = MAPPER.createParser(bytes)) {
            JsonToken first = in.nextToken();
            if (first == null || first == JsonToken.VALUE_NULL) {
                return keys;
            }
            if (first != JsonToken.START_OBJECT) {
                errors.add(name + ": must hold settings as `key: value`, in sections");
                return keys;
            }
            section(in, "", name, keys, errors);
        } catch (JacksonException e) {
            int line = e.getLocation() == null ? 0 : e.getLocation().getLineNr();
            String why = e.getOriginalMessage() == null ? "" : e.getOriginalMessage();
            errors.add(name + ":" + line + ": is not YAML: " + why.lines().findFirst().orElse(""));
        }
        return keys;
    }

    private static void section(
            JsonParser in,
            String prefix,
            String name,
            Map<String, Given> keys,
            List<String> errors) {
        while (in.nextToken() == JsonToken.PROPERTY_NAME) {
            String key = prefix + in.currentName();
            String source = name + ":" + in.currentTokenLocation().getLineNr();
            JsonToken token = in.nextToken();
            if (token == JsonToken.START_OBJECT) {
                section(in, key + ".", name, keys, errors);
            } else if (token == JsonToken.START_ARRAY) {
                keys.put(key, new Given(array(in, key, source, errors), true, source));
            } else if (token != JsonToken.VALUE_NULL) {
                keys.put(key, Given.text(in.getString(), source));
            }
        }
    }

    private static List<String> array(
            JsonParser in, String key, String source, List<String> errors) {
        List<String> values = new ArrayList<>();
        for (JsonToken token = in.nextToken();
                token != null && token != JsonToken.END_ARRAY;
                token = in.nextToken()) {
            if (token.isScalarValue()) {
                values.add(in.getString());
            } else {
                errors.add(source + ": " + key + " must be a list of plain values");
                in.skipChildren();
            }
        }
        return values;
    }
}
