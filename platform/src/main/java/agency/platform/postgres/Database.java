package agency.platform.postgres;

import agency.kernel.fault.Fault;
import agency.platform.crypto.Digests;
import agency.platform.crypto.Secret;
import agency.platform.house.Part;
import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.pool.HikariPool;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;

/**
 * The PostgreSQL of this program: the embedded one or the operator's own, checked, migrated, with a
 * pool for the runtime role (which may not change schemas) and a small one for the owner.
 */
public final class Database implements Part {
    /** The part's name. */
    public static final String NAME = "database";

    private static final String EMBEDDED_DATABASE = "agency";
    private static final String EMBEDDED_RUNTIME = "agency_runtime";
    private static final int OWNER_CONNECTIONS = 4;
    private static final int CONNECT_SECONDS = 10;

    /** How long a transaction may do nothing before PostgreSQL ends it, milliseconds. */
    private static final int IDLE_MILLIS = 10_000;

    private static final long WAIT_FOR_CONNECTION_MILLIS = 10_000;
    private static final int OLDEST_MAJOR = 15;

    private final DatabaseSettings settings;
    private final Supplier<Path> embeddedHome;
    private final List<Schema> schemas;
    private final List<String> uses;
    private @Nullable EmbeddedPostgres embedded;
    private final LateDataSource lateRuntime = new LateDataSource("runtime");
    private final LateDataSource lateOwner = new LateDataSource("owner");
    private final Jdbi jdbi = Jdbi.create(lateRuntime);
    private @Nullable HikariDataSource runtime;
    private @Nullable HikariDataSource owner;
    private String runtimeRole = EMBEDDED_RUNTIME;
    private String where = "";

    /**
     * Assembles.
     *
     * @param embeddedHome where the embedded server's files lie; asked at start, when no server is
     *     named
     * @param schemas what is migrated at start, in this order
     */
    public Database(
            DatabaseSettings settings,
            Supplier<Path> embeddedHome,
            List<Schema> schemas,
            List<String> uses) {
        this.settings = settings;
        this.embeddedHome = embeddedHome;
        this.schemas = List.copyOf(schemas);
        this.uses = List.copyOf(uses);
    }

    /**
     * Connections of the runtime role; may be held before {@link #start}, and gives some after it.
     */
    public DataSource runtime() {
        return lateRuntime;
    }

    /** Connections of the owner, for migrations and maintenance; few. */
    public DataSource owner() {
        return lateOwner;
    }

    /** SQL as the runtime role. */
    public Jdbi jdbi() {
        return jdbi;
    }

    /** The runtime role's name. */
    public String runtimeRole() {
        return runtimeRole;
    }

    /** Where it is, safe to show: {@code 127.0.0.1:40123/agency (embedded)}. */
    public String where() {
        return where;
    }

    /** The embedded server, when there is one. */
    public Optional<EmbeddedPostgres> embedded() {
        return Optional.ofNullable(embedded);
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public String purpose() {
        return settings.url() == null
                ? "Runs PostgreSQL and keeps its connections."
                : "Keeps PostgreSQL's connections.";
    }

    @Override
    public List<String> uses() {
        return uses;
    }

    @Override
    public void start() {
        try {
            open();
        } catch (RuntimeException failed) {
            close();
            throw failed;
        }
    }

    private void open() {
        ConnectionTarget asOwner;
        ConnectionTarget asRuntime;
        if (settings.url() == null) {
            checkEmbeddedConnections(settings.connections());
            EmbeddedPostgres server = new EmbeddedPostgres(embeddedHome.get());
            server.start();
            embedded = server;
            asOwner = server.owner(EMBEDDED_DATABASE);
            asRuntime = asOwner.as(EMBEDDED_RUNTIME, prepareEmbedded(server.owner("postgres")));
            where = asRuntime.shown() + " (embedded)";
        } else {
            asRuntime = ConnectionTarget.parse("database.url", settings.url());
            asOwner =
                    settings.ownerUrl() == null
                            ? asRuntime
                            : ConnectionTarget.parse("database.owner_url", settings.ownerUrl());
            where = asRuntime.shown();
        }
        runtimeRole = asRuntime.user();
        HikariDataSource ownerPool = pool("owner", asOwner, OWNER_CONNECTIONS, 0);
        owner = ownerPool;
        lateOwner.fill(ownerPool);
        check(ownerPool);
        Migrations.run(ownerPool, schemas, asRuntime.user());
        HikariDataSource runtimePool = pool("runtime", asRuntime, settings.connections(), 2);
        runtime = runtimePool;
        // Once more: a role can have settings of its own (ALTER ROLE … SET), and this one appends.
        check(runtimePool);
        lateRuntime.fill(runtimePool);
    }

    @Override
    public void close() {
        if (runtime != null) {
            runtime.close();
        }
        if (owner != null) {
            owner.close();
        }
        if (embedded != null) {
            embedded.close();
        }
    }

    private static void checkEmbeddedConnections(int connections) {
        if (connections > ServerSettings.MOST_RUNTIME_CONNECTIONS) {
            throw Fault.lasting(
                    "postgres.too-many-connections",
                    "database.connections is "
                            + connections
                            + "; the PostgreSQL that Agency brings along gives at most "
                            + ServerSettings.MOST_RUNTIME_CONNECTIONS
                            + ". Lower it, or name a server with database.url.",
                    Map.of("connections", "" + connections),
                    null);
        }
    }

    /**
     * Makes the database and the runtime role of the embedded server when they are not there; gives
     * its password.
     */
    private static Secret prepareEmbedded(ConnectionTarget asOwner) {
        // Derived, so that there is one secret to keep; the server listens on loopback only.
        String password =
                HexFormat.of()
                        .formatHex(
                                Digests.hmacSha256(
                                        asOwner.password()
                                                .reveal()
                                                .getBytes(StandardCharsets.UTF_8),
                                        EMBEDDED_RUNTIME.getBytes(StandardCharsets.UTF_8)));
        try (Connection connection = Connections.open(asOwner);
                Statement statement = connection.createStatement()) {
            if (!exists(connection, "SELECT 1 FROM pg_roles WHERE rolname = ?", EMBEDDED_RUNTIME)) {
                statement.execute(
                        "CREATE ROLE " + EMBEDDED_RUNTIME + " LOGIN PASSWORD '" + password + "'");
            }
            if (!exists(
                    connection, "SELECT 1 FROM pg_database WHERE datname = ?", EMBEDDED_DATABASE)) {
                statement.execute("CREATE DATABASE " + EMBEDDED_DATABASE);
            }
            return Secret.of(password);
        } catch (SQLException failed) {
            throw Connections.fault(asOwner, failed);
        }
    }

    private static boolean exists(Connection connection, String sql, String name)
            throws SQLException {
        try (PreparedStatement query = connection.prepareStatement(sql)) {
            query.setString(1, name);
            try (ResultSet row = query.executeQuery()) {
                return row.next();
            }
        }
    }

    /** Refuses a server that is too old or may lose what it has acknowledged. */
    private static void check(DataSource source) {
        try (Connection connection = source.getConnection()) {
            int major = connection.getMetaData().getDatabaseMajorVersion();
            if (major < OLDEST_MAJOR) {
                throw Fault.lasting(
                        "postgres.too-old",
                        "This is PostgreSQL "
                                + major
                                + "; Agency needs "
                                + OLDEST_MAJOR
                                + " or newer.",
                        Map.of("version", "" + major),
                        null);
            }
            for (String setting : List.of("fsync", "full_page_writes", "synchronous_commit")) {
                String value = shown(connection, setting);
                if (value.equals("off")) {
                    throw Fault.lasting(
                            "postgres.not-durable",
                            "PostgreSQL's "
                                    + setting
                                    + " is off, so it may lose what it has acknowledged. Turn it"
                                    + " on: ALTER SYSTEM SET "
                                    + setting
                                    + " = on; SELECT pg_reload_conf(); and see that neither the"
                                    + " role nor the database has it off (ALTER ROLE … RESET "
                                    + setting
                                    + ").",
                            Map.of("setting", setting),
                            null);
                }
            }
        } catch (SQLException failed) {
            throw Fault.passing(
                    "postgres.check",
                    "PostgreSQL cannot be asked: " + failed.getMessage(),
                    Map.of(),
                    failed);
        }
    }

    private static String shown(Connection connection, String setting) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SHOW " + setting)) {
            return row.next() ? row.getString(1) : "";
        }
    }

    private static HikariDataSource pool(String name, ConnectionTarget target, int most, int idle) {
        HikariConfig config = new HikariConfig();
        config.setPoolName(name);
        config.setDataSource(Connections.source(target, CONNECT_SECONDS));
        config.setMaximumPoolSize(most);
        config.setMinimumIdle(idle);
        config.setConnectionTimeout(WAIT_FOR_CONNECTION_MILLIS);
        config.setInitializationFailTimeout(1);
        config.setKeepaliveTime(0);
        // A process that is paused in a transaction must not keep others from its rows for ever.
        config.setConnectionInitSql("SET idle_in_transaction_session_timeout = " + IDLE_MILLIS);
        try {
            return new HikariDataSource(config);
        } catch (HikariPool.PoolInitializationException failed) {
            throw failed.getCause() instanceof SQLException reason
                    ? Connections.fault(target, reason)
                    : Fault.passing(
                            "postgres.pool",
                            "No connection to " + target.shown() + ".",
                            Map.of(),
                            failed);
        }
    }
}
