package agency.platform.postgres;

import java.sql.SQLException;
import java.time.Duration;

/**
 * Notices a server that lets nobody in and does nothing to change that. PostgreSQL can come to it:
 * when a disk is full during the recovery from a crash, the process that recovers may end and the
 * main process go on without it, refusing everybody until it is stopped.
 *
 * <p>A recovery that takes long is not meant: its processes use time.
 */
final class StuckRecovery {
    /** PostgreSQL's code for "the database system is starting up" and its like. */
    private static final String CANNOT_CONNECT_NOW = "57P03";

    /** So much is used by processes that only wake up to see that there is nothing to do. */
    private static final Duration NOTHING = Duration.ofMillis(100);

    private static final int CONNECT_SECONDS = 2;

    private final Duration patience;
    private long sinceNanos = System.nanoTime();
    private Duration spent = Duration.ZERO;

    /**
     * @param patience how long nothing may happen
     */
    StuckRecovery(Duration patience) {
        this.patience = patience;
    }

    /** Looks again; whether nothing has happened for too long. */
    boolean sure(ConnectionTarget target, ProcessHandle server) {
        Duration now = spent(server);
        Duration since = now.minus(spent);
        if (!refused(target) || since.isNegative() || since.compareTo(NOTHING) > 0) {
            spent = now;
            sinceNanos = System.nanoTime();
            return false;
        }
        return System.nanoTime() - sinceNanos > patience.toNanos();
    }

    private static boolean refused(ConnectionTarget target) {
        try {
            Connections.source(target, CONNECT_SECONDS).getConnection().close();
            return false;
        } catch (SQLException e) {
            return CANNOT_CONNECT_NOW.equals(e.getSQLState());
        }
    }

    /** What the processes that it keeps have used; those that were asked for a connection end. */
    private static Duration spent(ProcessHandle server) {
        return server.children()
                .map(child -> child.info().totalCpuDuration().orElse(Duration.ZERO))
                .reduce(Duration.ZERO, Duration::plus);
    }
}
