package agency.platform.log.verify;

import agency.kernel.fault.Fault;
import agency.platform.house.Part;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes a checkpoint of the log's head from time to time, and when the program stops. */
public final class CheckpointWriter implements Part {
    /** How often, while the log moves, in milliseconds. */
    public static final int EVERY_MS = 30_000;

    private static final Logger LOG = LoggerFactory.getLogger(CheckpointWriter.class);

    private final Supplier<DataSource> database;
    private final Checkpoints checkpoints;
    private final CountDownLatch closing = new CountDownLatch(1);
    private final Thread thread = Thread.ofVirtual().name("log-checkpoints").unstarted(this::run);
    private List<Checkpoint.Lane> last = List.of();
    private UUID lastLife = new UUID(0, 0);
    private boolean started;

    /** Checkpoints of this database's log into these. */
    public CheckpointWriter(Supplier<DataSource> database, Checkpoints checkpoints) {
        this.database = database;
        this.checkpoints = checkpoints;
    }

    @Override
    public String name() {
        return "checkpoints";
    }

    @Override
    public String purpose() {
        return "signs where the log stands, outside the database";
    }

    @Override
    public List<String> uses() {
        return List.of("log");
    }

    @Override
    public void start() {
        write();
        started = true;
        thread.start();
    }

    private void run() {
        try {
            while (!closing.await(EVERY_MS, TimeUnit.MILLISECONDS)) {
                try {
                    write();
                } catch (Fault e) {
                    LOG.warn("no checkpoint of the log could be written: {}", e.code(), e);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Writes a checkpoint, unless the log stands where the last one was. */
    public synchronized void write() {
        try (Connection connection = database.get().getConnection()) {
            Checkpoint now = now(connection);
            if (!now.lanes().equals(last) || !now.incarnation().equals(lastLife)) {
                checkpoints.append(now);
                last = now.lanes();
                lastLife = now.incarnation();
            }
        } catch (SQLException e) {
            throw Fault.passing(
                    "log.unreachable", "The log's database cannot be reached.", Map.of(), e);
        }
    }

    private static Checkpoint now(Connection connection) throws SQLException {
        List<Checkpoint.Lane> lanes = new ArrayList<>();
        UUID incarnation = new UUID(0, 0);
        try (PreparedStatement read =
                        connection.prepareStatement(
                                "SELECT l.lane, l.head, s.hash, i.incarnation FROM log.installation"
                                        + " i, log.lane l LEFT JOIN log.seal s ON s.lane = l.lane"
                                        + " AND s.pos = l.head ORDER BY l.lane");
                ResultSet row = read.executeQuery()) {
            while (row.next()) {
                byte[] hash = row.getBytes(3);
                lanes.add(
                        new Checkpoint.Lane(
                                row.getInt(1),
                                row.getLong(2),
                                hash == null ? "" : Checkpoint.hex(hash)));
                incarnation = row.getObject(4, UUID.class);
            }
        }
        TypesHash types = TypesHash.of(connection, Integer.MAX_VALUE);
        return new Checkpoint(Instant.now(), incarnation, lanes, types.count(), types.hash());
    }

    @Override
    public void close() {
        closing.countDown();
        if (!started) {
            return;
        }
        started = false;
        try {
            thread.join(Duration.ofSeconds(2));
            write();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (Fault e) {
            LOG.warn("the last checkpoint of the log could not be written: {}", e.code());
        }
    }
}
