package agency.e2e.product;

import static org.assertj.core.api.Assertions.assertThat;

import agency.bench.product.Checkout;
import agency.bench.product.StartedAgency;
import agency.platform.postgres.RunningServer;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;

/**
 * Fault test F12 for tables: what was fed as it happened is what the log gives from its beginning.
 */
final class Replayed {
    /** Each table, and the projection whose rows it holds. */
    private static final Map<String, String> TABLES =
            Map.of(
                    "ledger.usage_by_hour", "ledger.usage-by-hour",
                    "ledger.request_batch", "ledger.requests",
                    "audit.entry", "audit.trail");

    private Replayed() {}

    /** Replays the log of an Agency that nobody uses at the moment, and compares every row. */
    static void sameAsLive(StartedAgency agency, String schema) throws Exception {
        String head =
                agency.manage("GET", "/api/v1/events?limit=1", "")
                        .path("head")
                        .asString()
                        .split("@")[0];
        ProcessBuilder replay =
                new ProcessBuilder(
                                Checkout.root().resolve("app/target/agency/bin/agency").toString(),
                                "events",
                                "replay",
                                "--data=" + agency.data(),
                                "--until=" + head,
                                "--into=" + schema)
                        .redirectErrorStream(true);
        replay.environment().put("JAVA_HOME", System.getProperty("java.home"));
        Path config = agency.data().resolveSibling("config");
        replay.environment().put("XDG_CONFIG_HOME", config.toString());
        Process process = replay.start();
        String said = new String(process.getInputStream().readAllBytes());
        assertThat(process.waitFor()).as(said).isZero();
        String url =
                RunningServer.ownerUrl(agency.data().resolve("postgres"), "agency").orElseThrow();
        try (Connection connection = DriverManager.getConnection("jdbc:" + url);
                Statement statement = connection.createStatement()) {
            long rows = 0;
            for (Map.Entry<String, String> one : TABLES.entrySet()) {
                String table = one.getKey();
                String again = schema + table.substring(table.indexOf('.'));
                String live =
                        hash(
                                statement,
                                "SELECT "
                                        + columns(statement, again)
                                        + " FROM "
                                        + table
                                        + " WHERE generation = (SELECT max(generation) FROM"
                                        + " log.subscription WHERE state = 1 AND name = '"
                                        + one.getValue()
                                        + "')");
                assertThat(live).as(table).isEqualTo(hash(statement, "SELECT * FROM " + again));
                rows += Long.parseLong(live.split(" ")[0]);
            }
            assertThat(rows).isPositive();
        }
    }

    private static String columns(Statement statement, String table) throws SQLException {
        return only(
                statement,
                "SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) FROM pg_attribute"
                        + " WHERE attrelid = '"
                        + table
                        + "'::regclass AND attnum > 0 AND NOT attisdropped");
    }

    /** How many rows, and a hash over them in any order. */
    private static String hash(Statement statement, String rows) throws SQLException {
        return only(
                statement,
                "SELECT count(*) || ' ' || coalesce(md5(string_agg(t::text, chr(10) ORDER BY"
                        + " t::text)), '') FROM ("
                        + rows
                        + ") t");
    }

    private static String only(Statement statement, String sql) throws SQLException {
        try (ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getString(1);
        }
    }
}
