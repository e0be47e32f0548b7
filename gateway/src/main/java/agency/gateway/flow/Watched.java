package agency.gateway.flow;

/** Something under way that may take too long. */
@FunctionalInterface
public interface Watched {
    /** Looks whether its time is up; called on its event loop a few times a second. */
    void watch(long nowNanos);
}
