package agency.platform.postgres;

import agency.kernel.fault.Fault;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Enumeration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings every schema up to date with Flyway, as the owner.
 *
 * <p>Flyway takes a few hundred milliseconds to find that nothing is to be done. So after it has
 * succeeded, a hash over the names and contents of a schema's migrations and the runtime role is
 * written into the same database, in {@code agency_migrated}; while that hash is the same, Flyway
 * has nothing to do and is not asked.
 */
final class Migrations {
    private static final Logger LOG = LoggerFactory.getLogger(Migrations.class);

    /** Only one process migrates at a time; the number means nothing else. */
    private static final long MIGRATION_LOCK = 4_201_942_001L;

    private Migrations() {}

    static void run(DataSource owner, List<Schema> schemas, String runtimeRole) {
        try (Connection connection = owner.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("SELECT pg_advisory_lock(" + MIGRATION_LOCK + ")");
            try {
                statement.execute(
                        "CREATE TABLE IF NOT EXISTS public.agency_migrated"
                                + " (schema text PRIMARY KEY, fingerprint text NOT NULL)");
                for (Schema schema : schemas) {
                    String fingerprint = fingerprint(schema, runtimeRole);
                    if (!fingerprint.equals(recorded(connection, schema))) {
                        migrate(owner, connection, schema, runtimeRole);
                        if (!schema.open()) {
                            admit(connection, schema, runtimeRole);
                        }
                        record(connection, schema, fingerprint);
                    }
                }
            } finally {
                statement.execute("SELECT pg_advisory_unlock(" + MIGRATION_LOCK + ")");
            }
        } catch (SQLException failed) {
            throw Fault.lasting(
                    "postgres.migration",
                    "The database cannot be brought up to date: " + failed.getMessage(),
                    Map.of("sqlstate", String.valueOf(failed.getSQLState())),
                    failed);
        }
    }

    private static void migrate(
            DataSource owner, Connection connection, Schema schema, String runtimeRole)
            throws SQLException {
        LOG.info("Migrating the schema {}", schema.name());
        try (Statement statement = connection.createStatement()) {
            statement.execute("CREATE SCHEMA IF NOT EXISTS " + schema.name());
            if (schema.open()) {
                statement.execute(
                        "GRANT USAGE ON SCHEMA " + schema.name() + " TO " + quoted(runtimeRole));
                for (String verb :
                        List.of(
                                "ALTER DEFAULT PRIVILEGES IN SCHEMA " + schema.name() + " GRANT",
                                "GRANT")) {
                    String all =
                            verb.equals("GRANT")
                                    ? " ON ALL TABLES IN SCHEMA " + schema.name()
                                    : " ON TABLES";
                    String sequences =
                            verb.equals("GRANT")
                                    ? " ON ALL SEQUENCES IN SCHEMA " + schema.name()
                                    : " ON SEQUENCES";
                    statement.execute(
                            verb
                                    + " SELECT, INSERT, UPDATE, DELETE"
                                    + all
                                    + " TO "
                                    + quoted(runtimeRole));
                    statement.execute(
                            verb + " USAGE, SELECT" + sequences + " TO " + quoted(runtimeRole));
                }
            }
        }
        try {
            Flyway.configure(Migrations.class.getClassLoader())
                    .dataSource(owner)
                    .schemas(schema.name())
                    .defaultSchema(schema.name())
                    .locations("classpath:" + schema.location())
                    .placeholders(Map.of("runtime", quoted(runtimeRole)))
                    .load()
                    .migrate();
        } catch (FlywayException failed) {
            throw Fault.lasting(
                    "postgres.migration",
                    "The schema "
                            + schema.name()
                            + " cannot be brought up to date: "
                            + failed.getMessage(),
                    Map.of("schema", schema.name()),
                    failed);
        }
    }

    private static void admit(Connection connection, Schema schema, String runtimeRole)
            throws SQLException {
        try (PreparedStatement admit =
                connection.prepareStatement("SELECT " + schema.name() + ".admit(?::name)")) {
            admit.setString(1, runtimeRole);
            admit.executeQuery().close();
        }
    }

    private static String quoted(String role) {
        return "\"" + role.replace("\"", "\"\"") + "\"";
    }

    private static String recorded(Connection connection, Schema schema) throws SQLException {
        try (PreparedStatement query =
                connection.prepareStatement(
                        "SELECT fingerprint FROM public.agency_migrated WHERE schema = ?")) {
            query.setString(1, schema.name());
            try (ResultSet row = query.executeQuery()) {
                return row.next() ? row.getString(1) : "";
            }
        }
    }

    private static void record(Connection connection, Schema schema, String fingerprint)
            throws SQLException {
        try (PreparedStatement upsert =
                connection.prepareStatement(
                        "INSERT INTO public.agency_migrated VALUES (?, ?) ON CONFLICT (schema) DO"
                                + " UPDATE SET fingerprint = excluded.fingerprint")) {
            upsert.setString(1, schema.name());
            upsert.setString(2, fingerprint);
            upsert.executeUpdate();
        }
    }

    private static String fingerprint(Schema schema, String runtimeRole) {
        try {
            MessageDigest sha = MessageDigest.getInstance("SHA-256");
            sha.update((runtimeRole + " " + schema.open()).getBytes(StandardCharsets.UTF_8));
            Map<String, byte[]> files = files(schema.location());
            if (files.isEmpty()) {
                throw new IllegalStateException("there are no migrations in " + schema.location());
            }
            files.forEach((name, content) -> {
                sha.update(
                        ("\n" + name + " " + content.length + "\n")
                                .getBytes(StandardCharsets.UTF_8));
                sha.update(content);
            });
            return HexFormat.of().formatHex(sha.digest());
        } catch (NoSuchAlgorithmException | IOException impossible) {
            throw new IllegalStateException(
                    "the migrations in " + schema.location() + " cannot be read", impossible);
        }
    }

    /**
     * Every SQL file of a folder on the class path, by name, whether in a jar or in a directory.
     */
    private static Map<String, byte[]> files(String location) throws IOException {
        Map<String, byte[]> files = new TreeMap<>();
        Enumeration<URL> folders = Migrations.class.getClassLoader().getResources(location);
        while (folders.hasMoreElements()) {
            URI folder = URI.create(folders.nextElement().toString().replace(" ", "%20"));
            if (folder.getScheme().equals("jar")) {
                URI jar =
                        URI.create(folder.toString().substring(0, folder.toString().indexOf('!')));
                try (FileSystem inside =
                        FileSystems.newFileSystem(
                                Path.of(URI.create(jar.getSchemeSpecificPart())))) {
                    read(inside.getPath(location), files);
                }
            } else {
                read(Path.of(folder), files);
            }
        }
        return files;
    }

    private static void read(Path folder, Map<String, byte[]> into) throws IOException {
        try (Stream<Path> all = Files.list(folder)) {
            for (Path file : all.filter(path -> path.toString().endsWith(".sql")).toList()) {
                try (InputStream content = Files.newInputStream(file)) {
                    into.put(file.getFileName().toString(), content.readAllBytes());
                }
            }
        }
    }
}
