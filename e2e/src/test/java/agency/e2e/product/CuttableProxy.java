package agency.e2e.product;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;

/**
 * A way to the database that can be cut as a cable is: nothing passes any more, and nobody is told.
 */
final class CuttableProxy implements AutoCloseable {
    private static final int PIECE = 16_384;

    private final int target;
    private final ServerSocket server;
    private volatile boolean cut;

    CuttableProxy(int target) {
        this.target = target;
        try {
            this.server = new ServerSocket(0, 64, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Thread.ofPlatform().daemon().name("cuttable-proxy").start(this::accept);
    }

    int port() {
        return server.getLocalPort();
    }

    void cut() {
        cut = true;
    }

    void mend() {
        cut = false;
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket from = server.accept();
                Socket to = new Socket(InetAddress.getLoopbackAddress(), target);
                Thread.startVirtualThread(() -> pump(from, to));
                Thread.startVirtualThread(() -> pump(to, from));
            } catch (IOException e) {
                // Closed, or the caller is gone.
            }
        }
    }

    private void pump(Socket from, Socket to) {
        byte[] piece = new byte[PIECE];
        try (from;
                to;
                InputStream in = from.getInputStream();
                OutputStream out = to.getOutputStream()) {
            for (int read = in.read(piece); read >= 0; read = in.read(piece)) {
                while (cut) {
                    Thread.sleep(10);
                }
                out.write(piece, 0, read);
            }
        } catch (IOException e) {
            // One of the two is gone: so is the other by now.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
