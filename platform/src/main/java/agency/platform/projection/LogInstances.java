package agency.platform.projection;

import agency.kernel.fact.Position;
import agency.kernel.fault.Fault;
import agency.kernel.id.IdSource;
import agency.platform.house.Part;
import agency.platform.log.EventLog;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The living processes, kept in {@code log.instance}. Leases run by the database's clock for others
 * and by the monotonic clock for ourselves, counted from before the renewal was sent: we stop
 * admitting before anyone holds us for dead. After a lapse we admit again only when our memory
 * views have come to where the log stood at the renewal.
 */
public final class LogInstances implements Instances, Part {
    /** How long a lease lasts, milliseconds. */
    public static final int LEASE_MS = 5_000;

    /** How long before its end we take our own lease to have ended, milliseconds. */
    private static final int MARGIN_MS = 500;

    private static final int RENEW_EVERY_MS = 1_000;

    /** How often others are told what we have applied, while it changes, milliseconds. */
    private static final int ACK_EVERY_MS = 20;

    /** How often the others' rows are read while someone waits for them, milliseconds. */
    private static final int ASK_EVERY_MS = 20;

    private static final Logger LOG = LoggerFactory.getLogger(LogInstances.class);

    private final Supplier<DataSource> database;
    private final EventLog log;
    private final boolean alone;
    private final UUID self;
    private final Object progress = new Object();
    private final CountDownLatch closing = new CountDownLatch(1);
    private final Thread thread = Thread.ofVirtual().name("log-instances").unstarted(this::run);
    private volatile AtomicLongArray applied = new AtomicLongArray(0);
    private volatile UUID appliedIncarnation = new UUID(0, 0);
    private volatile AtomicLongArray required = new AtomicLongArray(0);
    private volatile long epoch;
    private volatile long admitUntilNanos;
    private volatile boolean admitted;
    private volatile boolean othersLive;
    private volatile boolean reborn;

    /**
     * Instances of this log.
     *
     * @param ids gives this process its id
     * @param alone whether no other process can use this database (embedded, its directory locked):
     *     what a crashed one left behind is then cleared away at once instead of when it ends
     */
    public LogInstances(Supplier<DataSource> database, EventLog log, IdSource ids, boolean alone) {
        this.alone = alone;
        this.database = database;
        this.log = log;
        this.self = ids.next();
    }

    @Override
    public String name() {
        return "instances";
    }

    @Override
    public String purpose() {
        return "keeps this process's lease and knows the other processes";
    }

    @Override
    public List<String> uses() {
        return List.of("log");
    }

    @Override
    public void start() {
        applied = new AtomicLongArray(log.lanes());
        required = new AtomicLongArray(log.lanes());
        appliedIncarnation = log.incarnation();
        try {
            if (alone) {
                clear();
            }
            renew();
        } catch (SQLException e) {
            throw unreachable(e);
        }
        thread.start();
    }

    private void clear() throws SQLException {
        try (Connection connection = database.get().getConnection();
                Statement statement = connection.createStatement()) {
            statement.executeUpdate("DELETE FROM log.instance");
            statement.executeUpdate(
                    "UPDATE log.subscription SET owner = NULL, lease_until = NULL WHERE state < 2");
        }
    }

    private void run() {
        boolean away = false;
        long renewed = System.nanoTime();
        long[] told = new long[applied.length()];
        while (true) {
            try {
                if (closing.await(othersLive ? ACK_EVERY_MS : 100, TimeUnit.MILLISECONDS)) {
                    return;
                }
                long now = System.nanoTime();
                boolean news = false;
                for (int lane = 0; lane < told.length; lane++) {
                    news |= told[lane] != applied.get(lane);
                }
                if (now - renewed > RENEW_EVERY_MS * 1_000_000L || (othersLive && news)) {
                    for (int lane = 0; lane < told.length; lane++) {
                        told[lane] = applied.get(lane);
                    }
                    renew();
                    renewed = now;
                    away = false;
                }
            } catch (SQLException e) {
                if (!away) {
                    LOG.warn("the lease of this process cannot be renewed: {}", e.getSQLState());
                }
                away = true;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    private void renew() throws SQLException {
        long sent = System.nanoTime();
        try (Connection connection = database.get().getConnection()) {
            boolean again = reborn;
            if (renew(connection) || again || epoch == 0) {
                register(connection);
                require(connection);
                reborn = false;
                admitted = false;
            }
            try (PreparedStatement read =
                    connection.prepareStatement(
                            "SELECT EXISTS (SELECT FROM log.instance WHERE id <> ? AND lease_until"
                                    + " > clock_timestamp())")) {
                read.setObject(1, self);
                try (ResultSet row = read.executeQuery()) {
                    row.next();
                    othersLive = row.getBoolean(1);
                }
            }
        }
        admitUntilNanos = sent + (LEASE_MS - MARGIN_MS) * 1_000_000L;
        admit();
    }

    /** Renews an unbroken lease; true when it was broken or never was. */
    private boolean renew(Connection connection) throws SQLException {
        try (PreparedStatement renew =
                connection.prepareStatement(
                        "UPDATE log.instance SET lease_until = clock_timestamp() + ? * interval '1"
                                + " ms', acked = ?::jsonb WHERE id = ? AND lease_until >"
                                + " clock_timestamp()")) {
            renew.setInt(1, LEASE_MS);
            renew.setString(2, acked());
            renew.setObject(3, self);
            return renew.executeUpdate() == 0;
        }
    }

    private void register(Connection connection) throws SQLException {
        try (PreparedStatement register =
                connection.prepareStatement(
                        "INSERT INTO log.instance (id, epoch, lease_until, acked) VALUES (?,"
                            + " nextval('log.instance_epoch'), clock_timestamp() + ? * interval '1"
                            + " ms', ?::jsonb) ON CONFLICT (id) DO UPDATE SET lease_until ="
                            + " excluded.lease_until, acked = excluded.acked RETURNING epoch")) {
            register.setObject(1, self);
            register.setInt(2, LEASE_MS);
            register.setString(3, acked());
            try (ResultSet row = register.executeQuery()) {
                row.next();
                epoch = row.getLong(1);
            }
        }
        try (PreparedStatement forget =
                connection.prepareStatement(
                        "DELETE FROM log.instance WHERE lease_until < clock_timestamp() - interval"
                                + " '1 hour'")) {
            forget.executeUpdate();
        }
    }

    /** From here our views must first come: revocations may have passed us by. */
    private void require(Connection connection) throws SQLException {
        try (PreparedStatement read =
                        connection.prepareStatement("SELECT lane, head FROM log.lane");
                ResultSet row = read.executeQuery()) {
            while (row.next()) {
                required.set(row.getShort(1), row.getLong(2));
            }
        }
    }

    private void admit() {
        if (!admitted && !reborn) {
            boolean reached = true;
            for (int lane = 0; lane < required.length(); lane++) {
                reached &= applied.get(lane) >= required.get(lane);
            }
            admitted = reached;
        }
    }

    private String acked() {
        StringBuilder json = new StringBuilder("{\"incarnation\":\"" + appliedIncarnation + '"');
        for (int lane = 0; lane < applied.length(); lane++) {
            json.append(",\"").append(lane).append("\":").append(applied.get(lane));
        }
        return json.append('}').toString();
    }

    /** The memory views of this process have come to a position. Never blocks on the database. */
    void applied(Position position) {
        if (!position.incarnation().equals(appliedIncarnation)) {
            // Another life of the log: what must be applied before we admit is asked again.
            reborn = true;
            admitted = false;
            appliedIncarnation = position.incarnation();
        }
        applied.set(position.lane(), position.value());
        admit();
        synchronized (progress) {
            progress.notifyAll();
        }
    }

    @Override
    public UUID self() {
        return self;
    }

    @Override
    public long epoch() {
        return epoch;
    }

    @Override
    public boolean mayAdmit() {
        return admitted && System.nanoTime() - admitUntilNanos < 0;
    }

    @Override
    public boolean awaitApplied(Position position, Duration atMost) {
        long until = System.nanoTime() + atMost.toNanos();
        try {
            synchronized (progress) {
                while (!appliedHere(position)) {
                    long left = (until - System.nanoTime()) / 1_000_000;
                    if (left <= 0) {
                        return false;
                    }
                    progress.wait(left);
                }
            }
            while (!appliedElsewhere(position)) {
                if (System.nanoTime() - until >= 0) {
                    return false;
                }
                Thread.sleep(ASK_EVERY_MS);
            }
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private boolean appliedHere(Position position) {
        return position.incarnation().equals(appliedIncarnation)
                && applied.get(position.lane()) >= position.value();
    }

    private boolean appliedElsewhere(Position position) {
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
        } catch (SQLException e) {
            throw unreachable(e);
        }
    }

    private static Fault unreachable(SQLException cause) {
        return Fault.passing(
                "instances.unreachable",
                "The table of living instances cannot be reached.",
                Map.of(),
                cause);
    }

    @Override
    public void close() {
        closing.countDown();
        admitted = false;
        if (epoch == 0) {
            return;
        }
        try (Connection connection = database.get().getConnection();
                PreparedStatement leave =
                        connection.prepareStatement("DELETE FROM log.instance WHERE id = ?")) {
            thread.join(Duration.ofSeconds(2));
            leave.setObject(1, self);
            leave.executeUpdate();
        } catch (SQLException e) {
            LOG.debug("could not give the lease back; it ends by itself", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
