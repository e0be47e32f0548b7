package agency.platform.log;

import agency.kernel.decision.Decider;
import agency.kernel.fact.FactType;
import agency.kernel.fact.Personal;
import agency.kernel.fact.Position;
import agency.kernel.fact.StreamName;
import agency.kernel.fault.Fault;
import agency.platform.crypto.Digests;
import agency.platform.crypto.SealedBox;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.DefaultTyping;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.ValueSerializer;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.jsontype.BasicPolymorphicTypeValidator;
import tools.jackson.databind.module.SimpleModule;

/**
 * Snapshots in {@code log.snapshot}, keyed by the code that made them and sealed, so that nobody
 * who can write to the table can make a decider believe what the facts do not say. A state with a
 * personal text is not kept: erasing a person must not leave one behind.
 */
public final class SqlSnapshots implements Snapshots {
    private static final Logger LOG = LoggerFactory.getLogger(SqlSnapshots.class);

    /** Largest state that is kept, bytes. */
    private static final int MAX_BYTES = 4 * 1024 * 1024;

    private static final JsonMapper MAPPER =
            JsonMapper.builder()
                    .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                    .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                    .activateDefaultTyping(
                            BasicPolymorphicTypeValidator.builder()
                                    .allowIfSubType("agency.")
                                    .allowIfSubType("java.util.")
                                    .build(),
                            DefaultTyping.OBJECT_AND_NON_CONCRETE)
                    .addModule(new SimpleModule().addSerializer(Personal.class, new Refusing()))
                    .build();

    private final Supplier<DataSource> database;
    private final Supplier<SealedBox> master;
    private final Supplier<UUID> incarnation;
    private final List<Class<?>> upcasters;
    private final Function<List<Class<?>>, byte[]> codeHash;
    private final Map<List<Class<?>>, byte[]> hashes = new ConcurrentHashMap<>();

    /**
     * Snapshots beside a log.
     *
     * @param facts every type of fact: whose older versions are lifted by code, too
     * @param incarnation which life of the log it is
     */
    public SqlSnapshots(
            Supplier<DataSource> database,
            Supplier<SealedBox> master,
            List<FactType<?>> facts,
            Supplier<UUID> incarnation) {
        this(database, master, facts, incarnation, CodeHash::of);
    }

    /** With another hash of the code: for tests that prove what it protects. */
    SqlSnapshots(
            Supplier<DataSource> database,
            Supplier<SealedBox> master,
            List<FactType<?>> facts,
            Supplier<UUID> incarnation,
            Function<List<Class<?>>, byte[]> codeHash) {
        this.codeHash = codeHash;
        this.database = database;
        this.master = master;
        this.incarnation = incarnation;
        this.upcasters =
                facts.stream()
                        .filter(type -> type.versions().size() > 1)
                        .flatMap(type -> type.versions().stream())
                        .<Class<?>>map(FactType::type)
                        .toList();
    }

    /** Writes no personal text. */
    private static final class Refusing extends ValueSerializer<Personal> {
        @Override
        public void serialize(Personal text, JsonGenerator to, SerializationContext context) {
            throw new PersonalState();
        }
    }

    private static final class PersonalState extends IllegalStateException {
        PersonalState() {
            super("a state with a personal text is not kept");
        }
    }

    /** A state on its way in and out; typed, since it stands in a field of no type. */
    private record Envelope(int lane, long position, Object state) {}

    @Override
    public <S> Optional<Kept<S>> read(StreamName stream, Decider<?, S, ?, ?> decider) {
        try (Connection connection = database.get().getConnection();
                PreparedStatement read =
                        connection.prepareStatement(
                                "SELECT n.version, n.state FROM log.stream s JOIN log.snapshot n ON"
                                    + " n.stream_id = s.stream_id WHERE s.tenant = ? AND s.category"
                                    + " = ? AND s.key = ? AND n.kind = ? AND n.code_hash = ? AND"
                                    + " n.version <= s.version")) {
            read.setInt(1, stream.tenant());
            read.setString(2, stream.category());
            read.setString(3, stream.key());
            read.setString(4, kind(decider));
            read.setBytes(5, hash(decider));
            try (ResultSet row = read.executeQuery()) {
                return row.next()
                        ? Optional.of(opened(stream, decider, row.getInt(1), row.getBytes(2)))
                        : Optional.empty();
            }
        } catch (SQLException e) {
            throw LogReader.unreachable(e);
        } catch (Fault | JacksonException e) {
            // Of another life, or somebody's hand: the facts tell.
            LOG.warn("a snapshot of {} cannot be used", stream.category(), e);
            return Optional.empty();
        }
    }

    @SuppressWarnings("unchecked") // sealed under the name of the code that makes this very type
    private <S> Kept<S> opened(
            StreamName stream, Decider<?, S, ?, ?> decider, int version, byte[] sealed) {
        UUID life = incarnation.get();
        byte[] plain = master.get().open(sealed, place(stream, decider, version, life));
        Envelope envelope = MAPPER.readValue(plain, Envelope.class);
        return new Kept<>(
                (S) envelope.state, version, new Position(life, envelope.lane, envelope.position));
    }

    @Override
    public <S> void keep(StreamName stream, Decider<?, S, ?, ?> decider, Kept<S> kept) {
        try {
            byte[] plain =
                    MAPPER.writeValueAsBytes(
                            new Envelope(kept.at().lane(), kept.at().value(), kept.state()));
            if (plain.length > MAX_BYTES) {
                return;
            }
            String place = place(stream, decider, kept.version(), kept.at().incarnation());
            write(stream, decider, kept.version(), master.get().seal(plain, place));
        } catch (SQLException | JacksonException | PersonalState e) {
            LOG.debug("no snapshot of {} is kept", stream.category(), e);
        }
    }

    private void write(StreamName stream, Decider<?, ?, ?, ?> decider, int version, byte[] sealed)
            throws SQLException {
        try (Connection connection = database.get().getConnection();
                PreparedStatement write =
                        connection.prepareStatement(
                                "INSERT INTO log.snapshot AS n (stream_id, kind, code_hash,"
                                    + " version, state) SELECT s.stream_id, ?, ?, ?, ? FROM"
                                    + " log.stream s WHERE s.tenant = ? AND s.category = ? AND"
                                    + " s.key = ? ON CONFLICT (stream_id, kind) DO UPDATE SET"
                                    + " code_hash = excluded.code_hash, version = excluded.version,"
                                    + " state = excluded.state WHERE n.version < excluded.version"
                                    + " OR n.code_hash <> excluded.code_hash")) {
            write.setString(1, kind(decider));
            write.setBytes(2, hash(decider));
            write.setInt(3, version);
            write.setBytes(4, sealed);
            write.setInt(5, stream.tenant());
            write.setString(6, stream.category());
            write.setString(7, stream.key());
            write.executeUpdate();
        }
    }

    /** Which state of the stream: that of this decider, or of this one within another. */
    private static String kind(Decider<?, ?, ?, ?> decider) {
        return decider.code().stream()
                .map(type -> type.isHidden() ? "lambda" : type.getSimpleName())
                .collect(Collectors.joining("+"));
    }

    private byte[] hash(Decider<?, ?, ?, ?> decider) {
        return hashes.computeIfAbsent(
                decider.code(),
                code -> {
                    List<Class<?>> all = new ArrayList<>(code);
                    all.addAll(upcasters);
                    return codeHash.apply(all);
                });
    }

    private String place(StreamName stream, Decider<?, ?, ?, ?> decider, int version, UUID life) {
        String name = stream.tenant() + "/" + stream.category() + "/" + stream.key();
        return "log.snapshot/%s/%s/%s/%d/%s"
                .formatted(
                        life,
                        HexFormat.of()
                                .formatHex(Digests.sha256(name.getBytes(StandardCharsets.UTF_8))),
                        kind(decider),
                        version,
                        HexFormat.of().formatHex(hash(decider)));
    }
}
