package agency.platform.house;

import java.util.List;

/**
 * One named part of the program. Its constructor does no I/O; {@code start} acts, {@code close}
 * undoes.
 */
public interface Part extends AutoCloseable {
    /** The name, as {@code agency parts} shows it. */
    String name();

    /** One sentence: what it does. */
    String purpose();

    /** The names of the parts it uses; they are started before it. */
    List<String> uses();

    /**
     * Starts; blocks until it is ready. Throws a {@link agency.kernel.fault.Fault} when it cannot.
     */
    void start();

    /** Stops, within a bounded time; harmless when not started. */
    @Override
    void close();
}
