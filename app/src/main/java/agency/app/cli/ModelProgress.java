package agency.app.cli;

import agency.app.Program;
import java.io.PrintWriter;

/** The progress bar of the first model. */
final class ModelProgress {
    private static final long BEAT_MILLIS = 300;
    private static final int BAR = 30;

    private ModelProgress() {}

    /**
     * Shows how far the model has come until it is there; off a terminal, one line at the start and
     * one at the end.
     */
    static void show(Program program, boolean terminal, PrintWriter out)
            throws InterruptedException {
        Program.ModelFetch fetch = program.modelFetch();
        if (!fetch.running()) {
            return;
        }
        out.println(
                "Fetching "
                        + fetch.model()
                        + " so that there is a model to talk to (--no-model declines).");
        out.flush();
        while (fetch.running() && !program.stopped()) {
            if (terminal) {
                int done = (int) (BAR * fetch.percent() / 100);
                out.printf(
                        "\r[%s%s] %3.0f %%  %s of %s  ",
                        "#".repeat(done),
                        " ".repeat(BAR - done),
                        fetch.percent(),
                        Text.size(fetch.bytesDone()),
                        Text.size(fetch.bytesTotal()));
                out.flush();
            }
            Thread.sleep(BEAT_MILLIS);
            fetch = program.modelFetch();
        }
        if (program.stopped()) {
            return;
        }
        out.println(
                (terminal ? "\r" : "")
                        + (fetch.error().isEmpty()
                                ? "The model " + fetch.model() + " is ready." + " ".repeat(BAR)
                                : "The model could not be fetched: " + fetch.error()));
        out.flush();
    }
}
