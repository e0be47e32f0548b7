package agency.platform.log;

import agency.kernel.fact.FactType;
import agency.kernel.fault.Fault;
import agency.platform.log.codec.FactCodec;
import agency.platform.log.codec.FactShape;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The types of facts this program knows, each of their versions under its number in {@code
 * log.event_type}.
 */
final class TypeTable {
    private final List<FactType<?>> types;
    private volatile Map<Integer, Stored> byNumber = Map.of();
    private volatile Map<Class<?>, Numbered> byClass = Map.of();

    /** A type in its newest version, and the number of that in this log. */
    record Numbered(FactType<?> type, int number) {}

    /** A type in its newest version, and the version that a fact is stored in. */
    record Stored(FactType<?> type, int version) {}

    /** Refuses two types with the same stored name and version, or the same record. */
    TypeTable(List<FactType<?>> contexts) {
        types = new ArrayList<>(contexts);
        types.addAll(UniqueValues.FACTS);
        Set<Object> seen = new HashSet<>();
        for (FactType<?> type : types.stream().flatMap(t -> t.versions().stream()).toList()) {
            if (!seen.add(type.name() + ".v" + type.version()) || !seen.add(type.type())) {
                throw new IllegalArgumentException(
                        "a fact's name or record is used twice: " + type);
            }
        }
    }

    List<FactType<?>> all() {
        return List.copyOf(types);
    }

    /**
     * Registers every version of every type, the oldest first; throws a lasting {@link Fault} when
     * one is stored with another shape.
     */
    void register(Connection connection) throws SQLException {
        Map<Integer, Stored> numbers = new HashMap<>();
        Map<Class<?>, Numbered> classes = new HashMap<>();
        try (PreparedStatement register =
                connection.prepareStatement("SELECT * FROM log.register_type(?, ?, ?, ?)")) {
            for (FactType<?> type : types) {
                for (FactType<?> version : type.versions()) {
                    int number = register(version, register);
                    numbers.put(number, new Stored(type, version.version()));
                    if (version.equals(type)) {
                        classes.put(type.type(), new Numbered(type, number));
                    }
                }
            }
        }
        byNumber = Map.copyOf(numbers);
        byClass = Map.copyOf(classes);
    }

    private static int register(FactType<?> type, PreparedStatement register) throws SQLException {
        String schema = FactShape.of(type.type()).schema();
        register.setString(1, type.name());
        register.setShort(2, (short) type.version());
        register.setShort(3, (short) FactCodec.CODEC);
        register.setString(4, schema);
        try (ResultSet row = register.executeQuery()) {
            row.next();
            if (!schema.equals(row.getString(2))) {
                throw changed(type);
            }
            return row.getInt(1);
        }
    }

    /**
     * The type of a record; refuses a record that is no registered fact, or an older version of
     * one.
     */
    Numbered of(Record fact) {
        Numbered numbered = byClass.get(fact.getClass());
        if (numbered == null) {
            throw new IllegalArgumentException(
                    fact.getClass().getName()
                            + " is no fact of this log, or the log was not started: every context"
                            + " lists its facts in its door");
        }
        return numbered;
    }

    /**
     * The type with a number; throws a lasting {@link Fault} when this program does not know it.
     */
    Stored of(int number, long position) {
        Stored type = byNumber.get(number);
        if (type == null) {
            throw Fault.lasting(
                    "log.unknown-fact",
                    "The log holds a fact of a type that this program does not know. It is never"
                            + " skipped: run the version that wrote it, or a newer one.",
                    Map.of("type", Integer.toString(number), "position", Long.toString(position)),
                    null);
        }
        return type;
    }

    private static Fault changed(FactType<?> type) {
        return Fault.lasting(
                "log.fact-changed",
                "The record of "
                        + type.name()
                        + " version "
                        + type.version()
                        + " is not what is stored under that name. Stored facts are for ever: give"
                        + " the new shape a new version and keep the old record for reading.",
                Map.of("type", type.name(), "version", Integer.toString(type.version())),
                null);
    }
}
