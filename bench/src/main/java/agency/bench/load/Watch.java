package agency.bench.load;

/**
 * Looks at the subject of a load when measuring begins and when it ends, while the load still runs.
 */
public interface Watch {

    /** Looks at nothing. */
    Watch NONE =
            new Watch() {
                @Override
                public void begin() {}

                @Override
                public void end() {}
            };

    /** Called as measuring begins. */
    void begin();

    /** Called as measuring ends, before connections are closed. */
    void end();
}
