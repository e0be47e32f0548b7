package agency.platform.projection;

import agency.kernel.fact.Position;
import java.sql.SQLException;
import java.util.UUID;

/**
 * Where the leases of the living processes are kept, by a clock that all share: PostgreSQL, or a
 * model of it in simulations. Each method is one transaction.
 */
interface InstanceStore {
    /** Forgets every process. */
    void clear() throws SQLException;

    /**
     * Renews an unbroken lease and says what this process has applied.
     *
     * @return false when the lease had ended, or never was
     */
    boolean renew(UUID self, Reached applied) throws SQLException;

    /** Begins a lease; gives which start of an instance this is. */
    long register(UUID self, Reached applied) throws SQLException;

    /** What there is beside this process. */
    Around around(UUID self) throws SQLException;

    /**
     * What there is beside a process.
     *
     * @param others whether other processes live
     * @param incarnation which life of the log it is
     * @param millis the moment, in milliseconds since 1970
     */
    record Around(boolean others, UUID incarnation, long millis) {}

    /** Where the log stands. */
    Reached heads() throws SQLException;

    /** Whether every other process whose lease runs has applied a position. */
    boolean appliedElsewhere(UUID self, Position position) throws SQLException;

    /** Gives the lease back. */
    void leave(UUID self) throws SQLException;
}
