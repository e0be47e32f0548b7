package agency.app.cli;

import agency.app.Program.ModelFetch;
import java.io.PrintWriter;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The progress bar of the first model. */
final class ModelProgress {
    private static final Logger LOG = LoggerFactory.getLogger(ModelProgress.class);
    private static final long BEAT_MILLIS = 300;
    private static final int BAR = 30;

    /** So wide that a shorter line leaves nothing of a longer one. */
    private static final String LINE = "%-72s\r";

    private final Supplier<ModelFetch> fetches;
    private final BooleanSupplier stopped;
    private final boolean terminal;
    private final PrintWriter out;

    /**
     * A bar for what these say.
     *
     * @param stopped whether the program has been stopped, which ends it
     * @param terminal whether a person looks; else there is one line at the start and one at the
     *     end
     */
    ModelProgress(
            Supplier<ModelFetch> fetches,
            BooleanSupplier stopped,
            boolean terminal,
            PrintWriter out) {
        this.fetches = fetches;
        this.stopped = stopped;
        this.terminal = terminal;
        this.out = out;
    }

    /**
     * Shows how far the model has come until it is there. A bar that cannot be drawn is no reason
     * to stop what it is drawn for, so nothing but an interrupt comes out of here.
     */
    void show() throws InterruptedException {
        try {
            follow();
        } catch (RuntimeException undrawn) {
            LOG.warn("the progress of the model cannot be shown: {}", undrawn.toString());
        }
    }

    private void follow() throws InterruptedException {
        ModelFetch fetch = fetches.get();
        if (!fetch.running()) {
            return;
        }
        out.println(
                "Fetching a small model so that there is one to talk to (--no-model declines)"
                        + " ...");
        out.flush();
        while (fetch.running() && !stopped.getAsBoolean()) {
            if (terminal) {
                // The cursor rests at the line's beginning, so that a line of the log replaces it.
                out.printf(LINE, Text.bar(BAR, fetch.bytesDone(), fetch.bytesTotal()));
                out.flush();
            }
            Thread.sleep(BEAT_MILLIS);
            fetch = fetches.get();
        }
        if (stopped.getAsBoolean()) {
            return;
        }
        if (terminal) {
            out.printf(LINE, "");
        }
        out.println(outcome(fetch));
        out.flush();
    }

    private static String outcome(ModelFetch fetch) {
        return fetch.error().isEmpty()
                ? "The model " + fetch.model() + " is ready."
                : "The model could not be fetched: "
                        + fetch.error()
                        + " Try again with `agency models pull`, or connect a provider.";
    }
}
