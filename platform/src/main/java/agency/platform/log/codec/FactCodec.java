package agency.platform.log.codec;

import agency.kernel.fact.FactType;
import agency.kernel.fact.Personal;
import agency.kernel.fault.Fault;
import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.ObjectWriter;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.ValueDeserializer;
import tools.jackson.databind.ValueSerializer;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.module.SimpleModule;

/**
 * Writes facts down as compact JSON and reads them back: components in the record's order, empty
 * ones left out, unknown fields refused, personal texts sealed.
 */
public final class FactCodec {
    /** How the bodies of facts are written, as stored in {@code log.event_type}: compact JSON. */
    public static final int CODEC = 1;

    private static final String PASS = "agency.pass";

    private final Map<FactType<?>, Shape> shapes = new HashMap<>();

    private record Shape(ObjectWriter writer, ObjectReader reader, boolean personal) {}

    /** What one encoding or decoding carries with it. */
    private static final class Pass {
        private final PersonalTexts.@Nullable Place place;
        private long keyId;

        private Pass(PersonalTexts.@Nullable Place place) {
            this.place = place;
        }
    }

    /**
     * A fact written down.
     *
     * @param body its bytes
     * @param keyId the number of the key of the first person in it, 0 without one
     */
    @SuppressWarnings("ArrayRecordComponent") // carried, never compared
    public record Encoded(byte[] body, long keyId) {}

    /** A codec of these types in all their versions; {@code texts} seals the personal texts. */
    public FactCodec(Collection<FactType<?>> types, PersonalTexts texts) {
        this(types, new SealedWriter(texts), new SealedReader(texts));
    }

    private FactCodec(
            Collection<FactType<?>> types,
            ValueSerializer<Personal> writer,
            ValueDeserializer<Personal> reader) {
        JsonMapper mapper =
                JsonMapper.builder()
                        .disable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY)
                        .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                        .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
                        .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                        .changeDefaultPropertyInclusion(
                                i -> i.withValueInclusion(JsonInclude.Include.NON_NULL))
                        .addModule(
                                new SimpleModule()
                                        .addSerializer(Personal.class, writer)
                                        .addDeserializer(Personal.class, reader))
                        .build();
        for (FactType<?> type : types.stream().flatMap(t -> t.versions().stream()).toList()) {
            shapes.put(
                    type,
                    new Shape(
                            mapper.writerFor(type.type()),
                            mapper.readerFor(type.type()),
                            FactShape.of(type.type()).personal()));
        }
    }

    /**
     * A codec for golden samples and tests: the same bytes but that a personal text stands open
     * ({@code {"person":…,"text":…}}).
     */
    public static FactCodec open(Collection<FactType<?>> types) {
        return new FactCodec(types, new OpenWriter(true), new OpenReader());
    }

    /**
     * A codec for showing facts to an administrator: of a personal text only whom it is about. It
     * reads nothing back.
     */
    public static FactCodec withoutPersonalTexts(Collection<FactType<?>> types) {
        return new FactCodec(types, new OpenWriter(false), new OpenReader());
    }

    /** Writes a fact down as what it is in this place. */
    public Encoded encode(FactType<?> type, Record fact, PersonalTexts.Place place) {
        Shape shape = shape(type);
        if (!shape.personal) {
            return new Encoded(shape.writer.writeValueAsBytes(fact), 0);
        }
        Pass pass = new Pass(place);
        byte[] body = shape.writer.withAttribute(PASS, pass).writeValueAsBytes(fact);
        return new Encoded(body, pass.keyId);
    }

    /**
     * Reads a fact that was stored in a version of this type and hands it out in this one; throws a
     * lasting {@link Fault} when the bytes are not of the stored version's shape, or cannot be made
     * this one.
     *
     * @param type the shape that is wanted
     * @param storedAs the version of it that the bytes are of
     */
    public Record decode(FactType<?> type, int storedAs, byte[] body, PersonalTexts.Place place) {
        if (storedAs == type.version()) {
            return decode(type, body, place);
        }
        for (FactType<?> version : type.versions()) {
            if (version.version() == storedAs) {
                return lifted(type, version, decode(version, body, place), place);
            }
        }
        throw new IllegalArgumentException(type + " knows no version " + storedAs);
    }

    private static Record lifted(
            FactType<?> type, FactType<?> stored, Record fact, PersonalTexts.Place place) {
        try {
            return type.lift(stored.version(), fact);
        } catch (RuntimeException e) {
            throw unreadable(
                    "A stored fact of an older version cannot be made the newest: its upcaster"
                            + " refused it.",
                    stored,
                    place,
                    e);
        }
    }

    /** Reads a fact; throws a lasting {@link Fault} when the bytes are not of this shape. */
    public Record decode(FactType<?> type, byte[] body, PersonalTexts.Place place) {
        Shape shape = shape(type);
        try {
            return shape.personal
                    ? shape.reader.withAttribute(PASS, new Pass(place)).readValue(body)
                    : shape.reader.readValue(body);
        } catch (JacksonException e) {
            throw unreadable(
                    "A stored fact is not of the shape its type promises.", type, place, e);
        }
    }

    private static Fault unreadable(
            String why, FactType<?> type, PersonalTexts.Place place, RuntimeException cause) {
        return Fault.lasting(
                "log.fact-unreadable",
                why,
                Map.of(
                        "type",
                        type.name() + ".v" + type.version(),
                        "event",
                        place.event().toString()),
                cause);
    }

    /** The place used where personal texts are not sealed. */
    public static PersonalTexts.Place nowhere() {
        return new PersonalTexts.Place(0, new UUID(0, 0));
    }

    private Shape shape(FactType<?> type) {
        Shape shape = shapes.get(type);
        if (shape == null) {
            throw new IllegalArgumentException("this codec was not given " + type);
        }
        return shape;
    }

    private static PersonalTexts.Place place(@Nullable Object pass) {
        if (pass instanceof Pass p && p.place != null) {
            return p.place;
        }
        throw new IllegalStateException("a personal text outside of a fact");
    }

    private static final class SealedWriter extends ValueSerializer<Personal> {
        private final PersonalTexts texts;

        SealedWriter(PersonalTexts texts) {
            this.texts = texts;
        }

        @Override
        public void serialize(Personal value, JsonGenerator out, SerializationContext context) {
            Object attribute = context.getAttribute(PASS);
            out.writeStartObject();
            out.writeStringProperty("person", value.person().toString());
            if (value.text() != null && attribute instanceof Pass pass) {
                PersonalTexts.Sealed sealed = texts.seal(place(pass), value.person(), value.text());
                pass.keyId = pass.keyId == 0 ? sealed.keyId() : pass.keyId;
                out.writeBinaryProperty("sealed", sealed.bytes());
            }
            out.writeEndObject();
        }
    }

    private static final class SealedReader extends ValueDeserializer<Personal> {
        private final PersonalTexts texts;

        SealedReader(PersonalTexts texts) {
            this.texts = texts;
        }

        @Override
        public Personal deserialize(JsonParser in, DeserializationContext context) {
            JsonNode node = context.readTree(in);
            UUID person = UUID.fromString(node.path("person").asString());
            JsonNode sealed = node.get("sealed");
            return new Personal(
                    person,
                    sealed == null
                            ? null
                            : texts.open(
                                    place(context.getAttribute(PASS)),
                                    person,
                                    sealed.binaryValue()));
        }
    }

    private static final class OpenWriter extends ValueSerializer<Personal> {
        private final boolean shown;

        OpenWriter(boolean shown) {
            this.shown = shown;
        }

        @Override
        public void serialize(Personal value, JsonGenerator out, SerializationContext context) {
            out.writeStartObject();
            out.writeStringProperty("person", value.person().toString());
            if (shown && value.text() != null) {
                out.writeStringProperty("text", value.text());
            }
            out.writeEndObject();
        }
    }

    private static final class OpenReader extends ValueDeserializer<Personal> {
        @Override
        public Personal deserialize(JsonParser in, DeserializationContext context) {
            JsonNode node = context.readTree(in);
            JsonNode text = node.get("text");
            return new Personal(
                    UUID.fromString(node.path("person").asString()),
                    text == null ? null : text.asString());
        }
    }
}
