package agency.platform.projection;

import agency.kernel.fact.Position;
import java.time.Duration;
import java.util.UUID;

/** The living processes of an installation, each with a lease and the position it has applied. */
public interface Instances {
    /** Who this process is; a new one at each start. */
    UUID self();

    /** Which start of an instance this is, rising over the installation. */
    long epoch();

    /**
     * Whether this process may admit: its lease, by its own monotonic clock, has not ended. Never
     * blocks.
     */
    boolean mayAdmit();

    /**
     * The database's clock, in milliseconds since 1970: as the last renewal of the lease found it,
     * gone on by this process's monotonic clock. Stepping this machine's clock does not move it.
     * Never blocks.
     */
    long databaseMillis();

    /**
     * Waits until every living instance has applied a position in its memory views, or its lease
     * has ended.
     *
     * @return false when the time was up first
     */
    boolean awaitApplied(Position position, Duration atMost);
}
