package agency.platform.projection;

import agency.kernel.fact.Position;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.UUID;
import java.util.function.IntSupplier;
import java.util.function.Supplier;
import javax.sql.DataSource;

/** Leases in {@code log.instance}, by the database's clock. */
final class SqlInstanceStore implements InstanceStore {
    private final Supplier<DataSource> database;
    private final IntSupplier lanes;

    SqlInstanceStore(Supplier<DataSource> database, IntSupplier lanes) {
        this.database = database;
        this.lanes = lanes;
    }

    @Override
    public void clear() throws SQLException {
        try (Connection connection = database.get().getConnection();
                Statement statement = connection.createStatement()) {
            statement.executeUpdate("DELETE FROM log.instance");
            statement.executeUpdate("DELETE FROM log.feeder");
            statement.executeUpdate(
                    "UPDATE log.subscription SET owner = NULL, lease_until = NULL WHERE state < 2");
        }
    }

    @Override
    public boolean renew(UUID self, Reached applied) throws SQLException {
        try (Connection connection = database.get().getConnection();
                PreparedStatement renew =
                        connection.prepareStatement(
                                "UPDATE log.instance SET lease_until = clock_timestamp() + ? *"
                                        + " interval '1 ms', acked = ?::jsonb WHERE id = ? AND"
                                        + " lease_until > clock_timestamp()")) {
            renew.setInt(1, LogInstances.LEASE_MS);
            renew.setString(2, json(applied));
            renew.setObject(3, self);
            return renew.executeUpdate() > 0;
        }
    }

    @Override
    public long register(UUID self, Reached applied) throws SQLException {
        try (Connection connection = database.get().getConnection()) {
            try (PreparedStatement forget =
                    connection.prepareStatement(
                            "DELETE FROM log.instance WHERE lease_until < clock_timestamp() -"
                                    + " interval '1 hour'")) {
                forget.executeUpdate();
            }
            try (PreparedStatement register =
                    connection.prepareStatement(
                            "INSERT INTO log.instance (id, epoch, lease_until, acked) VALUES (?,"
                                + " nextval('log.instance_epoch'), clock_timestamp() + ? * interval"
                                + " '1 ms', ?::jsonb) ON CONFLICT (id) DO UPDATE SET lease_until ="
                                + " excluded.lease_until, acked = excluded.acked RETURNING"
                                + " epoch")) {
                register.setObject(1, self);
                register.setInt(2, LogInstances.LEASE_MS);
                register.setString(3, json(applied));
                try (ResultSet row = register.executeQuery()) {
                    row.next();
                    return row.getLong(1);
                }
            }
        }
    }

    @Override
    public Around around(UUID self) throws SQLException {
        try (Connection connection = database.get().getConnection();
                PreparedStatement read =
                        connection.prepareStatement(
                                "SELECT EXISTS (SELECT FROM log.instance WHERE id <> ? AND"
                                        + " lease_until > clock_timestamp()), incarnation,"
                                        + " (extract(epoch FROM clock_timestamp()) * 1000)::bigint"
                                        + " FROM log.installation")) {
            read.setObject(1, self);
            try (ResultSet row = read.executeQuery()) {
                row.next();
                return new Around(row.getBoolean(1), row.getObject(2, UUID.class), row.getLong(3));
            }
        }
    }

    @Override
    public Reached heads() throws SQLException {
        try (Connection connection = database.get().getConnection();
                PreparedStatement read =
                        connection.prepareStatement(
                                "SELECT l.lane, l.head, i.incarnation FROM log.lane l,"
                                        + " log.installation i");
                ResultSet row = read.executeQuery()) {
            long[] heads = new long[lanes.getAsInt()];
            UUID life = new UUID(0, 0);
            while (row.next()) {
                heads[row.getShort(1)] = row.getLong(2);
                life = row.getObject(3, UUID.class);
            }
            return new Reached(life, heads);
        }
    }

    @Override
    public boolean appliedElsewhere(UUID self, Position position) throws SQLException {
        try (Connection connection = database.get().getConnection();
                PreparedStatement read =
                        connection.prepareStatement(
                                "SELECT NOT EXISTS (SELECT FROM log.instance WHERE id <> ? AND"
                                        + " lease_until > clock_timestamp() AND (acked ->>"
                                        + " 'incarnation' <> ? OR (acked ->> ?)::bigint < ?))")) {
            read.setObject(1, self);
            read.setString(2, position.incarnation().toString());
            read.setString(3, Integer.toString(position.lane()));
            read.setLong(4, position.value());
            try (ResultSet row = read.executeQuery()) {
                row.next();
                return row.getBoolean(1);
            }
        }
    }

    @Override
    public void leave(UUID self) throws SQLException {
        try (Connection connection = database.get().getConnection();
                PreparedStatement leave =
                        connection.prepareStatement("DELETE FROM log.instance WHERE id = ?")) {
            leave.setObject(1, self);
            leave.executeUpdate();
        }
    }

    private static String json(Reached applied) {
        StringBuilder json = new StringBuilder("{\"incarnation\":\"" + applied.incarnation() + '"');
        for (int lane = 0; lane < applied.positions().length; lane++) {
            json.append(",\"").append(lane).append("\":").append(applied.positions()[lane]);
        }
        return json.append('}').toString();
    }
}
