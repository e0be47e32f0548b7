package agency.bench.gateway;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A program that was started for the benchmark, its output in a file, ended with it. */
final class Child implements AutoCloseable {

    private static final int READY_TIMEOUT_MS = 30_000;
    private static final int END_TIMEOUT_S = 10;
    private static final int LOOK_AGAIN_MS = 20;

    private final Process process;
    private final Path output;

    private Child(Process process, Path output) {
        this.process = process;
        this.output = output;
        // Whatever ends the benchmark ends what it started.
        Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
    }

    static Child start(Path folder, Map<String, String> environment, List<String> command) {
        try {
            Path output = Files.createTempFile(folder, "child", ".log");
            ProcessBuilder builder =
                    new ProcessBuilder(command)
                            .directory(folder.toFile())
                            .redirectErrorStream(true)
                            .redirectOutput(output.toFile());
            builder.environment().putAll(environment);
            return new Child(builder.start(), output);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    long pid() {
        return process.pid();
    }

    String output() {
        try {
            return Files.readString(output);
        } catch (IOException e) {
            return "";
        }
    }

    /** Waits until something listens on the port. */
    void awaitPort(int port) {
        long until = System.nanoTime() + READY_TIMEOUT_MS * 1_000_000L;
        while (System.nanoTime() < until && process.isAlive()) {
            try (Socket socket = new Socket()) {
                socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 500);
                return;
            } catch (IOException notYet) {
                pause();
            }
        }
        throw new IllegalStateException("not listening on port " + port + ": " + output());
    }

    /** Waits for a line of its output that contains this, and gives what follows on that line. */
    String awaitLine(String start) {
        long until = System.nanoTime() + READY_TIMEOUT_MS * 1_000_000L;
        while (System.nanoTime() < until && process.isAlive()) {
            String said = output();
            int at = said.indexOf(start);
            int end = at < 0 ? -1 : said.indexOf('\n', at);
            if (end > 0) return said.substring(at + start.length(), end).trim();
            pause();
        }
        throw new IllegalStateException("never said '" + start + "': " + output());
    }

    static int freePort() {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void pause() {
        try {
            Thread.sleep(LOOK_AGAIN_MS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(END_TIMEOUT_S, TimeUnit.SECONDS))
                process.destroyForcibly().waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            process.destroyForcibly();
        }
    }
}
