package agency.platform.http;

/** What a route does. */
public sealed interface Handler {
    /** Plain blocking Java on a virtual thread. Throw {@link Problem} for an expected no. */
    non-sealed interface Blocking extends Handler {
        /** Answers. */
        Answer handle(Call call) throws Exception;
    }

    /**
     * On the event loop: must never block. For the gateway's pass-through, static files and the
     * like.
     */
    non-sealed interface OnEventLoop extends Handler {
        /**
         * Takes over the request; must end its response, whatever happens. What it throws becomes a
         * 500 (a {@link Problem} its own status).
         *
         * <p>Runs on the Vert.x context of its connection; {@link EventLoops} makes what there must
         * be one of per event loop.
         */
        void handle(Exchange exchange);
    }
}
