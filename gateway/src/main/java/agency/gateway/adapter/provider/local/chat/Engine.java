package agency.gateway.adapter.provider.local.chat;

import agency.gateway.adapter.provider.local.engine.EngineCommand.Cancel;
import agency.gateway.adapter.provider.local.engine.EngineCommand.Load;
import agency.gateway.adapter.provider.local.engine.EngineCommand.Start;
import agency.gateway.adapter.provider.local.engine.EngineReport;
import agency.gateway.adapter.provider.local.engine.EngineReport.Loaded;
import agency.gateway.adapter.provider.local.engine.EngineReport.NotLoaded;
import agency.gateway.adapter.provider.local.engine.EngineReport.Piece;
import java.io.IOException;
import java.nio.file.Path;
import java.util.function.Consumer;

/** A loaded model in its child process: one question at a time. */
final class Engine implements AutoCloseable {
    /** Longest load, in milliseconds: a large file from a slow disk. */
    static final long LOADING_MS = 300_000;

    /** Longest silence while a prompt is read or a token computed, in milliseconds. */
    static final long SILENCE_MS = 180_000;

    /** What a JVM exits with that had a fatal error it was told not to describe. */
    private static final int FATAL_ERROR = 1;

    private final EngineProcess process;
    private long lastRequest;

    private Engine(EngineProcess process) {
        this.process = process;
    }

    /** llama.cpp does not take the model; another try will not help. */
    static final class Unloadable extends Exception {
        private static final long serialVersionUID = 1L;

        Unloadable(String message) {
            super(message, null, false, false);
        }
    }

    /** Starts a child and loads the model. */
    static Engine load(Path natives, Path model, int contextTokens, int threads)
            throws EngineGone, Unloadable, IOException, InterruptedException {
        EngineProcess process = EngineProcess.start(natives, threads);
        Engine engine = new Engine(process);
        try {
            process.send(new Load(model.toString(), contextTokens, threads));
            return switch (engine.next(LOADING_MS)) {
                case Loaded _ -> engine;
                case NotLoaded(String reason) -> throw new Unloadable(reason + engine.lastWords());
                default -> throw new EngineGone("it said something else when it was to load");
            };
        } catch (EngineGone | Unloadable | InterruptedException e) {
            process.close();
            throw e;
        }
    }

    /** What llama.cpp said at last, once the child has been sent away. */
    private String lastWords() throws InterruptedException {
        process.close();
        return switch (process.next(EngineProcess.LEAVING_MS)) {
            case EngineProcess.Event.Died(int _, String error) when !error.isEmpty() ->
                    " (" + error + ")";
            case null, default -> "";
        };
    }

    /** The child's process id. */
    long pid() {
        return process.pid();
    }

    /** Whether the child lives and has nothing to say, as it should between questions. */
    boolean ready() throws InterruptedException {
        return process.next(0) == null;
    }

    /** The number for the next question. */
    long nextRequest() {
        return ++lastRequest;
    }

    /** Asks, passes pieces on, and gives the last report. */
    EngineReport ask(Start start, Consumer<Piece> pieces) throws EngineGone, InterruptedException {
        process.send(start);
        EngineReport report = next(SILENCE_MS);
        while (report instanceof Piece piece) {
            pieces.accept(piece);
            report = next(SILENCE_MS);
        }
        return report;
    }

    /** Stops a question; may block for a moment, so not for an event loop. */
    void cancel(long request) {
        process.send(new Cancel(request));
    }

    private EngineReport next(long millis) throws EngineGone, InterruptedException {
        EngineProcess.Event event = process.next(millis);
        return switch (event) {
            case EngineProcess.Event.Said(EngineReport report) -> report;
            case EngineProcess.Event.Died(int exit, String lastWords) ->
                    throw new EngineGone(died(exit, lastWords));
            case null -> {
                process.close();
                throw new EngineGone(
                        "it was silent for " + millis / 1_000 + " seconds and was ended");
            }
        };
    }

    private static String died(int exit, String error) {
        String how =
                exit > 128
                        ? "was ended by signal " + (exit - 128)
                        : exit == FATAL_ERROR
                                ? "crashed in native code"
                                : "ended with exit code " + exit;
        return "it " + how + (error.isEmpty() ? "" : " after saying: " + error);
    }

    @Override
    public void close() {
        process.close();
    }
}
