package agency.platform.log;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.nio.file.*;
import java.sql.*;

public final class TemporaryDatabase {
    private static String base;

    static synchronized String base() throws Exception {
        if (base == null) {
            int port;
            try (var s = new java.net.ServerSocket(0)) {
                port = s.getLocalPort();
            }
            Path dir = Files.createTempDirectory(Path.of("/tmp"), "logpg");
            String bin = "/usr/lib/postgresql/15/bin/";
            sh("chown nobody " + dir);
            sh(
                    "runuser -u nobody -- "
                            + bin
                            + "initdb -D "
                            + dir
                            + "/d -U postgres --auth=trust -E UTF8 --locale=C");
            sh(
                    "runuser -u nobody -- "
                            + bin
                            + "pg_ctl -D "
                            + dir
                            + "/d -w -l "
                            + dir
                            + "/log -o '-p "
                            + port
                            + " -k "
                            + dir
                            + " -c listen_addresses=127.0.0.1' start");
            Runtime.getRuntime()
                    .addShutdownHook(
                            new Thread(() -> {
                                try {
                                    sh(
                                            "runuser -u nobody -- "
                                                    + bin
                                                    + "pg_ctl -D "
                                                    + dir
                                                    + "/d -m immediate stop; rm -rf "
                                                    + dir);
                                } catch (Exception e) {
                                }
                            }));
            base = "jdbc:postgresql://127.0.0.1:" + port + "/";
        }
        return base;
    }

    static void sh(String c) throws Exception {
        var p =
                new ProcessBuilder("sh", "-c", c)
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .start();
        if (p.waitFor() != 0) throw new IllegalStateException(c);
    }

    static int n;

    public static synchronized HikariDataSource fresh() throws Exception {
        String name = "t" + n++;
        try (Connection c = DriverManager.getConnection(base() + "postgres", "postgres", "");
                Statement s = c.createStatement()) {
            s.execute("CREATE DATABASE " + name);
        }
        HikariConfig h = new HikariConfig();
        h.setJdbcUrl(base() + name);
        h.setUsername("postgres");
        h.setMaximumPoolSize(10);
        HikariDataSource d = new HikariDataSource(h);
        try (Connection c = d.getConnection();
                Statement s = c.createStatement()) {
            for (String f :
                    new String[] {"V1__log.sql", "V2__log_functions.sql", "R__log_rights.sql"}) {
                s.execute(
                        new String(
                                        TemporaryDatabase.class
                                                .getResourceAsStream("/db/log/" + f)
                                                .readAllBytes())
                                .replace("${runtime}", "PUBLIC"));
            }
        }
        return d;
    }
}
