package agency.platform.log;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Sees to it that the partition after the one being written exists before it is needed. */
final class PartitionsAhead {
    private static final Logger LOG = LoggerFactory.getLogger(PartitionsAhead.class);

    private final Supplier<DataSource> database;
    private final long size;
    private final AtomicLong made = new AtomicLong();

    PartitionsAhead(Supplier<DataSource> database, long size) {
        this.database = database;
        this.size = size;
    }

    /** The lane's head is here; makes the next partition when a new one was entered. */
    void reached(long head) {
        long current = head / size;
        if (made.getAndAccumulate(current, Math::max) < current) {
            Thread.startVirtualThread(this::make);
        }
    }

    private void make() {
        try (Connection connection = database.get().getConnection()) {
            connection.prepareStatement("SELECT log.make_partitions()").execute();
        } catch (SQLException e) {
            // Start makes them as well, and an append says so when there is none at last.
            LOG.error("cannot make a partition ahead of need: SQLSTATE {}", e.getSQLState());
        }
    }
}
