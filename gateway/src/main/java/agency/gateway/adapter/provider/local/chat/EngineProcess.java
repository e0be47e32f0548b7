package agency.gateway.adapter.provider.local.chat;

import agency.gateway.adapter.provider.local.engine.EngineCommand;
import agency.gateway.adapter.provider.local.engine.EngineMain;
import agency.gateway.adapter.provider.local.engine.EngineReport;
import agency.gateway.adapter.provider.local.engine.Frames;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One child process as its parent sees it: commands go in, reports come out in order, and when it
 * dies that is the last thing reported.
 */
final class EngineProcess implements AutoCloseable {
    /** Largest heap of the child, in MiB: the model itself lies outside it. */
    static final int HEAP_MIB = 128;

    /** How long a child may take to leave before it is killed, in milliseconds. */
    static final long LEAVING_MS = 2_000;

    /** Reports that wait to be taken; a slow taker slows the child down. */
    private static final int MAX_WAITING_REPORTS = 4_096;

    private static final int BUFFER_BYTES = 1 << 16;
    private static final Set<String> PASSED_ON =
            Set.of(
                    "PATH",
                    "LD_LIBRARY_PATH",
                    "DYLD_LIBRARY_PATH",
                    "LANG",
                    "LC_ALL",
                    "TMPDIR",
                    "SYSTEMROOT");

    /** What comes out of the child. */
    sealed interface Event {
        /** A report. */
        record Said(EngineReport report) implements Event {}

        /**
         * It is gone.
         *
         * @param exit its exit code; 128 and more for a signal
         * @param lastError what llama.cpp named as an error at last, or nothing
         */
        record Died(int exit, String lastError) implements Event {}
    }

    private final Process process;
    private final OutputStream commands;
    private final BlockingQueue<Event> events = new LinkedBlockingQueue<>(MAX_WAITING_REPORTS);
    private final LastWords lastWords = new LastWords();

    private EngineProcess(Process process) {
        this.process = process;
        this.commands = new BufferedOutputStream(process.getOutputStream(), BUFFER_BYTES);
    }

    /**
     * Starts a child.
     *
     * @param natives the folder for unpacked libraries
     * @param threads threads it computes with
     */
    static EngineProcess start(Path natives, int threads) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(commandLine(natives));
        Map<String, String> environment = builder.environment();
        environment.keySet().retainAll(PASSED_ON);
        environment.put("OMP_NUM_THREADS", Integer.toString(threads));
        environment.put("OMP_WAIT_POLICY", "passive");
        environment.put("MALLOC_ARENA_MAX", "2");
        EngineProcess engine = new EngineProcess(builder.start());
        Thread words = Thread.ofVirtual().name("engine-words").start(engine::readWords);
        Thread.ofVirtual().name("engine-reports").start(() -> engine.readReports(words));
        return engine;
    }

    private static List<String> commandLine(Path natives) {
        List<String> line = new ArrayList<>();
        line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        line.add("-Xmx" + HEAP_MIB + "m");
        line.add("-XX:+UseSerialGC");
        line.add("-XX:TieredStopAtLevel=1");
        line.add("-XX:+UseCompactObjectHeaders");
        line.add("-Xshare:auto");
        line.add("-XX:-UsePerfData");
        line.add("-XX:+ExitOnOutOfMemoryError");
        // A crash report goes to standard output, which is ours, and shows memory, which may be a
        // prompt.
        line.add("-XX:+SuppressFatalErrorMessage");
        line.add("-XX:-CreateCoredumpOnCrash");
        line.add("--enable-native-access=ALL-UNNAMED");
        line.add("-cp");
        line.add(System.getProperty("java.class.path"));
        line.add(EngineMain.class.getName());
        line.add(natives.toString());
        return line;
    }

    /** The process's id, for the log and for measuring it. */
    long pid() {
        return process.pid();
    }

    /** Sends a command; a child that is gone is noticed by {@link #next}, not here. */
    void send(EngineCommand command) {
        synchronized (commands) {
            try {
                Frames.write(commands, command);
            } catch (IOException e) {
                process.destroyForcibly();
            }
        }
    }

    /**
     * The next event, or null after {@code millis} without one. After {@code Died} nothing comes.
     */
    @Nullable Event next(long millis) throws InterruptedException {
        return events.poll(millis, TimeUnit.MILLISECONDS);
    }

    /** Ends the child, by force if it does not leave by itself. */
    @Override
    public void close() {
        try {
            process.getOutputStream().close();
        } catch (IOException alreadyGone) {
            process.destroy();
        }
        try {
            if (!process.waitFor(LEAVING_MS, TimeUnit.MILLISECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }

    private void readReports(Thread words) {
        try (InputStream in = new BufferedInputStream(process.getInputStream(), BUFFER_BYTES)) {
            for (EngineReport report = Frames.readReport(in);
                    report != null;
                    report = Frames.readReport(in)) {
                events.put(new Event.Said(report));
            }
        } catch (IOException | IllegalArgumentException broken) {
            process.destroyForcibly();
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
            return;
        }
        try {
            int exit = process.waitFor();
            words.join(LEAVING_MS);
            events.put(new Event.Died(exit, lastWords.lastError()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void readWords() {
        try (InputStream in = process.getErrorStream()) {
            byte[] bytes = new byte[4_096];
            for (int n = in.read(bytes); n >= 0; n = in.read(bytes)) {
                lastWords.add(new String(bytes, 0, n, StandardCharsets.UTF_8));
            }
        } catch (IOException gone) {
            lastWords.add("\n");
        }
    }
}
