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
    private volatile Reached applied = Reached.NOWHERE;
    private volatile Reached required = Reached.NOWHERE;
    private volatile long epoch;
    private volatile long admitUntilNanos;
    private volatile boolean admitted;
    private volatile boolean othersLive;

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
        applied = Reached.beginning(log.incarnation(), log.lanes());
        required = applied;
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
            statement.executeUpdate("DELETE FROM log.feeder");
            statement.executeUpdate(
                    "UPDATE log.subscription SET owner = NULL, lease_until = NULL WHERE state < 2");
        }
    }

    private void run() {
        boolean away = false;
        long renewed = System.nanoTime();
        Reached told = applied;
        while (true) {
            try {
                if (closing.await(othersLive ? ACK_EVERY_MS : 100, TimeUnit.MILLISECONDS)) {
                    return;
                }
                long now = System.nanoTime();
                if (now - renewed > RENEW_EVERY_MS * 1_000_000L
                        || (othersLive && !told.equals(applied))) {
                    told = applied;
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
            boolean broken = renew(connection) || epoch == 0;
            if (broken) {
                register(connection);
            }
            try (PreparedStatement read =
                    connection.prepareStatement(
                            "SELECT EXISTS (SELECT FROM log.instance WHERE id <> ? AND lease_until"
                                    + " > clock_timestamp()), incarnation FROM log.installation")) {
                read.setObject(1, self);
                try (ResultSet row = read.executeQuery()) {
                    row.next();
                    othersLive = row.getBoolean(1);
                    UUID life = row.getObject(2, UUID.class);
                    broken |= !life.equals(required.incarnation());
                }
            }
            if (broken) {
                require(connection);
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
                        connection.prepareStatement(
                                "SELECT l.lane, l.head, i.incarnation FROM log.lane l,"
                                        + " log.installation i");
                ResultSet row = read.executeQuery()) {
            long[] heads = new long[log.lanes()];
            UUID life = new UUID(0, 0);
            while (row.next()) {
                heads[row.getShort(1)] = row.getLong(2);
                life = row.getObject(3, UUID.class);
            }
            synchronized (progress) {
                required = new Reached(life, heads);
                admitted = false;
            }
        }
    }

    private void admit() {
        synchronized (progress) {
            Reached now = applied;
            admitted |=
                    now.incarnation().equals(required.incarnation())
                            && now.behind(required.positions()) == 0;
        }
    }

    private String acked() {
        Reached now = applied;
        StringBuilder json = new StringBuilder("{\"incarnation\":\"" + now.incarnation() + '"');
        for (int lane = 0; lane < now.positions().length; lane++) {
            json.append(",\"").append(lane).append("\":").append(now.positions()[lane]);
        }
        return json.append('}').toString();
    }

    /** The memory views of this process have come to a position. Never blocks on the database. */
    void applied(Position position) {
        synchronized (progress) {
            Reached before = applied;
            if (!position.incarnation().equals(before.incarnation())) {
                // Another life of the log: nothing of it is applied yet, and what must be before
                // we admit again is asked at the next renewal.
                before = Reached.beginning(position.incarnation(), before.positions().length);
                admitted = false;
            }
            applied = before.with(position.lane(), position.value());
            admit();
            progress.notifyAll();
        }
    }

    @Override
    public UUID self() {
        return self;
    }

    /** Whether no other process can use this database. */
    boolean alone() {
        return alone;
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
        return applied.has(position);
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
