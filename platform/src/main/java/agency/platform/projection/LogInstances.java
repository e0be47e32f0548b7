package agency.platform.projection;

import agency.kernel.fact.Position;
import agency.kernel.fault.Fault;
import agency.kernel.id.IdSource;
import agency.platform.house.Part;
import agency.platform.log.EventLog;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
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

    private final InstanceStore store;
    private final EventLog log;
    private final boolean alone;
    private final UUID self;
    private final LongSupplier nanos;
    private final Object progress = new Object();
    private final CountDownLatch closing = new CountDownLatch(1);
    private final Thread thread = Thread.ofVirtual().name("log-instances").unstarted(this::run);
    private volatile Reached applied = Reached.NOWHERE;
    private volatile Reached required = Reached.NOWHERE;
    private volatile long epoch;
    private volatile long admitUntilNanos;
    private volatile boolean admitted;
    private volatile boolean othersLive;
    private volatile Asked asked = new Asked(System.currentTimeMillis(), System.nanoTime());
    private boolean lapsed;

    /** What the database's clock said, and our monotonic one when we heard of it. */
    private record Asked(long millis, long nanos) {}

    /**
     * Instances of this log.
     *
     * @param ids gives this process its id
     * @param alone whether no other process can use this database (embedded, its directory locked):
     *     what a crashed one left behind is then cleared away at once instead of when it ends
     */
    public LogInstances(Supplier<DataSource> database, EventLog log, IdSource ids, boolean alone) {
        this(new SqlInstanceStore(database, log::lanes), log, ids.next(), alone, System::nanoTime);
    }

    /**
     * The same over another store.
     *
     * @param nanos a monotonic clock
     */
    LogInstances(InstanceStore store, EventLog log, UUID self, boolean alone, LongSupplier nanos) {
        this.store = store;
        this.log = log;
        this.self = self;
        this.alone = alone;
        this.nanos = nanos;
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
        try {
            begin();
        } catch (SQLException e) {
            throw unreachable(e);
        }
        thread.start();
    }

    /** Begins the lease, without renewing it by itself. */
    void begin() throws SQLException {
        applied = Reached.beginning(log.incarnation(), log.lanes());
        required = applied;
        if (alone) {
            store.clear();
        }
        renew();
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

    /** Renews the lease; when it was broken, our views must first come to where the log stands. */
    void renew() throws SQLException {
        long sent = nanos.getAsLong();
        // Stays so until we know where the log stands: the way there may break halfway, and the
        // next renewal finds an unbroken lease.
        lapsed |= epoch == 0 || !store.renew(self, applied);
        if (lapsed) {
            admitted = false;
            epoch = store.register(self, applied);
        }
        InstanceStore.Around around = store.around(self);
        othersLive = around.others();
        asked = new Asked(around.millis(), nanos.getAsLong());
        if (lapsed || !around.incarnation().equals(required.incarnation())) {
            // Revocations may have passed us by.
            Reached heads = store.heads();
            synchronized (progress) {
                required = heads;
                admitted = false;
            }
            lapsed = false;
        }
        admitUntilNanos = sent + (LEASE_MS - MARGIN_MS) * 1_000_000L;
        admit();
    }

    private void admit() {
        synchronized (progress) {
            Reached now = applied;
            admitted |=
                    now.incarnation().equals(required.incarnation())
                            && now.behind(required.positions()) == 0;
        }
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
        return admitted && nanos.getAsLong() - admitUntilNanos < 0;
    }

    @Override
    public long databaseMillis() {
        Asked last = asked;
        return last.millis() + (nanos.getAsLong() - last.nanos()) / 1_000_000;
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
        try {
            return store.appliedElsewhere(self, position);
        } catch (SQLException e) {
            throw unreachable(e);
        }
    }

    /** Whether every living process has applied a position; asks the database. */
    boolean appliedEverywhere(Position position) {
        return appliedHere(position) && appliedElsewhere(position);
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
        try {
            thread.join(Duration.ofSeconds(2));
            store.leave(self);
        } catch (SQLException e) {
            LOG.debug("could not give the lease back; it ends by itself", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
