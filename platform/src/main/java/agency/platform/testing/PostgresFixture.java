package agency.platform.testing;

import agency.platform.crypto.Secret;
import agency.platform.postgres.Database;
import agency.platform.postgres.DatabaseSettings;
import agency.platform.postgres.EmbeddedPostgres;
import agency.platform.postgres.Schema;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A real PostgreSQL for tests: one server for each JVM, started at the first need and stopped with
 * the JVM, and a fresh database for each {@link #fresh}. Durability is on, as in the product.
 *
 * <p>{@code -Dagency.test.database=postgresql://user:password@host:port/database} takes the fresh
 * databases from that server instead, as that user, who must be a superuser: any PostgreSQL from 15
 * on must do. They are left there.
 */
public final class PostgresFixture {
    private static final AtomicInteger DATABASES = new AtomicInteger();
    private static final int CONNECTIONS = 8;
    private static final @Nullable String GIVEN = System.getProperty("agency.test.database");

    private PostgresFixture() {}

    private static final class Server {
        private static final EmbeddedPostgres SHARED = started();

        private static EmbeddedPostgres started() {
            try {
                Path home = Files.createTempDirectory("agency-postgres-");
                EmbeddedPostgres server = new EmbeddedPostgres(home);
                server.start();
                Runtime.getRuntime()
                        .addShutdownHook(
                                new Thread(() -> {
                                    server.close();
                                    remove(home);
                                }));
                return server;
            } catch (IOException noTemporaryFolder) {
                throw new IllegalStateException(noTemporaryFolder);
            }
        }
    }

    /** The shared server, started. */
    public static EmbeddedPostgres server() {
        return Server.SHARED;
    }

    /** An empty database with these schemas, started; the caller closes it. */
    public static Database fresh(Schema... schemas) {
        return open(freshUrl(), schemas);
    }

    /**
     * A started database on a URL that {@link #freshUrl} gave; several may share one, as several
     * processes do.
     */
    public static Database open(Secret url, Schema... schemas) {
        Database database =
                new Database(
                        new DatabaseSettings(url, null, CONNECTIONS),
                        () -> Path.of(""),
                        List.of(schemas),
                        List.of());
        database.start();
        return database;
    }

    /** The URL of a new empty database. */
    public static Secret freshUrl() {
        String name = "test_" + ProcessHandle.current().pid() + "_" + DATABASES.incrementAndGet();
        try (Connection connection = DriverManager.getConnection("jdbc:" + ownerUrl("postgres"));
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE DATABASE " + name);
        } catch (SQLException failed) {
            throw new IllegalStateException("no fresh database", failed);
        }
        return Secret.of(ownerUrl(name));
    }

    /** As the driver and the product take it, with the user and the password as parameters. */
    private static String ownerUrl(String name) {
        if (GIVEN == null) {
            return Server.SHARED.ownerUrl(name);
        }
        URI given = URI.create(GIVEN);
        String[] user = given.getUserInfo().split(":", 2);
        return "postgresql://"
                + given.getHost()
                + ":"
                + given.getPort()
                + "/"
                + name
                + "?user="
                + user[0]
                + "&password="
                + user[1];
    }

    private static void remove(Path home) {
        try (var all = Files.walk(home)) {
            all.sorted(java.util.Comparator.reverseOrder())
                    .forEach(path -> {
                        try {
                            Files.deleteIfExists(path);
                        } catch (IOException left) {
                            // The system's temporary folder is cleared by others.
                        }
                    });
        } catch (IOException left) {
            // The same.
        }
    }
}
