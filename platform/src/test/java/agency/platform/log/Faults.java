package agency.platform.log;

import agency.platform.postgres.Database;
import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.ThreadLocalRandom;
import javax.sql.DataSource;

/** What the fault tests share: seeds, mutants, counted invariants. */
public final class Faults {
    /** How often the short form does its worst; {@code -Dagency.faults=200} is a long form. */
    public static final int ROUNDS = Integer.getInteger("agency.faults", 3);

    private Faults() {}

    /** The run's seed, printed; {@code -Dagency.seed=…} repeats a run. */
    public static long seed(String test) {
        long seed = Long.getLong("agency.seed", ThreadLocalRandom.current().nextLong());
        System.out.println(test + ": seed " + seed);
        return seed;
    }

    /** Connections to a URL. */
    public static HikariDataSource pool(String url, int most, int socketTimeoutSeconds) {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(url);
        config.setMaximumPoolSize(most);
        config.setMinimumIdle(0);
        config.setInitializationFailTimeout(-1);
        config.setConnectionTimeout(5_000);
        config.setKeepaliveTime(0);
        config.addDataSourceProperty("socketTimeout", socketTimeoutSeconds);
        config.addDataSourceProperty("connectTimeout", 2);
        // Or a connection that is cut while it logs in would hold the pool's one adder for ever.
        config.addDataSourceProperty("loginTimeout", 3);
        return new HikariDataSource(config);
    }

    /**
     * {@code log.append} and {@code log.append_one} with one protection taken out: made here and
     * nowhere else.
     */
    static String mutant(Database database, String name, String... replaced) throws SQLException {
        try (Connection connection = database.owner().getConnection();
                Statement statement = connection.createStatement()) {
            String text = "";
            try (ResultSet row =
                    statement.executeQuery(
                            "SELECT pg_get_functiondef('log.append'::regproc) || ';' ||"
                                    + " pg_get_functiondef('log.append_one'::regproc)")) {
                row.next();
                text = row.getString(1);
            }
            text = text.replace("log.append(", "log." + name + "(");
            text = text.replace("log.append_one(", "log." + name + "_one(");
            for (int i = 0; i < replaced.length; i += 2) {
                if (!text.contains(replaced[i])) {
                    throw new AssertionError("log.append has no " + replaced[i]);
                }
                text = text.replace(replaced[i], replaced[i + 1]);
            }
            statement.execute(text);
        }
        return "log." + name;
    }

    /** One number from SQL. */
    public static long number(DataSource database, String sql) throws SQLException {
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getLong(1);
        }
    }

    /** Positions that should be there and are not. */
    static long holes(DataSource database) throws SQLException {
        return number(
                database,
                "SELECT coalesce(sum(last - facts), 0) FROM (SELECT max(pos) AS last, count(*) AS"
                        + " facts FROM log.event GROUP BY lane) lanes");
    }

    /** Streams whose versions are not 1, 2, 3 … */
    static long versionHoles(DataSource database) throws SQLException {
        return number(
                database,
                "SELECT count(*) FROM (SELECT count(*) AS n, count(DISTINCT version) AS d,"
                        + " max(version) AS m FROM log.event GROUP BY stream_id) s WHERE n <> m OR"
                        + " d <> m");
    }

    /** Facts that stand twice. */
    static long duplicates(DataSource database) throws SQLException {
        return number(database, "SELECT count(*) - count(DISTINCT event_id) FROM log.event");
    }
}
