package agency.gateway.adapter.provider.openai;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;

/** Looks whether something listens on this machine. */
public final class Nearby {
    /** Longest wait, milliseconds. */
    private static final int TIMEOUT_MS = 300;

    private Nearby() {}

    /** Whether a connection can be made to this loopback address; blocks for a moment. */
    public static boolean answers(URI base) {
        try (Socket socket = new Socket()) {
            socket.connect(
                    new InetSocketAddress(InetAddress.getLoopbackAddress(), base.getPort()),
                    TIMEOUT_MS);
            return true;
        } catch (IOException e) {
            return false;
        }
    }
}
