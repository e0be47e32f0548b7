package agency.platform.postgres;

import agency.kernel.fault.Fault;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import javax.sql.DataSource;
import org.postgresql.ds.PGSimpleDataSource;

/** Single connections, and what it means when one cannot be had. */
final class Connections {
    private static final int CONNECT_SECONDS = 10;

    private Connections() {}

    static Connection open(ConnectionTarget target) throws SQLException {
        return source(target, CONNECT_SECONDS).getConnection();
    }

    static DataSource source(ConnectionTarget target, int connectSeconds) {
        PGSimpleDataSource source = new PGSimpleDataSource();
        source.setURL(target.jdbcUrl());
        target.parameters().forEach((name, value) -> set(source, name, value));
        source.setUser(target.user());
        source.setPassword(target.password().reveal());
        source.setConnectTimeout(connectSeconds);
        source.setLoginTimeout(connectSeconds);
        source.setTcpKeepAlive(true);
        source.setApplicationName("agency");
        return source;
    }

    /** In words: refused password, unreachable host, missing database. */
    static Fault fault(ConnectionTarget target, SQLException failed) {
        String state = String.valueOf(failed.getSQLState());
        Map<String, String> arguments = Map.of("where", target.shown(), "sqlstate", state);
        return switch (state) {
            case "28P01", "28000" ->
                    Fault.lasting(
                            "postgres.refused",
                            "PostgreSQL at "
                                    + target.shown()
                                    + " refuses the user "
                                    + target.user()
                                    + ": wrong password, or pg_hba.conf does not let it in.",
                            arguments,
                            failed);
            case "3D000" ->
                    Fault.lasting(
                            "postgres.no-database",
                            "There is no database "
                                    + target.database()
                                    + " at "
                                    + target.host()
                                    + ":"
                                    + target.port()
                                    + ". Make it: CREATE DATABASE "
                                    + target.database()
                                    + ";",
                            arguments,
                            failed);
            default ->
                    Fault.passing(
                            "postgres.unreachable",
                            "PostgreSQL at "
                                    + target.shown()
                                    + " cannot be reached: "
                                    + failed.getMessage(),
                            arguments,
                            failed);
        };
    }

    private static void set(PGSimpleDataSource source, String name, String value) {
        try {
            source.setProperty(name, value);
        } catch (SQLException unknown) {
            throw Fault.lasting(
                    "postgres.url",
                    "The database URL has a parameter that the driver does not know: " + name,
                    Map.of("parameter", name),
                    unknown);
        }
    }
}
