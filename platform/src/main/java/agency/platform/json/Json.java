package agency.platform.json;

import agency.platform.crypto.Secret;
import com.fasterxml.jackson.annotation.JsonInclude;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.ValueDeserializer;
import tools.jackson.databind.ValueSerializer;
import tools.jackson.databind.cfg.CoercionAction;
import tools.jackson.databind.cfg.CoercionInputShape;
import tools.jackson.databind.cfg.DateTimeFeature;
import tools.jackson.databind.cfg.EnumFeature;
import tools.jackson.databind.exc.UnrecognizedPropertyException;
import tools.jackson.databind.introspect.JacksonAnnotationIntrospector;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.module.SimpleModule;
import tools.jackson.databind.type.LogicalType;

/**
 * JSON as our API speaks it: names in snake_case, moments in ISO 8601, absent instead of null.
 * Strict on what comes in: unknown fields, repeated fields, missing fields, numbers as texts and
 * trailing text are errors that say where.
 */
public final class Json {
    /** Deepest nesting, in levels. */
    public static final int MAX_DEPTH = 64;

    /** Longest string, in characters. */
    public static final int MAX_STRING = 1_000_000;

    /** Longest field name, in characters. */
    public static final int MAX_NAME = 256;

    /** Longest number, in digits. */
    public static final int MAX_NUMBER = 64;

    /** Most tokens of one document. */
    public static final int MAX_TOKENS = 1_000_000;

    /** The limits above, for those who parse by hand. */
    public static final StreamReadConstraints LIMITS =
            StreamReadConstraints.builder()
                    .maxNestingDepth(MAX_DEPTH)
                    .maxStringLength(MAX_STRING)
                    .maxNameLength(MAX_NAME)
                    .maxNumberLength(MAX_NUMBER)
                    .maxTokenCount(MAX_TOKENS)
                    .build();

    private static final JsonMapper MAPPER = build();

    private static final JsonMapper NAMES_ONLY =
            MAPPER.rebuild()
                    .annotationIntrospector(new JacksonAnnotationIntrospector())
                    .disable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
                    .build();

    private Json() {}

    /** The mapper itself, for those who need trees or streams under the same rules. */
    public static JsonMapper mapper() {
        return MAPPER;
    }

    /** A value as JSON in UTF-8. */
    public static byte[] write(Object value) {
        return MAPPER.writeValueAsBytes(value);
    }

    /** A value as JSON text. */
    public static String text(Object value) {
        return MAPPER.writeValueAsString(value);
    }

    /** Reads a value, or throws {@link BadJson} that says what is wrong and where. */
    public static <T> T read(byte[] json, Class<T> type) {
        T value;
        try {
            value = MAPPER.readValue(json, type);
        } catch (JacksonException e) {
            BadJson found = misspelt(json, type, Mistakes.explained(e));
            throw e instanceof UnrecognizedPropertyException unknown
                    ? located(found, json, unknown.getPropertyName())
                    : found;
        }
        if (value == null) {
            throw new BadJson(
                    BadJson.Kind.MISSING_FIELD, "There is no value, only null.", "", 1, 1);
        }
        return value;
    }

    /**
     * A misspelt name is both missing and unknown; the parser finds the missing one first, but the
     * unknown one is what helps.
     */
    private static BadJson misspelt(byte[] json, Class<?> type, BadJson found) {
        if (found.kind() != BadJson.Kind.MISSING_FIELD) {
            return found;
        }
        try {
            NAMES_ONLY.readValue(json, type);
        } catch (UnrecognizedPropertyException unknown) {
            return located(Mistakes.explained(unknown), json, unknown.getPropertyName());
        } catch (JacksonException other) {
            return found;
        }
        return found;
    }

    /** Fields met before their record could be made are reported without their place: find it. */
    private static BadJson located(BadJson found, byte[] json, String name) {
        if (found.line() > 0) {
            return found;
        }
        try (JsonParser in = MAPPER.createParser(json)) {
            for (JsonToken token = in.nextToken(); token != null; token = in.nextToken()) {
                if (token == JsonToken.PROPERTY_NAME && name.equals(in.currentName())) {
                    TokenStreamLocation at = in.currentTokenLocation();
                    return new BadJson(
                            found.kind(),
                            String.valueOf(found.getMessage()),
                            found.field(),
                            at.getLineNr(),
                            at.getColumnNr());
                }
            }
        }
        return found;
    }

    private static JsonMapper build() {
        JsonFactory factory =
                JsonFactory.builder()
                        .streamReadConstraints(LIMITS)
                        .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                        .build();
        SimpleModule secrets = new SimpleModule("secrets");
        secrets.addSerializer(Secret.class, new HiddenSecret());
        secrets.addDeserializer(Secret.class, new ReadSecret());
        return JsonMapper.builder(factory)
                .addModule(secrets)
                .annotationIntrospector(new RecordShapes())
                .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
                .changeDefaultPropertyInclusion(
                        i -> i.withValueInclusion(JsonInclude.Include.NON_ABSENT))
                .disable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY)
                .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
                .disable(MapperFeature.USE_GETTERS_AS_SETTERS)
                .enable(
                        DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES,
                        DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES,
                        DeserializationFeature.FAIL_ON_TRAILING_TOKENS,
                        DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY)
                .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
                .withCoercionConfig(
                        LogicalType.Textual,
                        text ->
                                text.setCoercion(CoercionInputShape.Integer, CoercionAction.Fail)
                                        .setCoercion(CoercionInputShape.Float, CoercionAction.Fail)
                                        .setCoercion(
                                                CoercionInputShape.Boolean, CoercionAction.Fail))
                .disable(DateTimeFeature.WRITE_DATES_AS_TIMESTAMPS)
                .disable(DateTimeFeature.WRITE_DURATIONS_AS_TIMESTAMPS)
                .enable(
                        EnumFeature.READ_ENUMS_USING_TO_STRING,
                        EnumFeature.WRITE_ENUMS_USING_TO_STRING)
                .build();
    }

    private static final class HiddenSecret extends ValueSerializer<Secret> {
        @Override
        public void serialize(Secret value, JsonGenerator out, SerializationContext context) {
            out.writeString(Secret.SHOWN);
        }
    }

    private static final class ReadSecret extends ValueDeserializer<Secret> {
        @Override
        public Secret deserialize(JsonParser in, DeserializationContext context) {
            if (in.currentToken() != JsonToken.VALUE_STRING) {
                return (Secret) context.handleUnexpectedToken(Secret.class, in);
            }
            return Secret.of(in.getString());
        }
    }
}
