package agency.platform.log.codec;

import agency.kernel.fault.Fault;
import agency.platform.crypto.SealedBox;
import agency.platform.crypto.SecretSource;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * The keys of people, in the schema {@code keys}: each wrapped by its organisation's key, which is
 * wrapped by the master key. Destroying a person's key erases every text about them at once: in
 * this process immediately, in others within {@link #CACHED_FOR_MS}.
 */
public final class PersonalKeys implements PersonalTexts {
    private static final int KEY_BYTES = 32;

    /** Most keys held in memory. */
    static final int CACHED = 10_000;

    /** How long a key is held in memory, milliseconds. */
    static final long CACHED_FOR_MS = 60_000;

    private final Supplier<DataSource> database;
    private final Supplier<SealedBox> master;
    private final SecretSource random = SecretSource.system();
    private final Map<Person, Held> cache =
            new LinkedHashMap<>(16, 0.75f, true) {
                @Override
                protected boolean removeEldestEntry(Map.Entry<Person, Held> eldest) {
                    return size() > CACHED;
                }
            };

    private record Person(int tenant, UUID id) {}

    /** A person's key; no box once it is destroyed. */
    private record Held(long keyId, @Nullable SealedBox box, long sinceNanos) {}

    /** Keys in this database, wrapped by this. */
    public PersonalKeys(Supplier<DataSource> database, Supplier<SealedBox> master) {
        this.database = database;
        this.master = master;
    }

    @Override
    public Sealed seal(Place place, UUID person, String text) {
        Held held = key(new Person(place.tenant(), person));
        if (held == null) {
            held = make(new Person(place.tenant(), person));
        }
        if (held.box == null) {
            throw Fault.lasting(
                    "log.person-erased",
                    "Nothing personal can be recorded about a person who was erased.",
                    Map.of("person", person.toString()),
                    null);
        }
        byte[] sealed =
                held.box.seal(text.getBytes(StandardCharsets.UTF_8), associated(place, person));
        return new Sealed(held.keyId, sealed);
    }

    @Override
    public @Nullable String open(Place place, UUID person, byte[] sealed) {
        Held held = key(new Person(place.tenant(), person));
        if (held == null || held.box == null) {
            return null;
        }
        return new String(held.box.open(sealed, associated(place, person)), StandardCharsets.UTF_8);
    }

    /**
     * Destroys a person's key.
     *
     * @return false when there was none to destroy
     */
    public boolean erase(int tenant, UUID person) {
        try (Connection connection = database.get().getConnection();
                PreparedStatement erase =
                        connection.prepareStatement("SELECT log.erase_person(?, ?)")) {
            erase.setInt(1, tenant);
            erase.setObject(2, person);
            try (ResultSet answer = erase.executeQuery()) {
                return answer.next() && answer.getBoolean(1);
            }
        } catch (SQLException e) {
            throw unreachable(e);
        } finally {
            synchronized (cache) {
                cache.remove(new Person(tenant, person));
            }
        }
    }

    /** Forgets the keys held in memory: their numbers may be other people's in a restored log. */
    public void forget() {
        synchronized (cache) {
            cache.clear();
        }
    }

    /**
     * A secret of the log itself, made at first use.
     *
     * @param name its name
     * @return 32 bytes
     */
    public byte[] secret(String name) {
        try (Connection connection = database.get().getConnection()) {
            byte[] fresh = random.bytes(KEY_BYTES);
            String associated = "keys.secret/" + name;
            try (PreparedStatement make =
                    connection.prepareStatement(
                            "INSERT INTO keys.secret (name, sealed) SELECT ?, ? WHERE NOT EXISTS"
                                    + " (SELECT FROM keys.secret WHERE name = ?)"
                                    + " ON CONFLICT DO NOTHING")) {
                make.setString(1, name);
                make.setBytes(2, master.get().seal(fresh, associated));
                make.setString(3, name);
                make.executeUpdate();
            }
            try (PreparedStatement read =
                    connection.prepareStatement("SELECT sealed FROM keys.secret WHERE name = ?")) {
                read.setString(1, name);
                try (ResultSet row = read.executeQuery()) {
                    row.next();
                    return master.get().open(row.getBytes(1), associated);
                }
            }
        } catch (SQLException e) {
            throw unreachable(e);
        }
    }

    private static String associated(Place place, UUID person) {
        return "fact/" + place.tenant() + "/" + place.event() + "/" + person;
    }

    private @Nullable Held key(Person person) {
        synchronized (cache) {
            Held held = cache.get(person);
            if (held != null && System.nanoTime() - held.sinceNanos < CACHED_FOR_MS * 1_000_000) {
                return held;
            }
        }
        try (Connection connection = database.get().getConnection()) {
            return load(connection, person);
        } catch (SQLException e) {
            throw unreachable(e);
        }
    }

    private @Nullable Held load(Connection connection, Person person) throws SQLException {
        try (PreparedStatement read =
                connection.prepareStatement(
                        "SELECT p.key_id, p.wrapped, o.wrapped FROM keys.person p"
                                + " JOIN keys.organisation o ON o.tenant = p.tenant"
                                + " WHERE p.tenant = ? AND p.person = ?")) {
            read.setInt(1, person.tenant);
            read.setObject(2, person.id);
            try (ResultSet row = read.executeQuery()) {
                if (!row.next()) {
                    return null;
                }
                byte[] wrapped = row.getBytes(2);
                SealedBox box =
                        wrapped == null
                                ? null
                                : new SealedBox(
                                        organisation(row.getBytes(3), person.tenant)
                                                .open(wrapped, "keys.person/" + person),
                                        random);
                Held held = new Held(row.getLong(1), box, System.nanoTime());
                synchronized (cache) {
                    cache.put(person, held);
                }
                return held;
            }
        }
    }

    /** Makes a person's key, and the organisation's before it; another process may be faster. */
    private Held make(Person person) {
        try (Connection connection = database.get().getConnection()) {
            byte[] fresh = random.bytes(KEY_BYTES);
            try (PreparedStatement make =
                    connection.prepareStatement(
                            "INSERT INTO keys.organisation (tenant, wrapped) VALUES (?, ?)"
                                    + " ON CONFLICT DO NOTHING")) {
                make.setInt(1, person.tenant);
                make.setBytes(2, master.get().seal(fresh, "keys.organisation/" + person.tenant));
                make.executeUpdate();
            }
            fresh = random.bytes(KEY_BYTES);
            try (PreparedStatement make =
                    connection.prepareStatement(
                            "INSERT INTO keys.person (tenant, person, wrapped) VALUES (?, ?, ?)"
                                    + " ON CONFLICT DO NOTHING")) {
                make.setInt(1, person.tenant);
                make.setObject(2, person.id);
                make.setBytes(
                        3,
                        organisation(wrappedOrganisation(connection, person.tenant), person.tenant)
                                .seal(fresh, "keys.person/" + person));
                make.executeUpdate();
            }
            Held held = load(connection, person);
            if (held == null) {
                throw new IllegalStateException("a key that was just made is gone");
            }
            return held;
        } catch (SQLException e) {
            throw unreachable(e);
        }
    }

    private SealedBox organisation(byte[] wrapped, int tenant) {
        return new SealedBox(master.get().open(wrapped, "keys.organisation/" + tenant), random);
    }

    private static byte[] wrappedOrganisation(Connection connection, int tenant)
            throws SQLException {
        try (PreparedStatement read =
                connection.prepareStatement(
                        "SELECT wrapped FROM keys.organisation WHERE tenant = ?")) {
            read.setInt(1, tenant);
            try (ResultSet row = read.executeQuery()) {
                row.next();
                return row.getBytes(1);
            }
        }
    }

    private static Fault unreachable(SQLException cause) {
        return Fault.passing(
                "log.keys-unreachable",
                "The keys of personal texts cannot be read now.",
                Map.of(),
                cause);
    }
}
