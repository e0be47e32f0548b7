package agency.gateway.port;

/** An attempt under way. All methods are called on its event loop and never block. */
public interface RunningAttempt {
    /**
     * The client has left or the time is up: stop upstream; the sink hears nothing more. Harmless
     * when ended.
     */
    void cancel();

    /** The client reads too slowly: send no more chunks until {@link #resume()}. */
    void pause();

    /** Go on after {@link #pause()}. */
    void resume();

    /** Output tokens that have come so far, as well as the provider can tell. */
    long outputSoFar();
}
