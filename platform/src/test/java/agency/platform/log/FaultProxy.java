package agency.platform.log;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.IntSupplier;

/** A TCP proxy on loopback that delays, resets, drops and half-opens what goes through it. */
final class FaultProxy implements AutoCloseable {
    private static final int LONGEST_DELAY_MS = 5;
    private static final int KEEPALIVE_MS = 1_500;

    private final ServerSocket server;
    private final IntSupplier target;
    private final Random random;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private volatile double faults;

    /**
     * A proxy on a port of its own.
     *
     * @param target the port to go to, asked for each connection
     * @param seed of its chances
     */
    FaultProxy(IntSupplier target, long seed) throws IOException {
        this.target = target;
        this.random = new Random(seed);
        this.server = new ServerSocket(0, 64, InetAddress.getLoopbackAddress());
        Thread.ofPlatform().daemon().name("fault-proxy").start(this::accept);
    }

    int port() {
        return server.getLocalPort();
    }

    /** From now on so many of the pieces that pass meet a fault: 0 none, 1 all. */
    void faults(double share) {
        faults = share;
    }

    /** Resets every connection. */
    void cut() {
        open.forEach(FaultProxy::reset);
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket from = server.accept();
                open.add(from);
                try {
                    Socket to = new Socket(InetAddress.getLoopbackAddress(), target.getAsInt());
                    open.add(to);
                    Thread.startVirtualThread(() -> pump(from, to));
                    Thread.startVirtualThread(() -> pump(to, from));
                } catch (IOException e) {
                    reset(from);
                }
            } catch (IOException e) {
                return;
            }
        }
    }

    private void pump(Socket from, Socket to) {
        byte[] piece = new byte[16_384];
        try {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            for (int read = in.read(piece); read >= 0; read = in.read(piece)) {
                if (chance() < faults) {
                    switch ((int) (chance() * 4)) {
                        case 0 -> Thread.sleep((long) (chance() * LONGEST_DELAY_MS));
                        case 1 -> {
                            // Lost on the way, and the sender learns it by a reset.
                            reset(from);
                            reset(to);
                            return;
                        }
                        case 2 -> {
                            // Half of it arrives.
                            out.write(piece, 0, read / 2);
                            reset(from);
                            reset(to);
                            return;
                        }
                        default -> {
                            // Half-open: neither side hears of the other, until both would have
                            // learnt it from TCP keepalives.
                            Thread.sleep(KEEPALIVE_MS);
                            reset(from);
                            reset(to);
                            return;
                        }
                    }
                }
                out.write(piece, 0, read);
            }
            to.shutdownOutput();
        } catch (IOException e) {
            reset(from);
            reset(to);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized double chance() {
        return random.nextDouble();
    }

    private static void reset(Socket socket) {
        try {
            socket.setSoLinger(true, 0);
            socket.close();
        } catch (IOException e) {
            // It is gone already.
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
        cut();
    }
}
